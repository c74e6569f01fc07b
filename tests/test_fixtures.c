/* Runs the `python` blocks of each rule's doc, fixtures/<rule>/, fixtures/whole/ and fixtures/projects/ through a real run and
 * compares what is found with the marks in them. CONTRIBUTING.md says how a fixture is written.
 *
 *   test_fixtures [GLOB]      only the cases whose name matches: '*sleep*'
 *   AWRY_BLESS=1              writes .fixed.py and findings.txt anew instead of comparing them
 *
 * `# fact: load blocks time.sleep` says what is believed of a function; in fixtures/facts/ nothing else counts.
 *
 * Each case is a file of its own in a temporary directory, so that one run covers them all. */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/run.h"
#include "port/io.h"
#include "program/ask.h"
#include "python/tree.h"

enum { FILE_MOST = 1 << 20 };

typedef struct FactMark {
    uint32_t said;
    Str function, api, through; /* `through` may be empty; `api` is "nothing" or the name of a row */
} FactMark;

typedef struct Mark {
    enum { MARK_EXPECT, MARK_WRONG, MARK_MISSED } kind;
    uint32_t row;  /* of the finding, from 1, within the case */
    uint32_t said; /* the row of the mark itself */
    Str code;
    Str text; /* a piece of the message; may be empty */
    bool is_met;
} Mark;

typedef struct Case {
    const char *name;
    const char *shown;   /* the path for "path:row" */
    uint32_t row_offset; /* of the case's first line in that file */
    const char *path;    /* of the file in the temporary directory; a project: of its folder */
    const char *fixture; /* the fixture's own path; NULL for a block of a doc */
    const Rule *own;     /* whose findings count; NULL: everybody's */
    bool is_doc;
    bool is_project;
    bool is_of_facts; /* findings do not count */
    bool is_broken; /* not runnable; `text` says why */
    Str text;
    ARRAY(Mark) marks;
    ARRAY(FactMark) facts;
    ARRAY(Finding *) findings;
    Str fixed; /* the text with all safe fixes applied */
    bool has_fixes;
    const char *fixed_path;
    ARRAY(Finding *) after; /* what is found in the fixed text */
} Case;

typedef struct Suite {
    Arena arena;
    const char *directory;
    const char *filter;
    ARRAY(Case *) cases;
    bool is_blessing;
} Suite;

static void fail_early(const char *what, const char *path)
{
    fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
    exit(2);
}

static Str read_text(Suite *suite, const char *path)
{
    Str text;
    uint64_t size;
    if (io_read_file(&suite->arena, path, true, FILE_MOST, &text, &size) != READ_OK)
        fail_early("cannot read", path);
    return text;
}

static void write_text(const char *path, Str text)
{
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(text.p, 1, text.n, out) != text.n || fclose(out) != 0)
        fail_early("cannot write", path);
}

/* ---- marks ---- */

static Str line_at(Str text, uint32_t begin)
{
    Str rest = str_slice(text, begin, text.n);
    return str_slice(rest, 0, str_find(rest, '\n'));
}

static bool is_code(Str line)
{
    Str trimmed = str_trim(line);
    return trimmed.n && trimmed.p[0] != '#';
}

/* The row of the next line of code below `begin`, which is on row `row`. */
static uint32_t next_code(Str text, uint32_t begin, uint32_t row)
{
    uint32_t at = begin;
    for (uint32_t r = row; at < text.n; r++) {
        Str line = line_at(text, at);
        if (r > row && is_code(line))
            return r;
        at += line.n + 1;
    }
    return row;
}

