#include "base/text.h"

#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define REPLACEMENT "\xEF\xBF\xBD"

static void knows_well_formed_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t n, first_invalid, invalid;
    } cases[] = {
        { "", 0, 0, 0 },
        { "abc", 3, 3, 0 },
        { "a\0b", 3, 3, 0 },
        { "\xC3\xA9", 2, 2, 0 },
        { "\xE2\x82\xAC", 3, 3, 0 },
        { "\xF0\x9F\x98\x80", 4, 4, 0 },
        { "\xF4\x8F\xBF\xBF", 4, 4, 0 }, /* U+10FFFF */
        { "\xF4\x90\x80\x80", 4, 0, 4 }, /* beyond */
        { "\xED\x9F\xBF", 3, 3, 0 },     /* U+D7FF */
        { "\xED\xA0\x80", 3, 0, 3 },     /* a surrogate */
        { "\xC0\x80", 2, 0, 2 },         /* overlong */
        { "\xC1\xBF", 2, 0, 2 },
        { "\xE0\x9F\xBF", 3, 0, 3 },
        { "\xF0\x8F\xBF\xBF", 4, 0, 4 },
        { "\xF8\x88\x80\x80\x80", 5, 0, 5 },
        { "ab\xFFgh", 5, 2, 1 },
        { "ab\xE2\x82", 4, 2, 2 }, /* cut off */
        { "\xE2\x82"
          "a",
            3, 0, 2 },
        { "12345678\x80", 9, 8, 1 }, /* behind a whole word of ASCII */
        { "1234567\xC3\xA9"
          "12345678\xFE",
            18, 17, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Str s = { cases[i].bytes, cases[i].n };
        assert_int_equal(text_invalid_utf8(s), cases[i].first_invalid);
        assert_int_equal(text_count_invalid_utf8(s), cases[i].invalid);
    }
    assert_int_equal(text_invalid_utf8((Str){ 0 }), 0);
}

/* Every code point, written by the definition, is decoded to itself. */
static void decodes_every_code_point(void **state)
{
    (void)state;
    for (uint32_t code = 0; code < 0x110000; code++) {
        char p[4];
        uint32_t n = 0;
        if (code < 0x80) {
            p[n++] = (char)code;
        } else if (code < 0x800) {
            p[n++] = (char)(0xC0 | code >> 6);
        } else if (code < 0x10000) {
            p[n++] = (char)(0xE0 | code >> 12);
            p[n++] = (char)(0x80 | (code >> 6 & 63));
        } else {
            p[n++] = (char)(0xF0 | code >> 18);
            p[n++] = (char)(0x80 | (code >> 12 & 63));
            p[n++] = (char)(0x80 | (code >> 6 & 63));
        }
        if (code >= 0x80)
            p[n++] = (char)(0x80 | (code & 63));
        uint32_t decoded = 0;
        uint32_t length = text_decode((Str){ p, n }, &decoded);
        bool is_surrogate = code >= 0xD800 && code < 0xE000;
        if (length != (is_surrogate ? 1 : n) || decoded != (is_surrogate ? 0xFFFD : code))
            fail_msg("U+%04X is decoded to U+%04X of %u bytes", code, decoded, length);
    }
}

static void counts_code_points(void **state)
{
    (void)state;
    assert_int_equal(text_length(STR("")), 0);
    assert_int_equal(text_length(STR("na\xC3\xAFve")), 5);
    assert_int_equal(text_length(STR("\xF0\x9F\x98\x80!")), 2);
    assert_int_equal(text_length(STR("a\xFF\xFE")), 3);
}

