/// # blocking-orm
///
/// A sync session of SQLAlchemy, a Django query, a `peewee` model: each sends a query and waits for the answer in the thread that
/// asks. In an `async def` that stops the event loop, once for each query, and one slow query stops every request. Django
/// refuses some of it at run time with `SynchronousOnlyOperation`.
///
/// ```python
/// from sqlalchemy.orm import Session
///
/// async def rename(session: Session, user, name):
///     user.name = name
///     session.commit()  # expect: AW114 "`sqlalchemy.orm.Session.commit` blocks the event loop"
/// ```
///
/// ## Use instead
///
/// The library's async form. SQLAlchemy has `AsyncSession`:
///
/// ```python
/// from sqlalchemy.ext.asyncio import AsyncSession
///
/// async def rename(session: AsyncSession, user, name):
///     user.name = name
///     await session.commit()
/// ```
///
/// Django has a method with an `a` in front for each that asks the database, and `async for`:
///
/// ```python
/// from django.db import models
///
/// class User(models.Model):
///     name = models.TextField()
///
/// async def names(first):
///     user = await User.objects.aget(pk=first)
///     return [user.name] + [u.name async for u in User.objects.filter(pk__gt=first)]
/// ```
///
/// Or put the whole piece of work, session and all, into one function and run that in a thread. In a FastAPI endpoint it is enough
/// to write `def` and not `async def`: such an endpoint runs in a thread.
///
/// ## Not reported
///
/// - Building a query: `filter`, `order_by`, `select(...)` ask nobody.
/// - `AsyncSession` and `AsyncEngine`; what runs inside of `run_sync`.
/// - `.get()`, `.all()`, `.save()` and `.commit()` of objects whose type is not known.
#include "finding/blocking.h"
#include "rule.h"

/* Django's async methods are there for each sync one, with the same arguments: the fix is to call that. */
static bool fix_by_twin(Pass *pass, Finding *f, const Blocking *b)
{
    Node callee = node_field(b->at, F_FUNCTION), name = node_field(callee, F_ATTRIBUTE);
    const Api *twin = *b->api->instead ? api_find(str_of(b->api->instead)) : NULL;
    Node parent = node_parent(b->at);
    bool is_whole =
        node_kind(parent) != PY_ATTRIBUTE && node_kind(parent) != PY_SUBSCRIPT && node_kind(parent) != PY_CALL;
    if (!twin || twin->colour != COLOUR_COROUTINE || !str_is(api_package(b->api), "django") || b->is_awaited ||
        !is_whole || node_is_null(name) || !blocking_can_await(b))
        return false;
    Str last = api_last(twin);
    fix(pass, f, true, pass_printf(pass, "use its async form, `%.*s`", STR_ARG(last)).p);
    fix_replace(pass, f, node_begin(b->at), node_begin(b->at), "await ");
    fix_replace(pass, f, node_begin(name), node_end(name), "%.*s", STR_ARG(last));
    return true;
}

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (!call_blocks_loop(pass, call, FAMILY_ORM, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    if (!fix_by_twin(pass, f, &b))
        help_instead(pass, f, &b);
    help(pass, f, "or put the whole piece of work into a function and run that in a thread");
}

/* `for user in User.objects.all():` sends the query. */
static void check_loop(Pass *pass, Node loop)
{
    Blocking b;
    if (!each_blocks_loop(pass, loop, FAMILY_ORM, &b))
        return;
    Finding *f = report_blocking(pass, &b);
    if (str_is(api_package(b.api), "django"))
        help(pass, f, "async for ... in %.*s", STR_ARG(callee_in_words(pass, b.at, "...")));
    else
        help_instead(pass, f, &b);
}

RULE(blocking_orm) = {
    .code = "AW114",
    .name = "blocking-orm",
    .summary = "ORM waits for the database on the event loop",
    .since = "0.1.0",
    .peers = NULL,
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "short", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_CALL, check_call }, { PY_FOR_STATEMENT, check_loop }, { PY_FOR_IN_CLAUSE, check_loop } },
};