/* Takes one mark off the front of *rest; false when there is none. */
static bool take_mark(Str *rest, Mark *mark)
{
    static const char *const words[] = { "# expect:", "# wrong:", "# missed:" };
    for (; rest->n; *rest = str_slice(*rest, 1, rest->n)) {
        for (int kind = 0; kind < 3; kind++) {
            if (!str_starts(*rest, str_of(words[kind])))
                continue;
            *mark = (Mark){ .text = STR("") };
            mark->kind = kind == 0 ? MARK_EXPECT : kind == 1 ? MARK_WRONG : MARK_MISSED;
            *rest = str_trim(str_slice(*rest, (uint32_t)strlen(words[kind]), rest->n));
            uint32_t n = 0;
            while (
                n < rest->n && ((rest->p[n] >= 'A' && rest->p[n] <= 'Z') || (rest->p[n] >= '0' && rest->p[n] <= '9')))
                n++;
            mark->code = str_slice(*rest, 0, n);
            *rest = str_trim(str_slice(*rest, n, rest->n));
            if (rest->n && rest->p[0] == '"') {
                Str quoted = str_slice(*rest, 1, rest->n);
                mark->text = str_slice(quoted, 0, str_find(quoted, '"'));
                *rest = str_slice(quoted, mark->text.n, quoted.n);
            }
            return true;
        }
    }
    return false;
}

static Str take_word(Str *rest)
{
    *rest = str_trim(*rest);
    Str word = str_slice(*rest, 0, str_find(*rest, ' '));
    *rest = str_slice(*rest, word.n, rest->n);
    return word;
}

/* `# fact: NAME blocks API`, `... blocks API through FUNCTION`, `... blocks nothing` */
static void find_fact(Suite *suite, Case *c, Str line, uint32_t row)
{
    Str front = STR("# fact:");
    while (line.n && !str_starts(line, front))
        line = str_slice(line, 1, line.n);
    if (!line.n)
        return;
    Str rest = str_slice(line, front.n, line.n);
    FactMark mark = { .said = row, .function = take_word(&rest) };
    Str verb = take_word(&rest);
    mark.api = take_word(&rest);
    Str link = take_word(&rest);
    mark.through = take_word(&rest);
    if (!str_is(verb, "blocks") || !mark.api.n || (link.n && !str_is(link, "through")))
        mark.api = STR("?");
    *array_push(&suite->arena, &c->facts) = mark;
}

static void find_marks(Suite *suite, Case *c)
{
    uint32_t at = 0;
    for (uint32_t row = 1; at < c->text.n; row++) {
        Str line = line_at(c->text, at);
        Str rest = line;
        Mark mark;
        while (take_mark(&rest, &mark)) {
            mark.said = row;
            mark.row = is_code(line) ? row : next_code(c->text, at, row);
            *array_push(&suite->arena, &c->marks) = mark;
        }
        find_fact(suite, c, line, row);
        at += line.n + 1;
    }
}

/* ---- collecting ---- */

static Case *add_case(Suite *suite, Str name, const char *shown, Str text)
{
    if (suite->filter && fnmatch(suite->filter, name.p, 0) != 0)
        return NULL;
    Case *c = arena_new(&suite->arena, Case);
    c->name = name.p;
    c->shown = shown;
    c->text = text;
    *array_push(&suite->arena, &suite->cases) = c;
    find_marks(suite, c);
    return c;
}

/* The file name of a rule: "blocking-sleep" is blocking_sleep. */
static Str file_name_of(Suite *suite, const char *rule_name)
{
    Str name = arena_copy(&suite->arena, str_of(rule_name));
    char *letters = arena_alloc(&suite->arena, name.n + 1);
    for (uint32_t i = 0; i < name.n; i++)
        letters[i] = name.p[i] == '-' ? '_' : name.p[i];
    return (Str){ letters, name.n };
}

