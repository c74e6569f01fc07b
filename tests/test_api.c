/* The tables of rules/apis/: every row is found by its name, names lead through aliases and bases, and rows are sound. */
#include "facts/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const Api *must_find(const char *name)
{
    const Api *api = api_find(str_of(name));
    if (!api)
        fail_msg("%s is in no table", name);
    return api;
}

static void assert_found_as(const char *name, const char *expected)
{
    const Api *api = api_find(str_of(name));
    if (!expected ? api != NULL : !api || strcmp(api->name, expected) != 0)
        fail_msg("%s is found as %s", name, api ? api->name : "nothing");
}

static void every_row_is_found(void **state)
{
    (void)state;
    assert_true(all_apis_count > 5000);
    for (size_t i = 0; i < all_apis_count; i++) {
        const Api *found = api_find(str_of(all_apis[i].name));
        if (all_apis[i].kind == KIND_ALIAS ? found && found->kind == KIND_ALIAS : found != &all_apis[i])
            fail_msg("%s is found as %s", all_apis[i].name, found ? found->name : "nothing");
    }
}

static void rows_are_sorted(void **state)
{
    (void)state;
    for (size_t i = 1; i < all_apis_count; i++)
        assert_true(strcmp(all_apis[i - 1].name, all_apis[i].name) < 0);
}

static void unknown_names_are_not_found(void **state)
{
    (void)state;
    static const char *const names[] = { "", ".", "time", "time.", "time.slee", "time.sleepy", "time.sleep.x", ".sleep",
        "zzzz.zzzz", "requests.Session.nothing", "pathlib..Path" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_found_as(names[i], NULL);

    char longest[4096];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_found_as(longest, NULL);
    for (size_t i = 1; i < sizeof longest - 1; i += 2)
        longest[i] = '.';
    assert_found_as(longest, NULL);
    memcpy(longest, "asyncio.tasks", strlen("asyncio.tasks"));
    assert_found_as(longest, NULL);
}

static void aliases_are_followed(void **state)
{
    (void)state;
    assert_found_as("requests.sessions.Session", "requests.Session");
    assert_found_as("requests.sessions.Session.get", "requests.Session.get");
    assert_found_as("asyncio.tasks.sleep", "asyncio.sleep");
    assert_found_as("concurrent.futures.thread.ThreadPoolExecutor.submit", "concurrent.futures.Executor.submit");
    assert_found_as("io.open", "builtins.open");
    assert_found_as("posixpath.exists", "os.path.exists");
}

/* No alias leads to an alias, so that chains are as long as the dots of a name. */
static void aliases_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < all_apis_count; i++) {
        const Api *api = &all_apis[i];
        if (api->kind != KIND_ALIAS)
            continue;
        const Api *target = api_find(str_of(api->result));
        if (target && target->kind == KIND_ALIAS)
            fail_msg("%s leads to the alias %s", api->name, target->name);
    }
}

static void assert_member(const char *owner, const char *name, const char *expected)
{
    bool complete;
    const Api *member = api_member(must_find(owner), str_of(name), &complete);
    if (!expected ? member != NULL : !member || strcmp(member->name, expected) != 0)
        fail_msg("%s of %s is %s", name, owner, member ? member->name : "nothing");
}

static void members_are_found_along_the_bases(void **state)
{
    (void)state;
    assert_member("pathlib.Path", "read_text", "pathlib.Path.read_text");
    assert_member("pathlib.PosixPath", "read_text", "pathlib.Path.read_text");
    assert_member("pathlib.PosixPath", "is_absolute", "pathlib.PurePath.is_absolute");
    assert_member("pathlib.PosixPath", "parent", "pathlib.Path.parent");
    assert_member("asyncio.PriorityQueue", "get", "asyncio.Queue.get");
    assert_member("asyncio.Task", "add_done_callback", "asyncio.Future.add_done_callback");
    assert_member("asyncio.Queue", "no_such_thing", NULL);
    assert_member("asyncio.Queue", "", NULL);
    assert_found_as("asyncio.PriorityQueue.get", "asyncio.Queue.get");
}

static void a_star_is_any_other_member(void **state)
{
    (void)state;
    assert_member("botocore.client.BaseClient", "get_object", "botocore.client.BaseClient.*");
    assert_member("botocore.client.BaseClient", "can_paginate", "botocore.client.BaseClient.can_paginate");
    assert_member("botocore.client.BaseClient", "__enter__", NULL);
    assert_found_as("botocore.client.BaseClient.put_item", "botocore.client.BaseClient.*");
}

/* A pipeline queues the commands that a client sends. */
static void a_pipeline_is_no_client(void **state)
{
    (void)state;
    assert_member("redis.Redis", "set", "redis.Redis.set");
    assert_member("redis.client.Pipeline", "set", NULL);
    assert_member("redis.asyncio.client.Pipeline", "set", NULL);
    assert_member("redis.asyncio.client.Pipeline", "execute", "redis.asyncio.client.Pipeline.execute");
}

static void bases_that_are_missing_are_told(void **state)
{
    (void)state;
    bool complete = false;
    const Api lone = { .name = "my.A", .name_length = 4, .kind = KIND_CLASS };
    assert_null(api_member(&lone, STR("run"), &complete));
    assert_true(complete);
    const Api rooted = { .name = "my.A", .name_length = 4, .bases = "builtins.object,asyncio.Queue", .kind = KIND_CLASS };
    assert_string_equal(api_member(&rooted, STR("get"), &complete)->name, "asyncio.Queue.get");
    assert_null(api_member(&rooted, STR("run"), &complete));
    assert_true(complete);
    const Api open = { .name = "my.A", .name_length = 4, .bases = "other.B,asyncio.queues.Queue", .kind = KIND_CLASS };
    assert_string_equal(api_member(&open, STR("get"), &complete)->name, "asyncio.Queue.get");
    assert_null(api_member(&open, STR("run"), &complete));
    assert_false(complete);
}

