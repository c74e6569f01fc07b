/* What a rule asks about an expression of the file that it looks at. The file's Program is found through the node's module.
 *
 *   const Api *api = api_of_call(call);               requests.get(...), self.session.get(...), client.get(...)
 *   if (call_gives_coroutine(call, &made)) ...        an async def of the file or a table's coroutine function
 *   if (call_reaches_blocking(call, &path)) ...       a helper that blocks, through any number of calls
 *
 * Three answers, yes, no and unknown, and unknown is silence: every function below says yes only when all that the expression can
 * be agrees. */
#ifndef AWRY_PROGRAM_ASK_H
#define AWRY_PROGRAM_ASK_H

#include "program/effects.h"

/* Makes a Program of the module's summary alone and lets the functions below find it. In the arena of the module. The work is done
 * when first asked for. */
void ask_attach(Module *module);

/* The same for file number `file` of a Program of many, which outlives the module. `summary`: the module's, when it was made already; NULL:
 * it is made when first asked for. */
void ask_join(Module *module, Program *program, uint32_t file, Summary *summary);

/* When the module of ask_join goes away: the Program has the frozen Summary of the file again. */
void ask_leave(Module *module);

Program *ask_program(Node n);
Summary *ask_summary(Node n);
/* The number of its file. */
uint32_t ask_file(Node n);

/* In a module without async words: whether the coroutine function of the project is one for which such a module is looked at (facts/outlook.h).
 * What is found through others is left alone, so that a run does not depend on which files it had reason to parse. */
bool ask_foresees(Node n, Ref function);

/* The type of an expression; an empty Type when it is unknown. */
TypeId type_id_of(Node n);
Type type_of(Node n);

/* The row of the tables that says what is called: a function or method, or a class that is instantiated. By name or through types:
 * instances, attributes of self, annotated parameters, with-targets, factories. When the callee can be several things of tables, the
 * first; NULL when anything that it can be is in no table. */
const Api *api_of_call(Node call);

/* The same for any expression: the function, class or data that it names. */
const Api *api_of(Node n);

/* The class of a library that the expression is surely an instance of (all atoms; None aside): its row; else NULL. */
const Api *instance_api(Node n);

/* Whether the expression is surely an instance of the class `base` of a library or of a class that derives from it: of the
 * library's or of the project's. */
bool is_instance_of(Node n, const char *base);

/* Whether a call holds up its thread by itself: the row that says so, its `unless` considered, or NULL. */
const Api *api_that_blocks(Node call);

/* Whether a call (or the context expression of a plain `with`, by its __enter__; the iterable of a plain `for`; an attribute that is a
 * property) runs a function of the project that blocks. The path begins with this very call. */
bool call_reaches_blocking(Node call, Path *path);

/* The same, the gravest of those that `wants` says yes to; it is asked about the shortest path of each hazard. */
typedef bool PathFilter(void *context, const Path *path);
bool call_reaches_wanted(Node call, PathFilter *wants, void *context, Path *path);

/* Whether a call runs a function of the project that runs an event loop: asyncio.run and its like. path->api is what runs it. */
bool call_reaches_loop_run(Node call, Path *path);

typedef struct CoroutineCall {
    const Api *api;    /* what is called, when a table knows it; else NULL */
    const Function *function; /* the async def of this module that is called; else NULL. With several definitions, all of
                                 which are async: the first */
    Str name;          /* how to call it in a message: "asyncio.sleep", "Store.load" */
    bool is_sure;      /* false: an abstract method, or a class with a decorator that we do not know */
    bool is_awaitable; /* no coroutine but another awaitable that does nothing until it is awaited */
} CoroutineCall;

/* Whether the call surely gives a coroutine that does nothing until it is awaited (*made says what is called). False when
 * it does not, and when it is not known. An async generator is no coroutine, a task or future neither. */
bool call_gives_coroutine(Node call, CoroutineCall *made);

/* The same for any expression: a name that a coroutine was assigned to, an item of a list of coroutines. */
bool is_coroutine(Node n, CoroutineCall *made);

/* Whether the expression surely is a coroutine function (so that calling it gives a coroutine): for `create_task(f)`. */
bool is_coroutine_function(Node n, CoroutineCall *made);

/* Whether it is for `async for` / `for`, `async with` / `with` only. False when not known. */
bool is_async_iterable_only(Node n);
bool is_sync_iterable_only(Node n);
bool is_async_context_only(Node n);
bool is_sync_context_only(Node n);

/* What becomes of an argument of a call: `argument` is a child of its argument list, keyword_argument included. */
ArgumentFate fate_of_argument(Node argument);

/* The function of this module that a Ref names; NULL when it is of another file. */
const Function *function_of(Node n, Ref ref);

#endif
