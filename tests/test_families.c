/* Which rule a blocking API belongs to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "facts/families.h"

static Family family(const char *name, Hazard hazard, ApiKind kind)
{
    Api api = { .name = name,
        .name_length = (uint8_t)strlen(name),
        .result = "",
        .bases = "",
        .unless = "",
        .instead = "",
        .keyword = "",
        .hazard = (uint8_t)hazard,
        .kind = (uint8_t)kind };
    return api_family(&api);
}

#define FUNCTION(name, hazard) family(name, HAZARD_##hazard, KIND_FUNCTION)
#define CLASS(name, hazard)    family(name, HAZARD_##hazard, KIND_CLASS)

static void test_nothing_is_no_family(void **state)
{
    (void)state;
    assert_int_equal(api_family(NULL), FAMILY_NONE);
    assert_int_equal(FUNCTION("requests.get", NONE), FAMILY_NONE);
    assert_int_equal(FUNCTION("builtins.breakpoint", INPUT), FAMILY_NONE);
    assert_int_equal(FUNCTION("pdb.set_trace", INPUT), FAMILY_NONE);
}

static void test_network_goes_by_package(void **state)
{
    (void)state;
    assert_int_equal(FUNCTION("requests.Session.get", NETWORK), FAMILY_HTTP);
    assert_int_equal(FUNCTION("urllib.request.urlopen", NETWORK), FAMILY_HTTP);
    assert_int_equal(FUNCTION("http.client.HTTPConnection.request", NETWORK), FAMILY_HTTP);
    assert_int_equal(FUNCTION("http.server.HTTPServer.serve_forever", NETWORK), FAMILY_NETWORK);
    assert_int_equal(FUNCTION("httpx.get", NETWORK), FAMILY_HTTP_CLIENT);
    assert_int_equal(FUNCTION("httpx2.Client.get", NETWORK), FAMILY_HTTP_CLIENT);
    assert_int_equal(FUNCTION("socket.socket.recv", NETWORK), FAMILY_NETWORK);
    assert_int_equal(FUNCTION("socket.getaddrinfo", DNS), FAMILY_NETWORK);
    assert_int_equal(FUNCTION("starlette.testclient.TestClient.get", NETWORK), FAMILY_NONE);
    assert_int_equal(FUNCTION("stripe.Charge.create", NETWORK), FAMILY_SDK);
    /* The first part counts as a whole. */
    assert_int_equal(FUNCTION("requestsmore.get", NETWORK), FAMILY_SDK);
}

static void test_databases(void **state)
{
    (void)state;
    assert_int_equal(FUNCTION("sqlite3.connect", DATABASE), FAMILY_DB_DRIVER);
    assert_int_equal(FUNCTION("unknown_driver.connect", DATABASE), FAMILY_DB_DRIVER);
    assert_int_equal(FUNCTION("pymongo.collection.Collection.find_one", NETWORK), FAMILY_DB_DRIVER);
    assert_int_equal(FUNCTION("redis.Redis.get", DATABASE), FAMILY_SDK);
    assert_int_equal(FUNCTION("sqlalchemy.orm.Session.commit", DATABASE), FAMILY_ORM);
    assert_int_equal(FUNCTION("sqlalchemy.ScalarResult.all", DATABASE), FAMILY_NONE);
    assert_int_equal(FUNCTION("django.db.models.QuerySet.get", DATABASE), FAMILY_ORM);
    assert_int_equal(FUNCTION("django.core.mail.send_mail", NETWORK), FAMILY_NETWORK);
}

static void test_files(void **state)
{
    (void)state;
    assert_int_equal(FUNCTION("builtins.open", FILE), FAMILY_OPEN);
    assert_int_equal(FUNCTION("os.fdopen", FILE), FAMILY_OPEN);
    assert_int_equal(FUNCTION("io.open_code", FILE), FAMILY_OPEN);
    assert_int_equal(CLASS("zipfile.ZipFile", FILE), FAMILY_OPEN);
    assert_int_equal(FUNCTION("tempfile.mkstemp", FILE), FAMILY_OPEN);
    assert_int_equal(FUNCTION("pathlib.Path.read_text", FILE), FAMILY_FILE_IO);
    assert_int_equal(FUNCTION("os.stat", METADATA), FAMILY_PATH_CHECK);
    assert_int_equal(FUNCTION("shutil.rmtree", TREE), FAMILY_TREE);
    assert_int_equal(FUNCTION("mimetypes.guess_type", ONCE), FAMILY_ONCE);
    assert_true(family_is_of_files(FAMILY_OPEN) && family_is_of_files(FAMILY_TREE) && family_is_of_files(FAMILY_ONCE));
    assert_false(family_is_of_files(FAMILY_HTTP) || family_is_of_files(FAMILY_NONE));
}

