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

/* The first `count` names as they would lie in a file. */
static FrozenNames freeze(Arena *arena, const Names *names, uint32_t count)
{
    uint32_t *begins = arena_array(arena, uint32_t, count + 1), *hashes = arena_array(arena, uint32_t, count),
             *ids = arena_array(arena, uint32_t, count), size = 0;
    for (NameId id = 1; id <= count; id++)
        size += names_text(names, id).n;
    char *bytes = arena_alloc(arena, size);
    for (NameId id = 1; id <= count; id++) {
        Str text = names_text(names, id);
        memcpy(bytes + begins[id - 1], text.p, text.n);
        begins[id] = begins[id - 1] + text.n;
    }
    names_order(names, count, arena, hashes, ids);
    return (FrozenNames){ bytes, begins, hashes, ids, count };
}

static void copied_names_outlive_their_text(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Names names;
    names_init(&names, &arena);
    char text[] = "name";
    NameId id = names_add_copy(&names, str_of(text));
    assert_int_equal(names_add_copy(&names, str_of(text)), id);
    text[0] = 'g';
    assert_int_equal(names_find(&names, STR("name")), id);
    assert_int_equal(names_add_copy(&names, str_of(text)), id + 1);
    assert_int_equal(names_add_copy(&names, (Str){ 0 }), id + 2);
    arena_release(&arena);
}

static void frozen_names_are_found_and_grow(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Names names, other;
    names_init(&names, &arena);
    for (NameId id = 1; id <= MANY + 5; id++)
        names_add(&names, arena_printf(&arena, "n%u", id));
    FrozenNames frozen = freeze(&arena, &names, MANY);
    names_thaw(&other, &arena, &frozen);
    assert_int_equal(other.count, MANY);
    for (NameId id = 1; id <= MANY; id++) {
        Str text = arena_printf(&arena, "n%u", id);
        assert_true(str_equal(names_text(&other, id), text));
        assert_int_equal(names_find(&other, text), id);
        assert_int_equal(names_add(&other, text), id);
    }
    assert_int_equal(names_find(&other, STR("n0")), 0);
    assert_int_equal(names_find(&other, STR("")), 0);
    for (NameId id = MANY + 1; id <= 2 * MANY; id++)
        assert_int_equal(names_add(&other, arena_printf(&arena, "n%u", id)), id);
    for (NameId id = 1; id <= 2 * MANY; id++)
        assert_int_equal(names_find(&other, names_text(&other, id)), id);
    assert_int_equal(names_text(&other, 2 * MANY + 1).n, 0);
    for (uint32_t i = 1; i < MANY; i++)
        assert_true(frozen.hashes[i - 1] <= frozen.hashes[i]);
    arena_release(&arena);
}

static void no_frozen_names_are_names_too(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Names names, other;
    names_init(&names, &arena);
    FrozenNames frozen = freeze(&arena, &names, 0);
    names_thaw(&other, &arena, &frozen);
    assert_int_equal(names_find(&other, STR("a")), 0);
    assert_int_equal(names_add(&other, STR("a")), 1);
    assert_int_equal(names_find(&other, STR("a")), 1);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_keys_to_values),
        cmocka_unit_test(maps_odd_keys),
        cmocka_unit_test(numbers_names_in_order),
        cmocka_unit_test(empty_text_is_a_name),
        cmocka_unit_test(copied_names_outlive_their_text),
        cmocka_unit_test(frozen_names_are_found_and_grow),
        cmocka_unit_test(no_frozen_names_are_names_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
