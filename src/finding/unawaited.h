/* What the rules about coroutines that nobody awaits have in common: how they name them, what they offer, what they leave alone. */
#ifndef AWRY_FINDING_UNAWAITED_H
#define AWRY_FINDING_UNAWAITED_H

#include "finding/rule.h"

/* The callee as the user wrote it, as far as it fits into a sentence; else what the call is known by. Of what is no call its text. */
Str unawaited_name(Pass *pass, Node n, const CoroutineCall *made);

/* The text of an expression as far as it fits into a sentence; else "this". */
Str unawaited_text(Node n);

/* The safe fix that takes `async` away from the front of a `for` or `with`; no fix when it does not stand right there. */
void unawaited_drop_async(Pass *pass, Finding *f, Node statement, const char *title);

/* Whether an await can stand at n and would be for the function around it: in an async def, and in no lambda or generator
 * expression of it. */
bool unawaited_may_await(Node n);

/* Whether the call is left alone: it never runs or is prevented, or stands in a stub, or on a line that does not parse, or in a test that calls with wrong arguments or waits for
 * the warning: `with pytest.raises(TypeError):`, `with self.assertWarns(RuntimeWarning):`. */
bool unawaited_is_meant(Pass *pass, Node call);

/* Whether n stands in a `with` of its function that waits for one of two errors: `with pytest.raises(error):`. */
bool unawaited_expects(Node n, const char *error, const char *other);

/* Whether a call of a coroutine function makes no coroutine where it stands: behind a test that asked whether it is one, where a mock is in its
 * place, with arguments that it does not take. */
bool unawaited_is_sync_here(Node call);

/* Whether the call stands in a test that does not come to it, or that has put something else in the place of what is called: under `with
 * pytest.raises(...)`, with a patch of a name that is not there, of `module.name` that the file assigns. */
bool unawaited_in_vain_in_test(Pass *pass, Node call);

/* Whether what makes the coroutine is an abstract method: what overrides it may give something else, such as an async generator. */
bool unawaited_is_abstract(Node n);

/* Whether a coroutine, or what is a coroutine in all but name: it does nothing until it is awaited or entered, and can do nothing else. */
bool unawaited_call(Node call, CoroutineCall *made);

/* What an annotation says of a value, by its words: what an alias hides is not seen, and nothing is made of a quoted one. */
typedef enum Meaning {
    MEANING_UNKNOWN,
    MEANING_PLAIN,     /* it names classes, and none that a coroutine could be */
    MEANING_AWAITABLE, /* something to be awaited or called, a type variable, or anything */
} Meaning;
Meaning unawaited_meaning(Node type);

/* Whether the name that is read hands its coroutine to somebody who runs it: await, create_task(x), gather(x, y). */
bool unawaited_is_run(Node read);

/* The safe fix: `await` before n, in parentheses where a bare one would bind to more than n. n must be a place for await. */
void unawaited_fix(Pass *pass, Finding *f, Node n);

/* What to do with a call where no await can stand: at module level, in a sync function, in a lambda. */
void unawaited_help_outside(Pass *pass, Finding *f, Node call, Str callee);

/* Where the coroutine function is, if it is in this file; and how sure we are. */
void unawaited_origin(Pass *pass, Finding *f, const CoroutineCall *made);

/* Whether the site puts a coroutine that a call makes into a name, by `x = f()` alone: *call is the call. */
bool unawaited_assigned(const Module *module, const Site *site, Node *call, CoroutineCall *made);

/* Whether any name of the scope gets a coroutine in that way: whether it is worth to ask for its uses. */
bool unawaited_in_scope(const Scope *scope);

/* Steps through the calls whose value is the value of `root`, or a part of it that is lost with it: in parentheses, `and` and `or`,
 * both sides of a conditional expression, and, with `containers`, in tuples, lists, sets and comprehensions. `previous` is a
 * null node for the first one; a null node comes behind the last. */
Node unawaited_next(Node root, Node previous, bool containers);

#endif