static void add_doc(Suite *suite, const RuleDoc *doc)
{
    const Rule *rule = rule_find(str_of(doc->code));
    const char *shown = arena_printf(&suite->arena, "rules/%s.c", file_name_of(suite, rule->name).p).p;
    Str text = str_of(doc->markdown);
    uint32_t block = 0, first_row = 0, at = 0, block_begin = 0;
    for (uint32_t row = 1; at < text.n; row++) {
        Str line = line_at(text, at);
        bool is_fence = str_starts(line, STR("```"));
        if (is_fence && block_begin) {
            Str name = arena_printf(&suite->arena, "doc %s %s %u", rule->code, rule->name, (unsigned)++block);
            Case *c = add_case(suite, name, shown, str_slice(text, block_begin, at));
            if (c) {
                c->own = rule;
                c->is_doc = true;
                c->row_offset = first_row - 1;
            }
            block_begin = 0;
        } else if (str_is(str_trim(line), "```python")) {
            block_begin = at + line.n + 1;
            first_row = row + 1;
        }
        at += line.n + 1;
    }
}

/* The text with LIB replaced. */
static Str with_library(Suite *suite, Str text, Str library)
{
    char *out = arena_alloc(&suite->arena, (size_t)text.n * (library.n > 3 ? library.n : 3) + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < text.n;) {
        if (str_starts(str_slice(text, i, text.n), STR("LIB"))) {
            memcpy(out + n, library.p, library.n);
            n += library.n;
            i += 3;
        } else {
            out[n++] = text.p[i++];
        }
    }
    return (Str){ out, n };
}

static void add_file(Suite *suite, const char *path, const Rule *own, bool is_of_facts)
{
    Str text = read_text(suite, path);
    Str header = STR("# fixture: libs=");
    Str libraries = str_starts(text, header) ? str_trim(line_at(text, header.n)) : STR("");
    bool is_unknown = !libraries.n && str_starts(text, STR("# fixture:"));
    do {
        Str library = str_slice(libraries, 0, str_find(libraries, ','));
        libraries = str_slice(libraries, library.n + (library.n < libraries.n), libraries.n);
        Str name = library.n ? arena_printf(&suite->arena, "%s %.*s", path, STR_ARG(library)) : str_of(path);
        Case *c = add_case(suite, name, path, library.n ? with_library(suite, text, library) : text);
        if (c) {
            c->own = own;
            c->is_of_facts = is_of_facts;
            c->fixture = library.n ? NULL : path;
            c->is_broken = is_unknown;
        }
    } while (libraries.n);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

typedef struct Paths {
    ARRAY(const char *) items;
} Paths;

/* The entries of a directory, sorted, hidden ones left out. */
static Paths list(Suite *suite, const char *directory)
{
    Paths paths = { 0 };
    DIR *d = opendir(directory);
    for (struct dirent *entry = d ? readdir(d) : NULL; entry; entry = readdir(d)) {
        if (entry->d_name[0] != '.')
            *array_push(&suite->arena, &paths.items) = arena_printf(&suite->arena, "%s/%s", directory, entry->d_name).p;
    }
    if (d)
        closedir(d);
    if (paths.items.count)
        qsort(paths.items.items, paths.items.count, sizeof *paths.items.items, by_text);
    return paths;
}

static bool is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static void add_projects(Suite *suite, const char *directory)
{
    Paths folders = list(suite, directory);
    for (uint32_t i = 0; i < folders.items.count; i++) {
        const char *folder = folders.items.items[i];
        const char *findings = arena_printf(&suite->arena, "%s/findings.txt", folder).p;
        if (access(findings, R_OK) != 0)
            continue;
        Case *c = add_case(suite, str_of(folder), findings, read_text(suite, findings));
        if (c) {
            c->is_project = true;
            c->path = folder;
        }
    }
}

static void add_folder(Suite *suite, const char *folder)
{
    const char *name = strrchr(folder, '/') + 1;
    Str rule_name = str_of(name);
    char *letters = arena_alloc(&suite->arena, rule_name.n + 1);
    for (uint32_t i = 0; i < rule_name.n; i++)
        letters[i] = name[i] == '_' ? '-' : name[i];
    const Rule *rule = rule_find(str_of(letters));
    bool is_of_facts = strcmp(name, "facts") == 0;
    if (!rule && !is_of_facts && strcmp(name, "whole") != 0) {
        Case *c = add_case(suite, str_of(folder), folder, STR(""));
        if (c)
            c->is_broken = true;
        return;
    }
    Paths files = list(suite, folder);
    for (uint32_t i = 0; i < files.items.count; i++) {
        Str path = str_of(files.items.items[i]);
        if ((str_ends(path, STR(".py")) || str_ends(path, STR(".pyi"))) && !str_ends(path, STR(".fixed.py")))
            add_file(suite, path.p, rule, is_of_facts);
    }
}

/* Folders that other tests read. */
static bool is_foreign(const char *folder)
{
    static const char *const names[] = { "cli", "flow", "linked", "python", "scopes", "suppression", "types" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(strrchr(folder, '/') + 1, names[i]) == 0)
            return true;
    }
    return false;
}

