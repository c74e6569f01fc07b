/* The parts of the language server that know nothing of findings: JSON, frames, documents, addresses. */
#include <stdio.h>
#include <stdlib.h>

#include "lsp/document.h"
#include "lsp/frame.h"
#include "lsp/json.h"
#include "lsp/uri.h"
#include "python/tree.h"
#include "support.h"

static int set_up(void **state)
{
    Arena *arenas = malloc(2 * sizeof *arenas);
    arena_init(&arenas[0]);
    arena_init(&arenas[1]);
    tree_setup();
    *state = arenas;
    return 0;
}

static int tear_down(void **state)
{
    Arena *arenas = *state;
    arena_release(&arenas[0]);
    arena_release(&arenas[1]);
    free(arenas);
    return 0;
}

static const JsonValue *read_json(void **state, const char *text)
{
    Arena *arenas = *state;
    const JsonValue *value = json_read(&arenas[0], &arenas[1], str_of(text));
    arena_clear(&arenas[1]);
    return value;
}

/* ---- JSON ---- */

static void test_values(void **state)
{
    const JsonValue *value = read_json(state,
        " {\"a\": [1, -2.5e2, true, false, null, {}, []], \"b\" : \"x\", \"a\\\"\": {\"c\":{\"d\":7}}, \"b\": \"y\"} \n");
    assert_int_equal(value->kind, JSON_OBJECT);
    const JsonValue *item = json_member(value, "a")->first;
    assert_true(item->number == 1);
    assert_str(item->raw, "1");
    assert_true(item->next->number == -250);
    static const JsonKind kinds[] = { JSON_NUMBER, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL, JSON_OBJECT,
        JSON_ARRAY };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++, item = item->next)
        assert_int_equal(item->kind, kinds[i]);
    assert_null(item);
    assert_str(json_member(value, "b")->text, "y");
    assert_int_equal(json_uint(json_path(value, "a\"", "c", "d", NULL)), 7);
    assert_int_equal(json_path(value, "a", "c", "d", NULL)->kind, JSON_MISSING);
    assert_int_equal(json_uint(json_member(value, "b")), 0);
}

