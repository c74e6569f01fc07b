/// # blocking-http-client
///
/// `httpx` has two clients. `httpx.Client`, and the functions `httpx.get`, `httpx.post` and so on, wait for the answer in the
/// thread that asks: in an `async def` they stop the event loop until the server has answered. `httpx.AsyncClient` lets other
/// tasks run meanwhile.
///
/// ```python
/// import httpx
///
/// async def price(symbol):
///     return httpx.get(f"https://quotes.example.com/{symbol}").json()  # expect: AW103 "`httpx.get` blocks"
///
/// class Quotes:
///     def __init__(self):
///         self.client = httpx.Client(base_url="https://quotes.example.com")
///
///     async def price(self, symbol):
///         return self.client.get(f"/{symbol}").json()  # expect: AW103
/// ```
///
/// ## Use instead
///
/// The same calls on an `AsyncClient`, awaited:
///
/// ```python
/// import httpx
///
/// class Quotes:
///     def __init__(self):
///         self.client = httpx.AsyncClient(base_url="https://quotes.example.com")
///
///     async def price(self, symbol):
///         response = await self.client.get(f"/{symbol}")
///         return response.json()
///
///     async def aclose(self):
///         await self.client.aclose()
/// ```
///
/// Where the client has to stay as it is, a thread can wait for it; the fix writes this:
///
/// ```python
/// import asyncio
/// import httpx
///
/// async def price(client: httpx.Client, symbol):
///     response = await asyncio.to_thread(client.get, f"/{symbol}")
///     return response.json()
/// ```
///
/// ## Not reported
///
/// - Making a client, which asks nobody.
/// - Objects that may be either of the two clients, or whose type is not known.
/// - The `TestClient` of Starlette and FastAPI, which asks an application in the same process.
/// - Closing a client or reading the rest of an answer: the case `short`, only with `--select strict`.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_HTTP_CLIENT, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_instead(pass, f, &b);
    help_thread(pass, f, &b, FIX_UNSAFE);
}

RULE(blocking_http_client) = {
    .code = "AW103",
    .name = "blocking-http-client",
    .summary = "sync httpx client waits for its answer on the event loop",
    .since = "0.1.0",
    .peers = "ASYNC210 ASYNC212 S7499 V010 V016",
    .tier = TIER_ON,
    .severity = SEVERITY_ERROR,
    .cases = { { "short", TIER_STRICT, SEVERITY_WARNING } },
    .on = { { PY_CALL, check_call } },
};