static void collect(Suite *suite)
{
    for (size_t i = 0; i < all_rules_count; i++)
        add_doc(suite, &all_rule_docs[i]);
    Paths folders = list(suite, "fixtures");
    for (uint32_t i = 0; i < folders.items.count; i++) {
        const char *folder = folders.items.items[i];
        if (strcmp(strrchr(folder, '/') + 1, "projects") == 0)
            add_projects(suite, folder);
        else if (is_directory(folder) && !is_foreign(folder))
            add_folder(suite, folder);
    }
}

/* ---- running ---- */

/* A file of its own folder, so that stubs keep their suffix and names cannot meet. */
static const char *write_case(Suite *suite, const Case *c, uint32_t number, const char *stage, Str text)
{
    const char *folder = arena_printf(&suite->arena, "%s/%s/%05u", suite->directory, stage, (unsigned)number).p;
    if (mkdir(folder, 0700) != 0)
        fail_early("cannot make", folder);
    bool is_stub = c->fixture && str_ends(str_of(c->fixture), STR(".pyi"));
    const char *path = arena_printf(&suite->arena, "%s/case.%s", folder, is_stub ? "pyi" : "py").p;
    write_text(path, text);
    return path;
}

static void run_over(Suite *suite, RunResult *result, const char *path)
{
    RunOptions options = { .tiers = 1u << TIER_ON | 1u << TIER_STRICT | 1u << TIER_HINT | 1u << TIER_OFF, .check_broken = true };
    *result = (RunResult){ 0 };
    run(result, &suite->arena, &options, &path, 1);
}

/* The number of the case whose file the finding is in; UINT32_MAX for none. */
static uint32_t case_of(const char *stage_path, const Finding *f)
{
    Str prefix = str_of(stage_path);
    if (!str_starts(f->path, prefix) || f->path.n < prefix.n + 6)
        return UINT32_MAX;
    uint32_t number = 0;
    for (uint32_t i = prefix.n + 1; i < prefix.n + 6; i++)
        number = number * 10 + (uint32_t)(f->path.p[i] - '0');
    return number;
}

/* Other rules speak in a doc only as far as a user would hear them without asking. */
static bool counts(const Case *c, const Finding *f)
{
    bool is_input = strcmp(f->rule->code, "AW005") < 0;
    if (c->is_of_facts)
        return is_input;
    if (!c->own || f->rule == c->own || is_input)
        return true;
    return c->is_doc && (f->case_ ? f->case_->tier : f->rule->tier) == TIER_ON;
}

static void apply_fixes(Suite *suite, Case *c)
{
    ARRAY(Edit) edits = { 0 };
    for (uint32_t i = 0; i < c->findings.count; i++) {
        const Finding *f = c->findings.items[i];
        for (uint32_t k = 0; f->fix_title.n && f->fix_is_safe && k < f->edits.count; k++)
            *array_push(&suite->arena, &edits) = f->edits.items[k];
    }
    if (!edits.count)
        return;
    /* Findings are in order of place, and so are their edits as long as no two overlap. */
    Str out = STR("");
    uint32_t at = 0;
    for (uint32_t i = 0; i < edits.count; i++) {
        const Edit *e = &edits.items[i];
        if (e->begin < at)
            continue;
        out = arena_printf(
            &suite->arena, "%.*s%.*s%.*s", STR_ARG(out), STR_ARG(str_slice(c->text, at, e->begin)), STR_ARG(e->text));
        at = e->end;
    }
    c->fixed = arena_printf(&suite->arena, "%.*s%.*s", STR_ARG(out), STR_ARG(str_slice(c->text, at, c->text.n)));
    c->has_fixes = true;
}

