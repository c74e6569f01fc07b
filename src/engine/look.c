#include "engine/look.h"

#include "engine/suppress.h"
#include "port/threads.h"

enum {
    TROUBLES_MOST = 5, /* findings of one kind about one input */
    MIB = 1 << 20,
};
#define SIZE_DEFAULT ((uint64_t)4 * MIB)
#define MEMORY_MOST ((uint64_t)1024 * MIB)
#define SECONDS_DEFAULT 10.0

/* Lives outside of what siglongjmp leaves. */
typedef struct Looking {
    Look *look;
    Pass pass;
    double seconds;
} Looking;

/* ---- What is wrong with the input ---- */

static Finding *add_trouble(Looking *at, const Scan *scan, TroubleKind kind, uint32_t begin, uint32_t end, Str message)
{
    static const char *const codes[] = {
        [TROUBLE_UNREADABLE] = "AW001",
        [TROUBLE_SYNTAX] = "AW002",
        [TROUBLE_LIMIT] = "AW003",
        [TROUBLE_ENCODING] = "AW004",
    };
    return pass_trouble(&at->pass, codes[kind], scan, begin, end, message);
}

typedef struct Counted {
    uint32_t count[TROUBLE_ENCODING + 1];
    uint32_t row[TROUBLE_ENCODING + 1]; /* of the last one, from 1 */
} Counted;

/* One a line, and only the first few: what follows an error is often its echo. */
static void add_counted(Looking *at, const Scan *scan, Counted *counted, const Trouble *trouble)
{
    uint32_t row = scan_line(scan, trouble->begin) + 1;
    if (counted->count[trouble->kind] >= TROUBLES_MOST || counted->row[trouble->kind] == row)
        return;
    counted->count[trouble->kind]++;
    counted->row[trouble->kind] = row;
    add_trouble(at, scan, trouble->kind, trouble->begin, trouble->end, trouble->message);
}

/* Behind a line that the tokenizer refuses the grammar has nothing to say that could be trusted. */
static void add_troubles(Looking *at, const Module *module)
{
    const Scan *scan = &module->scan;
    const Tree *tree = &module->tree;
    Counted counted = { 0 };
    uint32_t refused = scan->troubles.count ? scan_line(scan, scan->troubles.items[0].begin) : UINT32_MAX;
    for (uint32_t i = 0; i < tree->troubles.count; i++) {
        const Trouble *trouble = &tree->troubles.items[i];
        if (counted.count[TROUBLE_SYNTAX] >= TROUBLES_MOST || scan_line(scan, trouble->begin) >= refused)
            break;
        add_counted(at, scan, &counted, trouble);
    }
    for (uint32_t i = 0; i < scan->troubles.count; i++)
        add_counted(at, scan, &counted, &scan->troubles.items[i]);
}

static Str size_text(Looking *at, uint64_t bytes)
{
    if (bytes % MIB == 0)
        return pass_printf(&at->pass, "%llu MiB", (unsigned long long)(bytes / MIB));
    if (bytes >= MIB)
        return pass_printf(&at->pass, "%.1f MiB", (double)bytes / MIB);
    return pass_printf(&at->pass, "%llu bytes", (unsigned long long)bytes);
}

static void add_late(Looking *at, const Scan *scan)
{
    Str message = pass_printf(&at->pass, "file needs more than %g s", at->seconds);
    Finding *f = add_trouble(at, scan, TROUBLE_LIMIT, 0, 0, message);
    help(&at->pass, f, "raise the limit with `--max-seconds`");
}

/* ---- The text ---- */

/* What an editor sends is UTF-8 already, and its places count in that. An encoding that Python does not know stays a trouble. */
static void undo_cookie(Source *source)
{
    if (source->is_binary || strcmp(source->encoding, "utf-8") == 0)
        return;
    source->text = source->bytes;
    source->has_trouble = false;
}

/* Tree, names, rules. False when not all of it could be done. */
static bool look_at_tree(Looking *at, Module *module)
{
    TreeStatus status = module_parse(module, at->look->scratch, at->pass.deadline);
    if (status != TREE_OK) {
        if (status == TREE_LATE)
            add_late(at, &module->scan);
        add_troubles(at, module);
        return false;
    }
    module_bind(module);
    ask_attach(module);
    add_troubles(at, module);
    pass_run(&at->pass);
    if (at->pass.is_late)
        add_late(at, &module->scan);
    return !at->pass.is_late && !module->tree.troubles.count;
}

