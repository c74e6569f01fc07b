#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { MANY = 5000 };

static void maps_keys_to_values(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Map map;
    map_init(&map, &arena);
    static int values[MANY];
    assert_null(map_get(&map, STR("x")));
    for (int i = 0; i < MANY; i++) {
        void **place = map_at(&map, arena_printf(&arena, "key%d", i));
        assert_null(*place);
        *place = &values[i];
    }
    assert_int_equal(map.count, MANY);
    for (int i = 0; i < MANY; i++)
        assert_ptr_equal(map_get(&map, arena_printf(&arena, "key%d", i)), &values[i]);
    assert_null(map_get(&map, STR("key")));
    assert_null(map_get(&map, STR("key5000")));

    *map_at(&map, STR("key7")) = &values[0]; /* a key that is there has one place */
    assert_ptr_equal(map_get(&map, STR("key7")), &values[0]);
    assert_int_equal(map.count, MANY);
    arena_release(&arena);
}

static void maps_odd_keys(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Map map;
    map_init(&map, &arena);
    static int values[3];
    *map_at(&map, (Str){ 0 }) = &values[0];
    *map_at(&map, STR("a\0b")) = &values[1];
    *map_at(&map, STR("a\0c")) = &values[2];
    assert_ptr_equal(map_get(&map, STR("")), &values[0]);
    assert_ptr_equal(map_get(&map, STR("a\0b")), &values[1]);
    assert_ptr_equal(map_get(&map, STR("a\0c")), &values[2]);
    assert_null(map_get(&map, STR("a")));
    assert_int_equal(map.count, 3);
    arena_release(&arena);
}

static void numbers_names_in_order(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Names names;
    names_init(&names, &arena);
    assert_int_equal(names_find(&names, STR("n1")), 0);
    for (NameId id = 1; id <= MANY; id++)
        assert_int_equal(names_add(&names, arena_printf(&arena, "n%u", id)), id);
    for (NameId id = 1; id <= MANY; id++) {
        Str text = arena_printf(&arena, "n%u", id);
        assert_int_equal(names_add(&names, text), id);
        assert_int_equal(names_find(&names, text), id);
        assert_true(str_equal(names_text(&names, id), text));
    }
    assert_int_equal(names.count, MANY);
    assert_int_equal(names_find(&names, STR("n0")), 0);
    assert_int_equal(names_text(&names, 0).n, 0);
    assert_int_equal(names_text(&names, MANY + 1).n, 0);
    arena_release(&arena);
}

static void empty_text_is_a_name(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Names names;
    names_init(&names, &arena);
    NameId id = names_add(&names, (Str){ 0 });
    assert_int_equal(id, 1);
    assert_int_equal(names_find(&names, STR("")), id);
    assert_non_null(names_text(&names, id).p);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_keys_to_values),
        cmocka_unit_test(maps_odd_keys),
        cmocka_unit_test(numbers_names_in_order),
        cmocka_unit_test(empty_text_is_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