static void test_strings(void **state)
{
    static const char *const pairs[][2] = {
        { "\"\"", "" },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
        { "\"\\u0041\\u00e9\\u4E2D\\ud83d\\ude00\"", "A\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80" },
        { "\"\\ud83dx\"", "\xEF\xBF\xBDx" },
        { "\"\\ude00\\ud83d\"", "\xEF\xBF\xBD\xEF\xBF\xBD" },
        { "\"\\ud83d\\u0041\"", "\xEF\xBF\xBD"
                                "A" },
        { "\"{[/* // \\u007d\"", "{[/* // }" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_str(read_json(state, pairs[i][0])->text, pairs[i][1]);
    assert_int_equal(read_json(state, "\"a\\u0000b\"")->text.n, 3);
}

static void test_what_is_no_json(void **state)
{
    static const char *const texts[] = { "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "1 2", "[1}", "nul",
        "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"", "'a'", "01", "+1", ".5", "[1 2]", "// x\n1",
        "/* */ 1", "\xFF", "\"\xC3\"", "NaN" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (read_json(state, texts[i]))
            fail_msg("taken for JSON: %s", texts[i]);
}

static void test_depth(void **state)
{
    char text[4 * JSON_DEPTH_MOST] = "";
    memset(text, '[', JSON_DEPTH_MOST);
    memset(text + JSON_DEPTH_MOST, ']', JSON_DEPTH_MOST);
    assert_non_null(read_json(state, text));
    memset(text, '[', JSON_DEPTH_MOST + 1);
    memset(text + JSON_DEPTH_MOST + 1, ']', JSON_DEPTH_MOST + 1);
    assert_null(read_json(state, text));
}

static void test_numbers_of_positions(void **state)
{
    assert_int_equal(json_uint(read_json(state, "-3")), 0);
    assert_int_equal(json_uint(read_json(state, "4294967295")), UINT32_MAX);
    assert_int_equal(json_uint(read_json(state, "1e99")), UINT32_MAX);
    assert_int_equal(json_uint(read_json(state, "2.9")), 2);
}

/* ---- Frames ---- */

static void give(Frames *frames, const char *bytes, size_t n)
{
    memcpy(frames_room(frames, n), bytes, n);
    frames_add(frames, n);
}

/* Whatever the size of the pieces that a stream comes in: the bodies, and "!" for what is bad, one behind the other. */
static void assert_frames(const char *stream, const char *expected)
{
    for (size_t piece = 1; piece <= strlen(stream); piece++) {
        char seen[1024] = "";
        Frames frames;
        frames_init(&frames);
        for (size_t at = 0; at < strlen(stream); at += piece) {
            size_t left = strlen(stream) - at;
            give(&frames, stream + at, left < piece ? left : piece);
            Str body;
            for (FrameStatus status; (status = frames_next(&frames, &body)) != FRAME_NONE;) {
                if (status == FRAME_BAD)
                    strcat(seen, "!");
                else
                    strncat(seen, body.p, body.n);
                strcat(seen, "|");
            }
        }
        frames_release(&frames);
        assert_string_equal(seen, expected);
    }
}

static void test_frames(void **state)
{
    (void)state;
    assert_frames("Content-Length: 2\r\n\r\nabContent-Length: 0\r\n\r\nContent-Length: 3\n\nxyz", "ab||xyz|");
    assert_frames("X-Other: 5\r\ncontent-LENGTH:2\r\nContent-Type: a/b; c=d\r\n\r\nab", "ab|");
    assert_frames("\r\n\nContent-Length: 1\r\n\r\na", "a|");
    assert_frames("no header\r\nContent-Length: 1\r\n\r\na", "!|a|");
    assert_frames("one\r\ntwo\r\nX: y\r\n\r\nContent-Length: 1\r\n\r\na", "!|a|");
    assert_frames("Content-Length: 1x\r\n\r\n{}Content-Length: 1\r\n\r\na", "!|a|");
    assert_frames("Content-Length: 99999999999999999999999\r\n\r\n{}\nContent-Length: 1\r\n\r\na", "!|a|");
}

static void test_a_body_that_is_too_long(void **state)
{
    (void)state;
    enum { PIECE = 1 << 16 };
    static const char piece[PIECE];
    Frames frames;
    Str body;
    frames_init(&frames);
    char header[64];
    size_t length = (size_t)MESSAGE_MOST + 10;
    give(&frames, header, (size_t)snprintf(header, sizeof header, "Content-Length: %zu\r\n\r\n", length));
    assert_int_equal(frames_next(&frames, &body), FRAME_BAD);
    for (size_t left = length; left;) {
        size_t n = left < PIECE ? left : PIECE;
        give(&frames, piece, n);
        left -= n;
        assert_int_equal(frames_next(&frames, &body), FRAME_NONE);
    }
    assert_true(frames.room < 4 * PIECE);
    give(&frames, "Content-Length: 1\r\n\r\na", 22);
    assert_int_equal(frames_next(&frames, &body), FRAME_BODY);
    frames_release(&frames);
}

/* ---- Documents ---- */

static uint32_t offset_at(const Document *document, Units units, uint32_t line, uint32_t character)
{
    return document_offset(document, units, (Position){ line, character });
}

static void test_positions(void **state)
{
    (void)state;
    Document document;
    document_init(&document);
    document_set(&document, STR("a\xC3\xA9\xF0\x9F\x98\x80z\r\n\rx\n"));
    /* 0: a é(1-2) smile(3-6) z(7) CR LF | 10: CR | 11: x LF | 13: */
    assert_int_equal(document.lines.count, 4);
    assert_int_equal(offset_at(&document, UNITS_UTF16, 0, 4), 7);
    assert_int_equal(offset_at(&document, UNITS_UTF16, 0, 3), 3); /* inside of the pair */
    assert_int_equal(offset_at(&document, UNITS_UTF32, 0, 3), 7);
    assert_int_equal(offset_at(&document, UNITS_UTF8, 0, 7), 7);
    assert_int_equal(offset_at(&document, UNITS_UTF8, 0, 2), 1);   /* inside of é */
    assert_int_equal(offset_at(&document, UNITS_UTF16, 0, 99), 8); /* before CR LF */
    assert_int_equal(offset_at(&document, UNITS_UTF16, 1, 5), 10);
    assert_int_equal(offset_at(&document, UNITS_UTF16, 3, 0), 13);
    assert_int_equal(offset_at(&document, UNITS_UTF16, 4, 0), 13);
    for (Units units = UNITS_UTF16; units <= UNITS_UTF32; units++) {
        static const uint32_t offsets[] = { 0, 1, 3, 7, 8, 10, 11, 12, 13 };
        for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
            assert_int_equal(
                document_offset(&document, units, document_position(&document, units, offsets[i])), offsets[i]);
    }
    assert_int_equal(document_position(&document, UNITS_UTF16, 999).line, 3);
    document_release(&document);
}

static void test_replace(void **state)
{
    (void)state;
    Document document;
    document_init(&document);
    assert_int_equal(document.lines.count, 1);
    for (int i = 0; i < 100; i++)
        assert_true(document_replace(&document, document.text.n / 2, document.text.n / 2, STR("ab\n")));
    assert_int_equal(document.text.n, 300);
    assert_int_equal(document.lines.count, 101);
    assert_true(document_replace(&document, 1, 299, STR("-")));
    assert_int_equal(document.text.n, 3);
    document_release(&document);
}

/* ---- Addresses ---- */

static void test_uris(void **state)
{
    Arena *arena = *state;
    static const char *const pairs[][2] = {
        { "file:///a/b.py", "/a/b.py" },
        { "FILE://localhost/a%20b/%C3%A9%25.py", "/a b/\xC3\xA9%.py" },
        { "file:/a/b.py#x", "/a/b.py" },
        { "file:///a/./x/../b%2Epy?q", "/a/b.py" },
        { "file:///a/100%/%zz", "/a/100%/%zz" },
        { "file:///c%3A/x.py", "c:/x.py" },
        { "file:///C:/x.py", "C:/x.py" },
        { "file://host/a.py", "" },
        { "file:a.py", "" },
        { "file:///a%00b", "" },
        { "untitled:Untitled-1", "" },
        { "", "" },
        { "file", "" },
        { "file:", "" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_str(uri_path(arena, str_of(pairs[i][0])), pairs[i][1]);
    assert_str(uri_of(arena, STR("/cwd"), STR("a b.py")), "file:///cwd/a%20b.py");
    assert_str(uri_of(arena, STR("/cwd"), STR("/x/\xC3\xA9#.py")), "file:///x/%C3%A9%23.py");
    assert_true(uri_has_scheme(STR("Untitled:1"), "untitled"));
    assert_false(uri_has_scheme(STR("untitledx:1"), "untitled"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_strings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers_of_positions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_frames, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_body_that_is_too_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_positions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_replace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_uris, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
