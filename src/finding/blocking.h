/* What the rules about blocking calls (AW101 to AW121) share: whether a call holds up the event loop, what is said about it,
 * and the way out. A rule asks for its own family and reports:
 *
 *   Blocking b;
 *   if (!call_blocks_loop(pass, call, FAMILY_HTTP, &b))
 *       return;
 *   Finding *f = report_blocking(pass, &b);
 *   help_thread(pass, f, &b, FIX_UNSAFE);
 *
 * Silent are: what is no frame of an async def, dead code and what an error before it prevents (prevented.h), calls whose tables' `unless`
 * holds, hazards that grow with the data only, what is used by `async with` or `async for` (so it is something else than we believe), and
 * the calls that quick.h knows to be quick. */
#ifndef AWRY_FINDING_BLOCKING_H
#define AWRY_FINDING_BLOCKING_H

#include "facts/families.h"
#include "facts/quick.h"
#include "finding/quick.h"
#include "finding/rule.h"

typedef struct Blocking {
    Node at; /* what holds up the loop: the call, the iterable, the context expression */
    const Api *api;
    Function *function; /* the async def whose frame runs it */
    Family family;
    bool is_awaited;  /* `await x.get()`, although it is sync */
    bool is_implicit; /* Python calls it by itself: for a `for`, or a `with` */
} Blocking;

/* Whether the call itself holds up the event loop, in a way of that family. */
bool call_blocks_loop(Pass *pass, Node call, Family family, Blocking *out);

/* The same of any family. */
bool call_blocks_loop_somehow(Pass *pass, Node call, Blocking *out);

/* Of the with_item of a sync `with`: its __enter__. */
bool enter_blocks_loop(Pass *pass, Node item, Family family, Blocking *out);

/* Of a for_statement or for_in_clause that is not async: taking items out of its iterable. */
bool each_blocks_loop(Pass *pass, Node loop, Family family, Blocking *out);

/* Whether the file has a decorated function of that name: an attribute of another name is no property of it. */
bool pass_has_decorated(Pass *pass, NameId name);

/* Whether control gets to n at all, as far as can be told. */
bool blocking_is_reached(Pass *pass, Node n);

/* The call of exactly that range; a null node when there is none. O(log n). */
Node call_in_range(const Module *module, uint32_t begin, uint32_t end);

/* "`requests.get` blocks the event loop", with the async def beside it. What only stalls now and then is the case "short" when
 * the running rule has one. */
Finding *report_blocking(Pass *pass, const Blocking *b);

/* Whether `await` may be written where it stands: in the frame of the async def itself, and not in a comprehension. */
bool blocking_can_await(const Blocking *b);

/* as_case when the running rule has a case of that name; false when it has none. */
bool take_case(Pass *pass, Finding *f, const char *name);

/* The name of what blocks, for messages; the method's own when the table has one row for many. */
Str blocking_name(Pass *pass, Node call, const Api *api);

/* What a call is called in a sentence: its callee when that is short, else the name of the API. */
Str callee_in_words(Pass *pass, Node call, const char *otherwise);

typedef enum ThreadFix { FIX_NONE, FIX_UNSAFE, FIX_SAFE } ThreadFix;

/* Help: `await asyncio.to_thread(requests.get, url)`, as the file's library has it; where the call stands in a place that can await
 * and the library is imported, a fix that writes it. A call that is an argument of such a thing: pass it, do not call it. */
void help_thread(Pass *pass, Finding *f, const Blocking *b, ThreadFix how);

/* What runs a function in a thread in the file of n: "asyncio.to_thread". */
const char *thread_call(Pass *pass, Node n);

/* Help: the way out that the tables know, unless it is a thread. */
void help_instead(Pass *pass, Finding *f, const Blocking *b);

#endif
