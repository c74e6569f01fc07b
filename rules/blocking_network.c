/// # blocking-network
///
/// Sockets, name resolution, and the clients of the standard library for mail, FTP and Telnet wait for the other side in the thread
/// that asks. In an `async def` that is the thread of the event loop: a peer that does not answer stops the whole program,
/// for ever where no timeout is set.
///
/// ```python
/// import smtplib
/// import socket
///
/// async def is_open(host, port):
///     address = socket.gethostbyname(host)  # expect: AW112 "`socket.gethostbyname` blocks the event loop"
///     with socket.create_connection((address, port)):  # expect: AW112
///         return True
///
/// async def notify(letter):
///     with smtplib.SMTP("mail.example.com") as server:  # expect: AW112
///         server.send_message(letter)  # expect: AW112
/// ```
///
/// ## Use instead
///
/// The loop has the same calls without waiting:
///
/// ```python
/// import asyncio
///
/// async def is_open(host, port):
///     reader, writer = await asyncio.open_connection(host, port)
///     writer.close()
///     await writer.wait_closed()
///     return True
///
/// async def addresses(host):
///     return await asyncio.get_running_loop().getaddrinfo(host, None)
/// ```
///
/// Or run it in a thread: `await asyncio.to_thread(notify_by_mail, letter)`.
///
/// ## Not reported
///
/// - Sockets in a file that makes one not block, gives it a timeout, waits for one with `select`, or hands one to the loop
///   (`setblocking`, `settimeout`, `sock_recv`, `add_reader`, ...): which of them is which cannot be told.
/// - `gethostbyname` and `getaddrinfo` of what is an IP address already.
/// - Connecting and sending in a file that uses datagrams or local sockets, which do not wait.
/// - `bind`, `listen`, `close`, and methods called `recv`, `send` or `connect` of objects whose type is not known.
#include "finding/blocking.h"
#include "rule.h"

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_NETWORK, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    help_thread(pass, f, &b, FIX_UNSAFE);
    help_instead(pass, f, &b);
}

RULE(blocking_network) = {
    .code = "AW112",
    .name = "blocking-network",
    .summary = "socket, name resolution or mail waits on the event loop",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "short", TIER_STRICT, SEVERITY_WARNING } },
    .on = { { PY_CALL, check_call } },
};
