/// # blocking-db-driver
///
/// Most database drivers wait for the server in the thread that asks. In an `async def` a slow query, or a lock in the database,
/// stops the event loop and with it every other request: the program serves one at a time. `sqlite3` waits for the disk, and
/// for other writers.
///
/// ```python
/// import sqlite3
/// import psycopg2
///
/// async def count_users(path):
///     connection = sqlite3.connect(path)  # expect: AW113 "`sqlite3.connect` blocks the event loop"
///     return connection.execute("select count(*) from users").fetchone()[0]  # expect: AW113
///
/// class Store:
///     def __init__(self, dsn):
///         self.connection = psycopg2.connect(dsn)
///
///     async def rename(self, key, name):
///         with self.connection.cursor() as cursor:
///             cursor.execute("update users set name = %s where id = %s", (name, key))  # expect: AW113
///         self.connection.commit()  # expect: AW113
/// ```
///
/// ## Use instead
///
/// The driver's async form, or another driver: `psycopg.AsyncConnection`, `asyncpg`, `aiosqlite`, `aiomysql`,
/// `pymongo.AsyncMongoClient`, `oracledb.connect_async`.
///
/// ```python
/// import aiosqlite
///
/// async def count_users(path):
///     async with aiosqlite.connect(path) as connection:
///         async with connection.execute("select count(*) from users") as cursor:
///             return (await cursor.fetchone())[0]
/// ```
///
/// Or all that belongs to one piece of work in one function, and that in a thread. `sqlite3` wants a connection to be used in the
/// thread that has made it, so it has to be made there too.
///
/// ## Not reported
///
/// - Making a cursor, and others that ask nobody.
/// - `execute`, `commit` and `find` of objects whose type is not known.
/// - A call of what another call gives that is reported already: `connection.execute(...).fetchall()` is one finding.
/// - Databases of `sqlite3` in memory, where the file shows that they are.
/// - What is mostly short, such as closing a connection: the case `short`, only with `--select strict`.
#include "finding/blocking.h"
#include "rule.h"

/* An object of sqlite3 refuses to be used in another thread than its own: a call alone cannot go there. */
static void help_driver(Pass *pass, Finding *f, const Blocking *b)
{
    help_instead(pass, f, b);
    if (str_is(api_package(b->api), "sqlite3"))
        help(pass, f, "connect, query and close in one function, and run that in a thread: `await %s(query, path)`",
            thread_call(pass, b->at));
    else
        help_thread(pass, f, b, FIX_NONE);
}

static void check_call(Pass *pass, Node call)
{
    Blocking b;
    if (call_blocks_loop(pass, call, FAMILY_DB_DRIVER, &b))
        help_driver(pass, report_blocking(pass, &b), &b);
}

/* `for row in cursor:` fetches the rows. */
static void check_loop(Pass *pass, Node loop)
{
    Blocking b;
    if (each_blocks_loop(pass, loop, FAMILY_DB_DRIVER, &b))
        help_instead(pass, report_blocking(pass, &b), &b);
}

RULE(blocking_db_driver) = {
    .code = "AW113",
    .name = "blocking-db-driver",
    .summary = "database driver waits for its server on the event loop",
    .since = "0.1.0",
    .peers = "V008",
    .tier = TIER_ON,
    .severity = SEVERITY_WARNING,
    .cases = { { "short", TIER_STRICT, SEVERITY_INFO } },
    .on = { { PY_CALL, check_call }, { PY_FOR_STATEMENT, check_loop }, { PY_FOR_IN_CLAUSE, check_loop } },
};
