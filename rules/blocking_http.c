/// # blocking-http
///
/// `requests`, `urllib` and their like wait for the answer in the thread that asks. In an `async def` that is the thread of the
/// event loop: until the server has answered, or the timeout has passed, no other task runs and no other request is served. One
/// slow server stops the whole program.
///
/// ```python
/// import requests
///
/// async def fetch_profile(user_id):
///     response = requests.get(f"https://api.example.com/users/{user_id}")  # expect: AW102 "`requests.get` blocks"
///     return response.json()
/// ```
///
/// Found under any name, and through objects whose type is known: sessions in attributes, annotated parameters, `with`
/// targets, what a factory returns.
///
/// ```python
/// import requests
/// from urllib.request import urlopen
///
/// class Api:
///     def __init__(self):
///         self.session = requests.Session()
///
///     async def status(self):
///         return self.session.get("https://example.com/status").ok  # expect: AW102
///
/// async def download(url: str, session: requests.Session):
///     session.head(url)  # expect: AW102
///     return urlopen(url)  # expect: AW102
/// ```
///
/// ## Use instead
///
/// A client that is made for the loop:
///
/// ```python
/// import httpx
///
/// async def fetch_profile(user_id):
///     async with httpx.AsyncClient() as client:
///         response = await client.get(f"https://api.example.com/users/{user_id}")
///     return response.json()
/// ```
///
/// Or keep the library, and let a thread do the waiting. The fix writes this:
///
/// ```python
/// import asyncio
/// import requests
///
/// async def fetch_profile(user_id):
///     response = await asyncio.to_thread(requests.get, f"https://api.example.com/users/{user_id}")
///     return response.json()
/// ```
///
/// ## Not reported
///
/// - Calls in a `def` (unless an `async def` calls it: that is AW117), in lambdas and nested functions that somebody else runs.
/// - Functions that are passed and not called: `await asyncio.to_thread(requests.get, url)`.
/// - Methods of objects whose type is not known, whatever their names are: `client.get(url)`.
/// - What is mostly there already, such as reading the rest of an answer: the case `short`, only with `--select strict`.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_HTTP, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_thread(pass, f, &b, FIX_UNSAFE);
    help_instead(pass, f, &b);
}

RULE(blocking_http) = {
    .code = "AW102",
    .name = "blocking-http",
    .summary = "HTTP request waits for its answer on the event loop",
    .since = "0.1.0",
    .peers = "ASYNC210 ASYNC211 S7499 CH001 V002",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .cases = { { "short", TIER_STRICT, SEVERITY_WARNING } },
    .on = { { PY_CALL, check_call } },
};