static void measures_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width(STR("abc"), 0), 3);
    assert_int_equal(text_width(STR("e\xCC\x81"), 0), 1);                            /* e and a combining acute */
    assert_int_equal(text_width(STR("\xE4\xB8\xAD\xE6\x96\x87"), 0), 4);             /* two Han characters */
    assert_int_equal(text_width(STR("\xED\x95\x9C"), 0), 2);                         /* a Hangul syllable */
    assert_int_equal(text_width(STR("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), 0), 2); /* the same in three parts */
    assert_int_equal(text_width(STR("\xEF\xBC\xA1"), 0), 2);                         /* full-width A */
    assert_int_equal(text_width(STR("\xF0\x9F\x98\x80"), 0), 2);                     /* an emoji */
    assert_int_equal(text_width(STR("\xD0\x96\xC3\x9F\xE2\x82\xAC"), 0), 3);
    assert_int_equal(text_width(STR("\t"), 0), 4);
    assert_int_equal(text_width(STR("\t"), 3), 1);
    assert_int_equal(text_width(STR("a\tb"), 0), 5);
    assert_int_equal(text_width(STR("\xFF\xFE"), 0), 2); /* as two replacement characters */
}

static void assert_clean(Arena *arena, Str s, const char *expected)
{
    Str clean = text_clean(arena, s);
    if (!str_is(clean, expected))
        fail_msg("\"%.*s\", not \"%s\"", STR_ARG(clean), expected);
    assert_int_equal(text_width(s, 0), text_width(clean, 0));
    assert_int_equal(text_invalid_utf8(clean), clean.n);
    assert_ptr_equal(text_clean(arena, clean).p, clean.p); /* clean text stays where it is */
}

static void cleans_for_the_terminal(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    Str plain = STR("x = 'na\xC3\xAFve \xE4\xB8\xAD'");
    assert_ptr_equal(text_clean(&arena, plain).p, plain.p);
    assert_clean(&arena, STR(""), "");
    assert_clean(&arena, STR("\x1B[31m"), "\xE2\x90\x9B[31m");
    assert_clean(&arena, STR("a\0b"), "a" REPLACEMENT "b");
    assert_clean(&arena, STR("a\r\nb"), "a" REPLACEMENT REPLACEMENT "b");
    assert_clean(&arena, STR("\x7F\xC2\x9B"), REPLACEMENT REPLACEMENT); /* DEL, the C1 of `ESC [` */
    assert_clean(&arena,
        STR("\xE2\x80\xAE"
            "a\xE2\x81\xA6"),
        REPLACEMENT "a" REPLACEMENT); /* bidi */
    assert_clean(&arena,
        STR("a\xE2\x80\x8B"
            "b\xEF\xBB\xBF"),
        "a" REPLACEMENT "b" REPLACEMENT);
    assert_clean(&arena, STR("\xE2\x80\xA8"), REPLACEMENT); /* line separator */
    assert_clean(&arena, STR("a\xFF\xC3z"), "a" REPLACEMENT REPLACEMENT "z");
    assert_clean(&arena, STR("\ta\tb\xE4\xB8\xAD\tc"), "    a   b\xE4\xB8\xAD c");
    arena_release(&arena);
}

/* Any bytes: clean text has no control, is UTF-8, is as wide as before, and cleaning it again changes nothing. */
static void cleans_random_bytes(void **state)
{
    (void)state;
    Arena arena;
    arena_init(&arena);
    uint32_t seed = 12345;
    for (int round = 0; round < 2000; round++) {
        char bytes[64];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = (char)(seed >> 24);
        }
        Str s = { bytes, (uint32_t)(round % 64) };
        Str clean = text_clean(&arena, s);
        assert_int_equal(text_invalid_utf8(clean), clean.n);
        assert_int_equal(text_width(s, 0), text_width(clean, 0));
        for (uint32_t i = 0; i < clean.n; i++)
            assert_true((unsigned char)clean.p[i] >= 0x20 && clean.p[i] != 0x7F);
        assert_true(str_equal(text_clean(&arena, clean), clean));
        arena_clear(&arena);
    }
    arena_release(&arena);
}

static void assert_json(Str s, const char *expected)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    text_write_json(out, s);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, expected);
    free(text);
}

static void writes_json(void **state)
{
    (void)state;
    assert_json(STR(""), "");
    assert_json(STR("plain na\xC3\xAFve"), "plain na\xC3\xAFve");
    assert_json(STR("\"a\\b\"/"), "\\\"a\\\\b\\\"/");
    assert_json(STR("\b\f\n\r\t"), "\\b\\f\\n\\r\\t");
    assert_json(STR("\0\x1B\x7F\xC2\x9B"), "\\u0000\\u001b\\u007f\\u009b");
    assert_json(STR("\xE2\x80\xAE\xE2\x80\xA8"), "\\u202e\\u2028");
    assert_json(STR("\xF3\xA0\x80\x81"), "\\udb40\\udc01"); /* a tag, U+E0001 */
    assert_json(STR("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
    assert_json(STR("a\xFF"
                    "b"),
        "a" REPLACEMENT "b");
    assert_json(STR(REPLACEMENT), REPLACEMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_well_formed_utf8),
        cmocka_unit_test(decodes_every_code_point),
        cmocka_unit_test(counts_code_points),
        cmocka_unit_test(measures_columns),
        cmocka_unit_test(cleans_for_the_terminal),
        cmocka_unit_test(cleans_random_bytes),
        cmocka_unit_test(writes_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