static void run_project(Suite *suite, Case *c)
{
    RunResult result;
    run_over(suite, &result, c->path);
    for (uint32_t i = 0; i < result.findings.count; i++)
        *array_push(&suite->arena, &c->findings) = result.findings.items[i];
}

/* ---- facts ---- */

/* The number of the function called so, or whose qualified name ends so; UINT32_MAX when there is none. */
static uint32_t function_named(const Summary *summary, Str name)
{
    for (uint32_t i = 0; i < summary->functions.count; i++) {
        Str whole = terms_text_of(&summary->terms, summary->functions.items[i].qualname);
        if (str_ends(whole, name) && (whole.n == name.n || whole.p[whole.n - name.n - 1] == '.'))
            return i;
    }
    return UINT32_MAX;
}

/* "time.sleep", "time.sleep through load", or "nothing". */
static Str belief(Arena *arena, Program *program, uint32_t function, bool with_way)
{
    const Summary *summary = program_file(program, 0);
    Path path;
    if (!function_blocks(program, (Ref){ 0, function }, &path))
        return STR("nothing");
    Str api = str_of(path.api->name);
    if (!with_way || path.count < 2)
        return api;
    Str way = terms_text_of(&summary->terms, summary->functions.items[path.steps[0].next.number].qualname);
    return arena_printf(arena, "%.*s through %.*s", STR_ARG(api), STR_ARG(way));
}

static unsigned judge_facts(Suite *suite, Case *c)
{
    if (!c->facts.count)
        return 0;
    Arena *arena = &suite->arena, scratch;
    arena_init(&scratch);
    Source *source = arena_new(arena, Source);
    char *text = arena_alloc(arena, c->text.n + 16); /* zero bytes behind, as a file that was read has them */
    memcpy(text, c->text.p, c->text.n);
    source_init(source, arena, str_of(c->shown), (Str){ text, c->text.n });
    Module *module = module_new(arena, &scratch, source, 0);
    module_bind(module);
    ask_attach(module);
    Program *program = ask_program(node_at(module, 1));
    unsigned failures = 0;
    for (uint32_t i = 0; i < c->facts.count; i++) {
        const FactMark *mark = &c->facts.items[i];
        uint32_t function = function_named(program_file(program, 0), mark->function);
        bool is_there = function != UINT32_MAX;
        Str expected = mark->through.n ? arena_printf(arena, "%.*s through %.*s", STR_ARG(mark->api), STR_ARG(mark->through))
                                       : mark->api;
        Str found = is_there ? belief(arena, program, function, mark->through.n > 0) : STR("no such function");
        if (is_there && str_equal(found, expected))
            continue;
        failures++;
        print_error("%s:%u: `%.*s` blocks %.*s, and not %.*s\n", c->shown, (unsigned)(c->row_offset + mark->said),
            STR_ARG(mark->function), STR_ARG(found), STR_ARG(expected));
    }
    arena_release(&scratch);
    return failures;
}

static bool is_syntax_error(const Finding *f)
{
    return strcmp(f->rule->code, "AW002") == 0;
}

static const char *make_stage(Suite *suite, const char *stage)
{
    const char *path = arena_printf(&suite->arena, "%s/%s", suite->directory, stage).p;
    if (mkdir(path, 0700) != 0)
        fail_early("cannot make", path);
    return path;
}

