#include "facts/families.h"

typedef struct Prefix {
    const char *name; /* a package, or a package and a module */
    Family family;
} Prefix;

/* Whose network and database calls belong to another family than their hazard says. The longest prefix counts. */
static const Prefix prefixes[] = {
    { "MySQLdb", FAMILY_DB_DRIVER },
    { "arango", FAMILY_DB_DRIVER },
    { "asyncore", FAMILY_NETWORK },
    { "boto3", FAMILY_SDK },
    { "botocore", FAMILY_SDK },
    { "cassandra", FAMILY_DB_DRIVER },
    { "chromadb", FAMILY_SDK },
    { "clickhouse_connect", FAMILY_DB_DRIVER },
    { "clickhouse_driver", FAMILY_DB_DRIVER },
    { "cloudscraper", FAMILY_HTTP },
    { "curl_cffi", FAMILY_HTTP },
    { "django", FAMILY_HTTP },
    { "django.contrib", FAMILY_ORM },
    { "django.core.mail", FAMILY_NETWORK },
    { "django.db", FAMILY_ORM },
    { "django.shortcuts", FAMILY_ORM },
    { "dns", FAMILY_NETWORK },
    { "duckdb", FAMILY_DB_DRIVER },
    { "elastic_transport", FAMILY_SDK },
    { "elasticsearch", FAMILY_SDK },
    { "fabric", FAMILY_NETWORK },
    { "flask_sqlalchemy", FAMILY_ORM },
    { "ftplib", FAMILY_NETWORK },
    { "gridfs", FAMILY_DB_DRIVER },
    { "grequests", FAMILY_HTTP },
    { "http", FAMILY_HTTP },
    { "http.server", FAMILY_NETWORK },
    { "httpcore", FAMILY_HTTP },
    { "httplib2", FAMILY_HTTP },
    { "httpx", FAMILY_HTTP_CLIENT },
    { "httpx2", FAMILY_HTTP_CLIENT },
    { "imapclient", FAMILY_NETWORK },
    { "imaplib", FAMILY_NETWORK },
    { "ldap", FAMILY_NETWORK },
    { "ldap3", FAMILY_NETWORK },
    { "logging", FAMILY_NETWORK },
    { "mariadb", FAMILY_DB_DRIVER },
    { "mechanize", FAMILY_HTTP },
    { "mongoengine", FAMILY_ORM },
    { "mysql", FAMILY_DB_DRIVER },
    { "napalm", FAMILY_NETWORK },
    { "neo4j", FAMILY_DB_DRIVER },
    { "netmiko", FAMILY_NETWORK },
    { "niquests", FAMILY_HTTP },
    { "nntplib", FAMILY_NETWORK },
    { "oracledb", FAMILY_DB_DRIVER },
    { "orator", FAMILY_ORM },
    { "paramiko", FAMILY_NETWORK },
    { "peewee", FAMILY_ORM },
    { "playhouse", FAMILY_ORM },
    { "pony", FAMILY_ORM },
    { "poplib", FAMILY_NETWORK },
    { "primp", FAMILY_HTTP },
    { "psycopg", FAMILY_DB_DRIVER },
    { "psycopg2", FAMILY_DB_DRIVER },
    { "psycopg_pool", FAMILY_DB_DRIVER },
    { "pycurl", FAMILY_HTTP },
    { "pymongo", FAMILY_DB_DRIVER },
    { "pymssql", FAMILY_DB_DRIVER },
    { "pymysql", FAMILY_DB_DRIVER },
    { "pyodbc", FAMILY_DB_DRIVER },
    { "pysftp", FAMILY_NETWORK },
    { "redis", FAMILY_SDK },
    { "requests", FAMILY_HTTP },
    { "requests_cache", FAMILY_HTTP },
    { "requests_html", FAMILY_HTTP },
    { "requests_oauthlib", FAMILY_HTTP },
    { "requests_toolbelt", FAMILY_HTTP },
    { "scapy", FAMILY_NETWORK },
    { "scrapli", FAMILY_NETWORK },
    { "select", FAMILY_NETWORK },
    { "selectors", FAMILY_NETWORK },
    { "serial", FAMILY_NETWORK },
    { "smtplib", FAMILY_NETWORK },
    { "socket", FAMILY_NETWORK },
    { "socketserver", FAMILY_NETWORK },
    { "sqlalchemy", FAMILY_ORM },
    { "sqlite3", FAMILY_DB_DRIVER },
    { "sqlmodel", FAMILY_ORM },
    { "ssl", FAMILY_NETWORK },
    { "telnetlib", FAMILY_NETWORK },
    { "tls_client", FAMILY_HTTP },
    { "urllib", FAMILY_HTTP },
    { "urllib3", FAMILY_HTTP },
    { "websocket", FAMILY_NETWORK },
    { "wsgiref", FAMILY_NETWORK },
    { "xmlrpc", FAMILY_NETWORK },
    { "zmq", FAMILY_NETWORK },
};

static bool is_prefix(Str name, const char *prefix)
{
    Str start = str_of(prefix);
    return str_starts(name, start) && (name.n == start.n || name.p[start.n] == '.');
}

