#include "base/text.h"
#include "python/source.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define BOM         "\xEF\xBB\xBF"
#define REPLACEMENT "\xEF\xBF\xBD"

static int arena_new_for_test(void **state)
{
    static Arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int arena_free_for_test(void **state)
{
    arena_release(*state);
    return 0;
}

/* The source of `bytes`, in a buffer that ends with the promised padding. */
static Source source_of(void **state, Str bytes)
{
    Arena *arena = *state;
    char *copy = arena_alloc(arena, (size_t)bytes.n + 16);
    memcpy(copy, bytes.p, bytes.n);
    Source source;
    source_init(&source, arena, STR("dir/file.py"), (Str){ copy, bytes.n });
    for (int i = 0; i < 16; i++)
        assert_int_equal(source.text.p[source.text.n + i], 0);
    assert_true(source.trouble.begin <= source.trouble.end && source.trouble.end <= source.text.n);
    return source;
}

static void assert_text(void **state, Str bytes, const char *encoding, Str text)
{
    Source source = source_of(state, bytes);
    if (source.has_trouble)
        fail_msg("%.*s: %.*s", STR_ARG(bytes), STR_ARG(source.trouble.message));
    assert_string_equal(source.encoding, encoding);
    if (!str_equal(source.text, text))
        fail_msg("\"%.*s\", not \"%.*s\"", STR_ARG(source.text), STR_ARG(text));
    assert_false(source.is_binary);
}

static void assert_trouble(void **state, Str bytes, uint32_t begin, uint32_t end, const char *message)
{
    Source source = source_of(state, bytes);
    if (!source.has_trouble)
        fail_msg("no trouble with %.*s", STR_ARG(bytes));
    assert_int_equal(source.trouble.kind, TROUBLE_ENCODING);
    if (!str_is(source.trouble.message, message))
        fail_msg("\"%.*s\", not \"%s\"", STR_ARG(source.trouble.message), message);
    assert_int_equal(source.trouble.begin, begin);
    assert_int_equal(source.trouble.end, end);
}

static void takes_utf8_as_it_is(void **state)
{
    assert_text(state, STR(""), "utf-8", STR(""));
    assert_text(state, STR("x = 'na\xC3\xAFve'\n"), "utf-8", STR("x = 'na\xC3\xAFve'\n"));
    assert_text(state, STR(BOM "x\n"), "utf-8", STR("x\n"));
    assert_text(state, STR(BOM), "utf-8", STR(""));
    Source source = source_of(state, STR(BOM "x"));
    assert_ptr_equal(source.text.p, source.bytes.p + 3); /* a view, no copy */
}

static void knows_stubs(void **state)
{
    Arena *arena = *state;
    Str bytes = { arena_alloc(arena, 16), 0 };
    Source source;
    source_init(&source, arena, STR("a.pyi"), bytes);
    assert_true(source.is_stub);
    assert_true(str_is(source.path, "a.pyi"));
    source_init(&source, arena, STR("a.py"), bytes);
    assert_false(source.is_stub);
}

/* Where a cookie counts, as tokenize.detect_encoding and the compiler have it. `cp1251` stands for "found". */
static void finds_the_cookie(void **state)
{
    static const struct {
        const char *text;
        const char *encoding;
    } cases[] = {
        { "# coding: cp1251\n", "cp1251" },
        { "# coding=cp1251", "cp1251" },
        { "# -*- coding: cp1251 -*-\n", "cp1251" },
        { "# vim: set fileencoding=cp1251 :\n", "cp1251" },
        { " \t\f# coding:\t cp1251\n", "cp1251" },
        { "#!/usr/bin/python\n# coding: cp1251\n", "cp1251" },
        { "#!/usr/bin/python\r\n# coding: cp1251\r\n", "cp1251" },
        { "#!/usr/bin/python\r# coding: cp1251\r", "cp1251" },
        { "\n# coding: cp1251\n", "cp1251" },
        { "\r\n# coding: cp1251\n", "cp1251" },
        { "# coding:\n# coding: cp1251\n", "cp1251" },
        { "# coding coding: cp1251\n", "cp1251" },
        { "# coding: cp1251 coding: cp1252\n", "cp1251" },
        { "\n\n# coding: cp1251\n", "utf-8" },
        { "# a\n# b\n# coding: cp1251\n", "utf-8" },
        { "x = 1\n# coding: cp1251\n", "utf-8" },
        { "x = 1 # coding: cp1251\n", "utf-8" },
        { "\"\"\"\n# coding: cp1251\n\"\"\"\n", "utf-8" },
        { "\\\n# coding: cp1251\n", "utf-8" },
        { "# coding : cp1251\n", "utf-8" },
        { "# Coding: cp1251\n", "utf-8" },
        { "# coding: \n", "utf-8" },
        { "# coding:", "utf-8" },
        { "# coding", "utf-8" },
        { "\v# coding: cp1251\n", "utf-8" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_text(state, str_of(cases[i].text), cases[i].encoding, str_of(cases[i].text));
}

static void normalises_names(void **state)
{
    static const struct {
        const char *written, *name;
    } cases[] = {
        { "utf-8", "utf-8" },
        { "UTF_8", "utf-8" },
        { "utf8", "utf-8" },
        { "utf-8-unix", "utf-8" },
        { "utf-8-sig", "utf-8" },
        { "latin-1", "iso-8859-1" },
        { "Latin_1-dos", "iso-8859-1" },
        { "iso-8859-1", "iso-8859-1" },
        { "latin1", "iso-8859-1" },
        { "L1", "iso-8859-1" },
        { "iso-8859-15", "iso8859-15" },
        { "latin9", "iso8859-15" },
        { "windows-1252", "cp1252" },
        { "SJIS", "shift_jis" },
        { "Shift--JIS", "shift_jis" },
        { "euc-jp", "euc_jp" },
        { "us-ascii", "ascii" },
        { "koi8-r", "koi8-r" },
        { "gb18030", "gb18030" },
        { "-cp1251-", "cp1251" },
        { "iso8859.15", NULL },
        { "iso_8859.15", "iso8859-15" },
        { "utf.8", NULL },
        { "rot13", NULL },
        { "hex", NULL },
        { "unicode_escape", NULL },
        { "utf-16", NULL },
        { "nonsense", NULL },
        { "...", NULL },
    };
    Arena *arena = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Str line = arena_printf(arena, "# coding: %s\n", cases[i].written);
        if (cases[i].name)
            assert_text(state, line, cases[i].name, line);
        else
            assert_trouble(
                state, line, 10, line.n - 1, arena_printf(arena, "unknown encoding \"%s\"", cases[i].written).p);
    }
}

static void cuts_long_names_in_messages(void **state)
{
    Arena *arena = *state;
    Str line = arena_printf(arena, "# coding: %0500d\n", 0);
    Source source = source_of(state, line);
    assert_true(source.has_trouble);
    assert_true(source.trouble.message.n < 80);
    assert_int_equal(source.trouble.end - source.trouble.begin, 500);
}

static void decodes_into_utf8(void **state)
{
    assert_text(
        state, STR("# coding: latin-1\nx = '\xE9'\n"), "iso-8859-1", STR("# coding: latin-1\nx = '\xC3\xA9'\n"));
    assert_text(state, STR("# coding: latin-1 \xE9\n"), "iso-8859-1", STR("# coding: latin-1 \xC3\xA9\n"));
    assert_text(state, STR("# coding: cp1252\n\x80"), "cp1252", STR("# coding: cp1252\n\xE2\x82\xAC"));
    assert_text(state, STR("# coding: koi8-r\n\xC1"), "koi8-r", STR("# coding: koi8-r\n\xD0\xB0"));
    assert_text(
        state, STR("# coding: euc-jp\n\xC6\xFC\xCB\xDC"), "euc_jp", STR("# coding: euc-jp\n\xE6\x97\xA5\xE6\x9C\xAC"));
    assert_text(state, STR("# coding: gbk\n\xD6\xD0"), "gbk", STR("# coding: gbk\n\xE4\xB8\xAD"));
    assert_text(state, STR("# coding: utf-7\n+AOk-"), "utf-7", STR("# coding: utf-7\n\xC3\xA9"));
    /* No composing: a letter and the accent behind it stay two characters, as in Python. */
    assert_text(state, STR("# coding: cp1258\ne\xEC"), "cp1258", STR("# coding: cp1258\ne\xCC\x81"));
}

/* The second byte of a Japanese character may be a backslash or a letter; and a backslash is not a yen sign. */
static void keeps_backslashes_of_shift_jis(void **state)
{
    assert_text(state, STR("# coding: shift_jis\n'\x95\x5C\\n\x83\x41~'"), "shift_jis",
        STR("# coding: shift_jis\n'\xE8\xA1\xA8\\n\xE3\x82\xA2~'"));
}

static void replaces_what_cannot_be_decoded(void **state)
{
    Str bytes = STR("# coding: cp1252\na\x81"
                    "b\x8D"
                    "c");
    assert_trouble(state, bytes, 18, 21, "cannot decode byte 0x81 as cp1252");
    assert_true(str_is(source_of(state, bytes).text, "# coding: cp1252\na" REPLACEMENT "b" REPLACEMENT "c"));

    /* The place counts in the decoded text, where \xE9 has become two bytes. */
    assert_trouble(state, STR("# coding: cp1252\n\xE9\x81"), 19, 22, "cannot decode byte 0x81 as cp1252");

    Str cut = STR("# coding: shift_jis\n\x95");
    assert_trouble(state, cut, 20, 23, "cannot decode byte 0x95 as shift_jis");
    assert_true(str_is(source_of(state, cut).text, "# coding: shift_jis\n" REPLACEMENT));
    assert_trouble(state, STR("# coding: euc_jp\n\x80"), 17, 20, "cannot decode byte 0x80 as euc_jp");
}

static void leaves_invalid_utf8_in_place(void **state)
{
    Str bytes = STR("x = '\xFF\xFE'\n");
    assert_trouble(state, bytes, 5, 6, "invalid UTF-8: byte 0xff");
    assert_true(str_equal(source_of(state, bytes).text, bytes));
    assert_trouble(state, STR(BOM "x\xE9"), 1, 2, "invalid UTF-8: byte 0xe9");
    assert_trouble(state, STR("# coding: utf-8\n\xE9"), 16, 17, "invalid UTF-8: byte 0xe9");
    assert_trouble(state, STR("# coding: ascii\n'\xC3\xA9'"), 17, 18, "cannot decode byte 0xc3 as ascii");
}

static void refuses_a_cookie_against_the_bom(void **state)
{
    assert_text(state, STR(BOM "# coding: utf-8\n"), "utf-8", STR("# coding: utf-8\n"));
    assert_text(state, STR(BOM "# coding: UTF_8-sig\n"), "utf-8", STR("# coding: UTF_8-sig\n"));
    assert_trouble(
        state, STR(BOM "# coding: latin-1\n"), 10, 17, "encoding \"latin-1\" against a UTF-8 byte order mark");
    /* CPython compares the names here, and refuses this one. */
    assert_trouble(state, STR(BOM "# coding: utf8\n"), 10, 14, "encoding \"utf8\" against a UTF-8 byte order mark");
    assert_trouble(state, STR(BOM "# coding: foo\n"), 10, 13, "unknown encoding \"foo\"");
    assert_string_equal(source_of(state, STR(BOM "# coding: latin-1\n")).encoding, "utf-8");
}

static void refuses_wide_encodings(void **state)
{
    static const struct {
        const char *bytes;
        uint32_t n;
        const char *encoding;
    } cases[] = {
        { "\xFF\xFEx\0", 4, "utf-16" },
        { "\xFE\xFF\0x", 4, "utf-16" },
        { "\xFF\xFE\0\0x\0\0\0", 8, "utf-32" },
        { "\0\0\xFE\xFF\0\0\0x", 8, "utf-32" },
        { "\xFF\xFE", 2, "utf-16" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Source source = source_of(state, (Str){ cases[i].bytes, cases[i].n });
        assert_true(source.has_trouble && source.is_binary);
        assert_int_equal(source.text.n, 0);
        assert_string_equal(source.encoding, cases[i].encoding);
    }
}

static void knows_binaries(void **state)
{
    Arena *arena = *state;
    Source elf = source_of(state, STR("\x7F"
                                      "ELF\x02\x01\x01\0\0\0"));
    assert_true(elf.is_binary && elf.has_trouble);
    assert_int_equal(elf.text.n, 0);

    char latin[400];
    memset(latin, 'a', sizeof latin);
    memset(latin, 0xE9, 21); /* just above 5 % */
    Source above = source_of(state, (Str){ latin, sizeof latin });
    assert_true(above.is_binary);
    latin[20] = 'a';
    Source at = source_of(state, (Str){ latin, sizeof latin });
    assert_false(at.is_binary);
    assert_true(at.has_trouble);
    assert_int_equal(at.text.n, sizeof latin);

    latin[20] = (char)0xE9;
    Str with_cookie = arena_printf(arena, "# coding: latin-1\n%.*s", (int)sizeof latin, latin);
    Source named = source_of(state, with_cookie);
    assert_false(named.is_binary || named.has_trouble);
}

/* Mistakes in a text: the scan has more to say about them than that they are binary. */
static void takes_slips_for_text(void **state)
{
    Source with_nul = source_of(state, STR("x = 1\0\n\f\x1B"));
    assert_false(with_nul.is_binary || with_nul.has_trouble);
    Source with_control = source_of(state, STR("x = '\x01'\n"));
    assert_false(with_control.is_binary || with_control.has_trouble);
    Source tiny = source_of(state, STR("'\xE9'"));
    assert_false(tiny.is_binary);
    assert_true(tiny.has_trouble);
}

/* Any bytes under any cookie: decoded text is UTF-8, and what is not is told. */
static void survives_random_bytes(void **state)
{
    static const char *const names[] = {
        "utf-8",
        "latin-1",
        "cp1252",
        "cp1258",
        "shift_jis",
        "euc_jp",
        "euc_jis_2004",
        "shift_jis_2004",
        "gb18030",
        "big5hkscs",
        "johab",
        "utf-7",
        "iso2022_jp",
        "iso2022_kr",
        "ascii",
        "cp932",
        "tis-620",
    };
    Arena *arena = *state;
    uint32_t seed = 2024;
    for (int round = 0; round < 6000; round++) {
        char bytes[96];
        uint32_t n = (uint32_t)snprintf(
            bytes, sizeof bytes, "# coding: %s\n", names[round % (int)(sizeof names / sizeof names[0])]);
        uint32_t end = n + (uint32_t)round % 60;
        for (; n < end; n++) {
            seed = seed * 1664525 + 1013904223;
            bytes[n] = (char)(seed >> 24);
        }
        Source source = source_of(state, (Str){ bytes, n });
        if (!source.has_trouble)
            assert_int_equal(text_invalid_utf8(source.text), source.text.n);
        arena_clear(arena);
    }
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, arena_new_for_test, arena_free_for_test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(takes_utf8_as_it_is),
        WITH_ARENA(knows_stubs),
        WITH_ARENA(finds_the_cookie),
        WITH_ARENA(normalises_names),
        WITH_ARENA(cuts_long_names_in_messages),
        WITH_ARENA(decodes_into_utf8),
        WITH_ARENA(keeps_backslashes_of_shift_jis),
        WITH_ARENA(replaces_what_cannot_be_decoded),
        WITH_ARENA(leaves_invalid_utf8_in_place),
        WITH_ARENA(refuses_a_cookie_against_the_bom),
        WITH_ARENA(refuses_wide_encodings),
        WITH_ARENA(knows_binaries),
        WITH_ARENA(takes_slips_for_text),
        WITH_ARENA(survives_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