static void run_all(Suite *suite)
{
    const char *before = make_stage(suite, "before"), *after = make_stage(suite, "after");
    for (uint32_t i = 0; i < suite->cases.count; i++) {
        Case *c = suite->cases.items[i];
        if (!c->is_project && !c->is_broken)
            c->path = write_case(suite, c, i, "before", c->text);
    }
    RunResult result;
    run_over(suite, &result, before);
    for (uint32_t i = 0; i < result.findings.count; i++) {
        Finding *f = result.findings.items[i];
        uint32_t number = case_of(before, f);
        if (number < suite->cases.count && counts(suite->cases.items[number], f))
            *array_push(&suite->arena, &suite->cases.items[number]->findings) = f;
    }
    for (uint32_t i = 0; i < suite->cases.count; i++) {
        Case *c = suite->cases.items[i];
        if (c->is_project)
            run_project(suite, c);
        else
            apply_fixes(suite, c);
        if (c->has_fixes)
            write_case(suite, c, i, "after", c->fixed);
    }
    run_over(suite, &result, after);
    for (uint32_t i = 0; i < result.findings.count; i++) {
        Finding *f = result.findings.items[i];
        uint32_t number = case_of(after, f);
        if (number < suite->cases.count && (is_syntax_error(f) || counts(suite->cases.items[number], f)))
            *array_push(&suite->arena, &suite->cases.items[number]->after) = f;
    }
}

/* ---- judging ---- */

static bool holds(Str text, Str piece)
{
    for (uint32_t i = 0; i + piece.n <= text.n; i++) {
        if (str_equal(str_slice(text, i, i + piece.n), piece))
            return true;
    }
    return false;
}

static Mark *mark_for(Case *c, const Finding *f)
{
    for (uint32_t i = 0; i < c->marks.count; i++) {
        Mark *mark = &c->marks.items[i];
        if (!mark->is_met && mark->row == f->at.start.row && str_is(mark->code, f->rule->code) &&
            holds(f->message, mark->text))
            return mark;
    }
    return NULL;
}

static unsigned judge_marks(Case *c)
{
    unsigned failures = 0;
    for (uint32_t i = 0; i < c->findings.count; i++) {
        const Finding *f = c->findings.items[i];
        Mark *mark = mark_for(c, f);
        unsigned row = c->row_offset + f->at.start.row;
        if (mark)
            mark->is_met = true;
        if (mark && mark->kind != MARK_MISSED)
            continue;
        failures++;
        print_error("%s:%u:%u: %s %s %.*s\n", c->shown, row, (unsigned)f->at.start.column,
            mark ? "now found, make it `expect:`:" : "expected nothing, found", f->rule->code, STR_ARG(f->message));
    }
    for (uint32_t i = 0; i < c->marks.count; i++) {
        const Mark *mark = &c->marks.items[i];
        if (mark->is_met || mark->kind == MARK_MISSED)
            continue;
        failures++;
        print_error("%s:%u: %s %.*s%s%.*s%s\n", c->shown, (unsigned)(c->row_offset + mark->row),
            mark->kind == MARK_WRONG ? "no longer found, take the `wrong:` away:" : "expected, and not found:",
            STR_ARG(mark->code), mark->text.n ? " \"" : "", STR_ARG(mark->text), mark->text.n ? "\"" : "");
    }
    return failures;
}

/* Fixed text parses, as far as the text did, and there is nothing left in it to fix. */
static unsigned judge_fixed(Suite *suite, Case *c)
{
    unsigned failures = 0, known = 0;
    for (uint32_t i = 0; i < c->findings.count; i++)
        known += is_syntax_error(c->findings.items[i]);
    for (uint32_t i = 0; i < c->after.count; i++) {
        const Finding *f = c->after.items[i];
        bool is_fixable = f->fix_title.n && f->fix_is_safe;
        bool is_new_error = is_syntax_error(f) && known-- == 0;
        if (!is_fixable && !is_new_error)
            continue;
        failures++;
        print_error("%s:%u: after --fix: %s %.*s\n", c->shown, (unsigned)(c->row_offset + f->at.start.row),
            f->rule->code, STR_ARG(f->message));
    }
    if (!c->fixture || !str_ends(str_of(c->fixture), STR(".py")))
        return failures;
    Str stem = str_slice(str_of(c->fixture), 0, (uint32_t)strlen(c->fixture) - 3);
    const char *path = arena_printf(&suite->arena, "%.*s.fixed.py", STR_ARG(stem)).p;
    bool is_there = access(path, R_OK) == 0;
    if (suite->is_blessing && is_there)
        write_text(path, c->has_fixes ? c->fixed : c->text);
    else if (is_there && !str_equal(read_text(suite, path), c->has_fixes ? c->fixed : c->text)) {
        failures++;
        print_error("%s: the fixed text differs:\n%.*s\n", path, STR_ARG(c->fixed));
    }
    return failures;
}