static Family family_of_package(const Api *api, Family otherwise)
{
    Str name = api_name(api);
    Family family = otherwise;
    size_t longest = 0;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i].name);
        if (length > longest && is_prefix(name, prefixes[i].name)) {
            longest = length;
            family = prefixes[i].family;
        }
    }
    return family;
}

Str api_package(const Api *api)
{
    Str name = api_name(api);
    return str_slice(name, 0, str_find(name, '.'));
}

const char *api_shown(const Api *api)
{
    Str prefix = STR("builtins.");
    return str_starts(api_name(api), prefix) ? api->name + prefix.n : api->name;
}

Str api_last(const Api *api)
{
    Str name = api_name(api);
    uint32_t dot = str_find_last(name, '.');
    return dot < name.n ? str_slice(name, dot + 1, name.n) : name;
}

Str api_owner(const Api *api)
{
    Str name = api_name(api);
    uint32_t dot = str_find_last(name, '.');
    return dot < name.n ? str_slice(name, 0, dot) : STR("");
}

/* A file is opened by what is a class of files, and by what says so in its name. */
static Family family_of_file(const Api *api)
{
    Str last = api_last(api);
    bool opens = api->kind == KIND_CLASS || str_is(last, "open") || str_is(last, "fdopen") ||
                 str_starts(last, STR("open_")) || is_prefix(api_name(api), "tempfile");
    return opens ? FAMILY_OPEN : FAMILY_FILE_IO;
}

static bool is_join(Str last)
{
    return str_is(last, "join") || str_is(last, "join_thread");
}

static Family family_of_process(const Api *api)
{
    Str name = api_name(api), last = api_last(api);
    if (str_is(last, "start"))
        return FAMILY_PROCESS_START;
    if (is_prefix(name, "multiprocessing"))
        return is_join(last) ? FAMILY_FUTURE_RESULT : FAMILY_THREAD_PRIMITIVE;
    if (api->kind == KIND_CLASS || str_starts(last, STR("fork")) || str_starts(last, STR("exec")) ||
        str_starts(last, STR("posix_spawn")))
        return FAMILY_PROCESS_START;
    bool waits = str_starts(last, STR("wait")) || str_is(last, "communicate") || is_join(last);
    return waits ? FAMILY_PROCESS_WAIT : FAMILY_SUBPROCESS;
}

/* What runs a loop until it is over is the business of other rules. */
static Family family_of_lock(const Api *api)
{
    Str name = api_name(api);
    bool is_of_loop = is_prefix(name, "asyncio") || is_prefix(name, "trio") || is_prefix(name, "anyio") ||
                      is_prefix(name, "uvicorn") || is_prefix(name, "uvloop");
    if (is_of_loop || api->role == ROLE_RUNS_LOOP)
        return FAMILY_NONE;
    if (str_is(api_last(api), "start"))
        return FAMILY_PROCESS_START;
    bool is_queue = str_starts(name, STR("queue.")) || str_find(api_owner(api), 'Q') < api_owner(api).n;
    if (is_prefix(name, "concurrent") || (is_join(api_last(api)) && !is_queue))
        return FAMILY_FUTURE_RESULT;
    return FAMILY_THREAD_PRIMITIVE;
}

/* Whoever sets a breakpoint wants the program to stop. */
static bool is_debugger(const Api *api)
{
    Str package = api_package(api), last = api_last(api);
    return str_is(package, "pdb") || str_is(package, "bdb") || str_is(package, "ipdb") || str_is(last, "breakpoint") ||
           str_is(last, "set_trace");
}

/* A client for tests asks an application in the same process. */
static bool is_of_test_client(const Api *api)
{
    return str_ends(api_owner(api), STR(".TestClient"));
}

/* Results of SQLAlchemy, which an AsyncSession gives as well: there the rows have come already. */
static bool is_of_fetched_rows(const Api *api)
{
    return str_is(api_package(api), "sqlalchemy") && str_ends(api_owner(api), STR("Result"));
}

Family api_family(const Api *api)
{
    if (!api || is_debugger(api) || is_of_fetched_rows(api) || is_of_test_client(api))
        return FAMILY_NONE;
    switch ((Hazard)api->hazard) {
    case HAZARD_NONE:
    case HAZARD_COUNT:
        return FAMILY_NONE;
    case HAZARD_SLEEP:
        return FAMILY_SLEEP;
    case HAZARD_NETWORK:
        return family_of_package(api, FAMILY_SDK);
    case HAZARD_DATABASE:
        return family_of_package(api, FAMILY_DB_DRIVER);
    case HAZARD_PROCESS:
        return family_of_process(api);
    case HAZARD_LOCK:
        return family_of_lock(api);
    case HAZARD_DNS:
        return FAMILY_NETWORK;
    case HAZARD_FILE:
        return family_of_file(api);
    case HAZARD_TREE:
        return FAMILY_TREE;
    case HAZARD_METADATA:
        return FAMILY_PATH_CHECK;
    case HAZARD_CPU:
        return FAMILY_CPU;
    case HAZARD_INPUT:
        return FAMILY_INPUT;
    case HAZARD_ONCE:
        return FAMILY_ONCE;
    }
    return FAMILY_NONE;
}

bool family_is_of_files(Family family)
{
    return family == FAMILY_OPEN || family == FAMILY_FILE_IO || family == FAMILY_PATH_CHECK || family == FAMILY_TREE ||
           family == FAMILY_ONCE;
}