static void keep_summary(Looking *at, Module *module)
{
    Str bytes = summary_write(ask_summary(node_at(module, 1)), at->look->file);
    at->look->summary = str_hash(bytes, 0);
}

static void look_at_text(Looking *at)
{
    Look *look = at->look;
    Source source;
    source_init(&source, look->file, look->path, look->bytes);
    if (look->is_buffer)
        undo_cookie(&source);
    Module *module = module_scan(look->file, &source);
    const Scan *scan = &module->scan;
    at->pass.module = module;
    if (source.has_trouble)
        add_trouble(at, scan, source.trouble.kind, source.trouble.begin, source.trouble.end, source.trouble.message);
    if (source.is_binary)
        return;

    bool is_whole = !scan->refused && !scan->troubles.count && !source.has_trouble;
    bool is_wanted = pass_wants(at->pass.set, scan);
    if (is_wanted)
        is_whole &= look_at_tree(at, module);
    else
        add_troubles(at, module);
    suppress(&at->pass, look->file, scan, is_whole);
    look->is_whole = is_whole;
    if (is_whole && is_wanted)
        keep_summary(at, module);
}

/* ---- Limits ---- */

static void set_guard(const Look *look, uint64_t budget, sigjmp_buf *guard)
{
    arena_guard(look->file, (size_t)budget, guard);
    arena_guard(look->scratch, (size_t)budget, guard);
}

/* False: the budget was spent. The guard is this frame's, so it goes when the frame does. */
static bool look_with_budget(Looking *at, uint64_t budget)
{
    sigjmp_buf guard;
    if (sigsetjmp(guard, 0)) {
        set_guard(at->look, 0, NULL);
        return false;
    }
    set_guard(at->look, budget, &guard);
    look_at_text(at);
    set_guard(at->look, 0, NULL);
    return true;
}

static uint64_t budget_of(const Look *look)
{
    if (look->max_memory)
        return look->max_memory;
    uint64_t most = 128 * (uint64_t)MIB + 256 * (uint64_t)look->bytes.n; /* measured: dense tables need 200 bytes a byte */
    return most < MEMORY_MOST ? most : MEMORY_MOST;
}

static void look_within_limits(Looking *at)
{
    uint64_t limit = at->look->max_size ? at->look->max_size : SIZE_DEFAULT;
    if (at->look->bytes.n > limit) {
        Str size = size_text(at, at->look->bytes.n), most = size_text(at, limit);
        Str message = pass_printf(&at->pass, "file has %.*s, the limit is %.*s", STR_ARG(size), STR_ARG(most));
        Finding *f = add_trouble(at, NULL, TROUBLE_LIMIT, 0, 0, message);
        help(&at->pass, f, "raise it with `--max-file-size`, or leave the file out with `--exclude`");
        return;
    }
    uint64_t budget = budget_of(at->look);
    if (look_with_budget(at, budget))
        return;
    /* What was found so far is dropped: it is not the whole truth. */
    at->look->is_whole = false;
    at->pass.findings.count = 0;
    Str message = pass_printf(&at->pass, "file needs more than %.*s of memory", STR_ARG(size_text(at, budget)));
    Finding *f = add_trouble(at, NULL, TROUBLE_LIMIT, 0, 0, message);
    help(&at->pass, f, "raise the limit with `--max-memory`");
}

/* ---- All of it ---- */

static void keep_findings(Look *look, const Pass *pass)
{
    for (uint32_t i = 0; i < pass->findings.count; i++)
        if (pass->findings.items[i]->severity >= look->rules->min_severity)
            *array_push(look->out, &look->findings) = pass->findings.items[i];
}

void look(Look *look)
{
    Looking at = { .look = look, .seconds = look->max_seconds > 0 ? look->max_seconds : SECONDS_DEFAULT };
    at.pass = (Pass){
        .path = look->path,
        .out = look->out,
        .set = &look->rules->set,
        .is_of_tests = look->rules->is_muffled,
        .target_minor = look->rules->target_minor,
        .deadline = clock_wall() + at.seconds,
    };
    look_within_limits(&at);
    pass_grade(&at.pass);
    pass_sort(&at.pass);
    keep_findings(look, &at.pass);
}