static unsigned judge_project(Suite *suite, Case *c)
{
    Str found = STR("");
    for (uint32_t i = 0; i < c->findings.count; i++) {
        const Finding *f = c->findings.items[i];
        Str folder = str_of(c->path);
        Str path = str_starts(f->path, folder) ? str_slice(f->path, folder.n + 1, f->path.n) : f->path;
        found = arena_printf(&suite->arena, "%.*s%.*s:%u:%u %s %.*s\n", STR_ARG(found), STR_ARG(path),
            (unsigned)f->at.start.row, (unsigned)f->at.start.column, f->rule->code, STR_ARG(f->message));
    }
    if (suite->is_blessing)
        write_text(c->shown, found);
    else if (!str_equal(found, c->text)) {
        print_error("%s: expected\n%.*sfound\n%.*s", c->shown, STR_ARG(c->text), STR_ARG(found));
        return 1;
    }
    return 0;
}

typedef struct FixtureJob {
    Suite *suite;
    Case *item;
} FixtureJob;

static void test_case(void **state)
{
    FixtureJob *job = *state;
    Case *c = job->item;
    if (c->is_broken) {
        print_error("%s: %s\n", c->shown,
            c->text.n ? "the header is not `# fixture: libs=...`"
                      : "no rule has this name, and is_foreign() does not know it");
        fail();
    }
    unsigned failures = c->is_project ? judge_project(job->suite, c) : judge_marks(c) + judge_facts(job->suite, c) + judge_fixed(job->suite, c);
    assert_int_equal(failures, 0);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

int main(int argc, char **argv)
{
    const char *root = getenv("AWRY_SOURCE");
    if (root && chdir(root) != 0)
        fail_early("cannot enter", root);
    tree_setup();

    Suite suite = { 0 };
    arena_init(&suite.arena);
    suite.filter = argc > 1 ? argv[1] : NULL;
    suite.is_blessing = getenv("AWRY_BLESS") != NULL;
    const char *base = getenv("TMPDIR");
    char *directory = arena_alloc(&suite.arena, 4096);
    snprintf(directory, 4096, "%s/awry-fixtures-XXXXXX", base ? base : "/tmp");
    suite.directory = mkdtemp(directory);
    if (!suite.directory)
        fail_early("cannot make", directory);

    collect(&suite);
    run_all(&suite);
    nftw(suite.directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (!suite.cases.count) {
        fprintf(stderr, "no fixture is called like `%s`\n", suite.filter ? suite.filter : "*");
        arena_release(&suite.arena);
        return 2;
    }

    struct CMUnitTest *tests = arena_array(&suite.arena, struct CMUnitTest, suite.cases.count);
    for (uint32_t i = 0; i < suite.cases.count; i++) {
        FixtureJob *job = arena_new(&suite.arena, FixtureJob);
        *job = (FixtureJob){ &suite, suite.cases.items[i] };
        tests[i] = (struct CMUnitTest){ .name = job->item->name, .test_func = test_case, .initial_state = job };
    }
    int failed = _cmocka_run_group_tests("fixtures", tests, suite.cases.count, NULL, NULL);
    arena_release(&suite.arena);
    return failed ? 1 : 0;
}