static void test_processes_and_threads(void **state)
{
    (void)state;
    assert_int_equal(FUNCTION("subprocess.run", PROCESS), FAMILY_SUBPROCESS);
    assert_int_equal(CLASS("subprocess.Popen", PROCESS), FAMILY_PROCESS_START);
    assert_int_equal(FUNCTION("os.fork", PROCESS), FAMILY_PROCESS_START);
    assert_int_equal(FUNCTION("subprocess.Popen.wait", PROCESS), FAMILY_PROCESS_WAIT);
    assert_int_equal(FUNCTION("subprocess.Popen.communicate", PROCESS), FAMILY_PROCESS_WAIT);
    assert_int_equal(FUNCTION("os.waitpid", PROCESS), FAMILY_PROCESS_WAIT);
    assert_int_equal(FUNCTION("multiprocessing.Process.start", PROCESS), FAMILY_PROCESS_START);
    assert_int_equal(FUNCTION("multiprocessing.Process.join", PROCESS), FAMILY_FUTURE_RESULT);
    assert_int_equal(FUNCTION("multiprocessing.Queue.get", PROCESS), FAMILY_THREAD_PRIMITIVE);
    assert_int_equal(FUNCTION("threading.Thread.join", LOCK), FAMILY_FUTURE_RESULT);
    assert_int_equal(FUNCTION("concurrent.futures.Future.result", LOCK), FAMILY_FUTURE_RESULT);
    assert_int_equal(FUNCTION("queue.Queue.join", LOCK), FAMILY_THREAD_PRIMITIVE);
    assert_int_equal(FUNCTION("multiprocessing.JoinableQueue.join", LOCK), FAMILY_THREAD_PRIMITIVE);
    assert_int_equal(FUNCTION("threading.Event.wait", LOCK), FAMILY_THREAD_PRIMITIVE);
    /* What runs a loop is the business of other rules. */
    assert_int_equal(FUNCTION("asyncio.run", LOCK), FAMILY_NONE);
    assert_int_equal(FUNCTION("trio.run", LOCK), FAMILY_NONE);
}

static void test_parts_of_a_name(void **state)
{
    (void)state;
    Api session = { .name = "requests.Session.get", .name_length = 20 }, bare = { .name = "open", .name_length = 4 },
        built_in = { .name = "builtins.open", .name_length = 13 };
    assert_true(str_is(api_package(&session), "requests"));
    assert_true(str_is(api_owner(&session), "requests.Session"));
    assert_true(str_is(api_last(&session), "get"));
    assert_true(str_is(api_package(&bare), "open") && str_is(api_last(&bare), "open") && api_owner(&bare).n == 0);
    assert_string_equal(api_shown(&built_in), "open");
    assert_string_equal(api_shown(&session), "requests.Session.get");
}

/* Each family has rows in the tables. */
static void test_all_rows(void **state)
{
    (void)state;
    size_t counts[FAMILY_ONCE + 1] = { 0 };
    for (size_t i = 0; i < all_apis_count; i++)
        counts[api_family(&all_apis[i])]++;
    static const Family spoken_of[] = {
        FAMILY_SLEEP,
        FAMILY_HTTP,
        FAMILY_HTTP_CLIENT,
        FAMILY_OPEN,
        FAMILY_FILE_IO,
        FAMILY_PATH_CHECK,
        FAMILY_TREE,
        FAMILY_INPUT,
        FAMILY_SUBPROCESS,
        FAMILY_NETWORK,
        FAMILY_DB_DRIVER,
        FAMILY_ORM,
        FAMILY_SDK,
        FAMILY_PROCESS_WAIT,
        FAMILY_THREAD_PRIMITIVE,
        FAMILY_FUTURE_RESULT,
    };
    for (size_t i = 0; i < sizeof spoken_of / sizeof *spoken_of; i++)
        assert_true(counts[spoken_of[i]] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_no_family),
        cmocka_unit_test(test_network_goes_by_package),
        cmocka_unit_test(test_databases),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_processes_and_threads),
        cmocka_unit_test(test_parts_of_a_name),
        cmocka_unit_test(test_all_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
