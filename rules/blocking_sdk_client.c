/// # blocking-sdk-client
///
/// Clients of services (cloud storage, search, caches, language models, payment) are HTTP or socket clients inside: each call waits
/// for the service in the thread that asks. In an `async def` that stops the event loop until it has answered; a call to a language
/// model can take a minute.
///
/// ```python
/// import openai
///
/// client = openai.OpenAI()
///
/// async def answer(question):
///     completion = client.chat.completions.create(  # expect: AW116
///         model="gpt-4o", messages=[{"role": "user", "content": question}]
///     )
///     return completion.choices[0].message.content
/// ```
///
/// ## Use instead
///
/// Most of these packages have an async client beside the sync one:
///
/// ```python
/// import openai
///
/// client = openai.AsyncOpenAI()
///
/// async def answer(question):
///     completion = await client.chat.completions.create(
///         model="gpt-4o", messages=[{"role": "user", "content": question}]
///     )
///     return completion.choices[0].message.content
/// ```
///
/// Where there is none, a thread can wait: `await asyncio.to_thread(bucket.upload_file, path, key)`.
///
/// ## Not reported
///
/// - Making a client, where that asks nobody.
/// - Clients whose class is not known, and async clients (`redis.asyncio.Redis`, `openai.AsyncOpenAI`).
/// - What is mostly short: the case `short`, only with `--select strict`.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_SDK, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_instead(pass, f, &b);
    help_thread(pass, f, &b, FIX_UNSAFE);
}

/* `for issue in repository.get_issues():` asks for page after page. */
static void check_loop(Pass *pass, Node loop)
{
    Blocking b;
    if (!each_blocks_loop(pass, loop, FAMILY_SDK, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_instead(pass, f, &b);
}

RULE(blocking_sdk_client) = {
    .code = "AW116",
    .name = "blocking-sdk-client",
    .summary = "client of a service waits for its answer on the event loop",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "short", TIER_STRICT, SEVERITY_WARNING } },
    .on = { { PY_CALL, check_call }, { PY_FOR_STATEMENT, check_loop }, { PY_FOR_IN_CLAUSE, check_loop } },
};