static void many_bases_end(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static const char one[] = "asyncio.LifoQueue,";
    static char bases[COUNT * sizeof one];
    for (size_t i = 0; i < COUNT; i++)
        memcpy(bases + i * (sizeof one - 1), one, sizeof one - 1);
    bool complete = true;
    const Api wide = { .name = "my.A", .name_length = 4, .bases = bases, .kind = KIND_CLASS };
    assert_null(api_member(&wide, STR("run"), &complete));
    assert_false(complete);
}

static void classes_derive(void **state)
{
    (void)state;
    assert_true(api_is_a(must_find("asyncio.Task"), "asyncio.Task"));
    assert_true(api_is_a(must_find("asyncio.Task"), "asyncio.Future"));
    assert_true(api_is_a(must_find("asyncio.Task"), "asyncio.futures.Future"));
    assert_false(api_is_a(must_find("asyncio.Future"), "asyncio.Task"));
    assert_true(api_is_a(must_find("pathlib.PosixPath"), "pathlib.PurePath"));
    const Api mine = { .name = "my.A", .name_length = 4, .bases = "other.B", .kind = KIND_CLASS };
    assert_true(api_is_a(&mine, "other.B"));
    assert_false(api_is_a(&mine, "other.C"));
}

static void facts_of_rows(void **state)
{
    (void)state;
    const Api *get = must_find("queue.Queue.get");
    assert_int_equal(get->hazard, HAZARD_LOCK);
    assert_int_equal(get->weight, WEIGHT_ALWAYS);
    assert_string_equal(get->unless, "block:False,0:False,timeout:0,1:0");
    assert_string_equal(get->instead, "asyncio.Queue.get");
    assert_null(get->bases);
    assert_null(must_find("time.sleep")->unless);

    const Api *thread = must_find("threading.Thread");
    assert_int_equal(thread->kind, KIND_CLASS);
    assert_int_equal(thread->role, ROLE_OFFLOADS);
    assert_int_equal(thread->argument, 1);
    assert_string_equal(thread->keyword, "target");

    assert_int_equal(must_find("asyncio.gather")->argument, ARGUMENT_NONE);
    assert_string_equal(must_find("asyncio.to_thread")->result, "call(0)");
    assert_int_equal(must_find("asyncio.sleep")->colour, COLOUR_COROUTINE);
    assert_int_equal(must_find("aiohttp.ClientSession.get")->colour, COLOUR_AWAITABLE_CONTEXT);
    assert_int_equal(must_find("json.load")->weight, WEIGHT_LARGE);
    assert_int_equal(must_find("subprocess.Popen")->weight, WEIGHT_USUALLY);
}

/* What only reckons with paths touches no disk. */
static void path_algebra_is_no_hazard(void **state)
{
    (void)state;
    static const char *const names[] = { "pathlib.Path.joinpath", "pathlib.Path.with_suffix", "pathlib.Path.absolute",
        "pathlib.Path.cwd", "pathlib.Path.home", "pathlib.Path.expanduser", "os.path.join", "os.path.abspath",
        "os.path.basename", "os.path.expanduser", "os.path.normpath" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(must_find(names[i])->hazard, HAZARD_NONE);
    assert_int_equal(must_find("pathlib.Path.exists")->hazard, HAZARD_METADATA);
}

static void rows_do_not_contradict_themselves(void **state)
{
    (void)state;
    for (size_t i = 0; i < all_apis_count; i++) {
        const Api *api = &all_apis[i];
        bool is_awaited =
            api->colour == COLOUR_COROUTINE || api->colour == COLOUR_AWAITABLE_CONTEXT || api->colour == COLOUR_CONTEXT;
        if (is_awaited && api->hazard)
            fail_msg("%s gives something to await and is said to hold up the thread", api->name);
        if (api->kind == KIND_DATA && !*api->result)
            fail_msg("%s is data of nobody knows what", api->name);
        if (api->hazard >= HAZARD_COUNT || api->role >= ROLE_COUNT)
            fail_msg("%s has facts out of range", api->name);
    }
}

static void every_hazard_has_a_text(void **state)
{
    (void)state;
    for (Hazard hazard = HAZARD_SLEEP; hazard < HAZARD_COUNT; hazard++)
        assert_true(*hazard_text(hazard));
    assert_string_equal(hazard_text(HAZARD_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found),
        cmocka_unit_test(rows_are_sorted),
        cmocka_unit_test(unknown_names_are_not_found),
        cmocka_unit_test(aliases_are_followed),
        cmocka_unit_test(aliases_end),
        cmocka_unit_test(members_are_found_along_the_bases),
        cmocka_unit_test(a_star_is_any_other_member),
        cmocka_unit_test(a_pipeline_is_no_client),
        cmocka_unit_test(bases_that_are_missing_are_told),
        cmocka_unit_test(many_bases_end),
        cmocka_unit_test(classes_derive),
        cmocka_unit_test(facts_of_rows),
        cmocka_unit_test(path_algebra_is_no_hazard),
        cmocka_unit_test(rows_do_not_contradict_themselves),
        cmocka_unit_test(every_hazard_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
