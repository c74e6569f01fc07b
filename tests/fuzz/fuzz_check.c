/* All of a file's way: scan, parse, names, flow of every function, what it says as a summary, every rule of every tier, and the
 * comments that suppress. */
#include "engine/suppress.h"
#include "facts.h"
#include "finding/pass.h"
#include "program/ask.h"

static void check_tree(const Module *module)
{
    const Tree *tree = &module->tree;
    uint32_t text = module->source.text.n;
    for (uint32_t i = 1; i < tree->count; i++) {
        const TreeNode *n = &tree->nodes[i];
        REQUIRE(n->begin <= n->end && n->end <= text);
        REQUIRE(n->after > i && n->after <= tree->count);
        REQUIRE(n->parent < i && (n->parent || i == 1));
        REQUIRE(i == 1 || n->after <= tree->nodes[n->parent].after);
        REQUIRE(n->kind > PY_NO_NODE && n->kind < PY_KIND_COUNT);
    }
    for (uint32_t i = 0; i < tree->troubles.count; i++)
        fuzz_check_trouble(&module->source, &tree->troubles.items[i]);
}

static void check_names(Module *module)
{
    for (uint32_t i = 1; i < module->tree.count; i++) {
        Node n = { module, i };
        if (node_kind(n) != PY_IDENTIFIER && node_kind(n) != PY_ATTRIBUTE)
            continue;
        target_of(n);
        node_function(n);
        node_is_dead(n);
    }
}

static void check_flow(Module *module)
{
    flow_new(module, NULL);
    for (uint32_t i = 0; i < module->functions.count; i++) {
        const Flow *flow = flow_new(module, module->functions.items[i]);
        for (uint32_t block = 0; block < flow->count; block++)
            for (uint32_t k = 0; k < flow->blocks[block].edges.count; k++)
                REQUIRE(flow->blocks[block].edges.items[k].to < flow->count);
    }
}

/* A fix of a text that has a grammar leaves one that has. */
static void check_fix(const Module *module, const Finding *f)
{
    if (module->tree.troubles.count || module->scan.troubles.count)
        return;
    Arena arena, scratch;
    arena_init(&arena);
    arena_init(&scratch);
    Str text = module->source.text, fixed = STR("");
    uint32_t behind = 0;
    for (uint32_t k = 0; k < f->edits.count; k++) {
        Str kept = { text.p + behind, f->edits.items[k].begin - behind };
        fixed = arena_printf(&arena, "%.*s%.*s%.*s", STR_ARG(fixed), STR_ARG(kept), STR_ARG(f->edits.items[k].text));
        behind = f->edits.items[k].end;
    }
    fixed = arena_printf(&arena, "%.*s%.*s", STR_ARG(fixed), (int)(text.n - behind), text.p + behind);
    Source source;
    fuzz_source(&source, &arena, (const uint8_t *)fixed.p, fixed.n);
    Module *again = module_new(&arena, &scratch, &source, 0);
    if (again->tree.troubles.count)
        fprintf(stderr, "%s: %.*s\n", f->rule->code, STR_ARG(fixed));
    REQUIRE(!again->tree.troubles.count && !again->scan.troubles.count);
    arena_release(&arena);
    arena_release(&scratch);
}

static void check_finding(const Module *module, const Finding *f)
{
    uint32_t text = module->source.text.n, behind = 0;
    REQUIRE(f->at.begin <= f->at.end && f->at.end <= text);
    REQUIRE(f->at.start.row > 0 && f->at.start.column > 0 && f->message.n > 0);
    for (uint32_t k = 0; k < f->also.count; k++)
        REQUIRE(f->also.items[k].begin <= f->also.items[k].end && f->also.items[k].end <= text);
    for (uint32_t k = 0; k < f->edits.count; k++) {
        REQUIRE(f->edits.items[k].begin >= behind && f->edits.items[k].begin <= f->edits.items[k].end);
        REQUIRE(f->edits.items[k].end <= text);
        behind = f->edits.items[k].end;
    }
    /* Of another encoding than UTF-8 the text is not what is in the file; and %s ends at a NUL. */
    Str source = module->source.text;
    if (f->edits.count && str_equal(source, module->source.bytes) && !memchr(source.p, 0, source.n))
        check_fix(module, f);
}

static void check_rules(Module *module, Arena *out)
{
    RuleSet *set = arena_new(out, RuleSet);
    ruleset_init(set, out, 1u << TIER_ON | 1u << TIER_STRICT | 1u << TIER_HINT | 1u << TIER_OFF);
    Pass pass = { .module = module, .path = module->source.path, .out = out, .set = set };
    pass.target_minor = module->source.text.n % 2 ? 9 : 14;
    pass.is_of_tests = module->source.text.n % 5 == 0;
    pass.deadline = clock_wall() + FUZZ_SECONDS;
    pass_run(&pass);
    for (uint32_t i = 0; i < pass.findings.count; i++)
        check_finding(module, pass.findings.items[i]);
    suppress(&pass, module->arena, &module->scan, !module->tree.troubles.count);
    pass_sort(&pass);
    for (uint32_t i = 0; i < pass.findings.count; i++)
        check_finding(module, pass.findings.items[i]);
}

/* Behind the rules: what they asked for must not have changed what is written. */
static void check_facts(Module *module)
{
    Node root = node_at(module, 1);
    Summary *s = ask_summary(root);
    Str first = check_round_trip(s, module->arena);
    ask_everything(ask_program(root), s);
    REQUIRE(str_equal(first, check_round_trip(s, module->arena)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 15)
        return 0;
    static bool is_set_up;
    if (!is_set_up)
        tree_setup(), is_set_up = true;
    Arena arena, scratch, out;
    arena_init(&arena);
    arena_init(&scratch);
    arena_init(&out);
    sigjmp_buf guard;
    if (!sigsetjmp(guard, 0)) {
        arena_guard(&arena, FUZZ_MEMORY, &guard);
        arena_guard(&scratch, FUZZ_MEMORY, &guard);
        Source source;
        fuzz_source(&source, &arena, data, size);
        Module *module = module_new(&arena, &scratch, &source, clock_wall() + FUZZ_SECONDS);
        check_tree(module);
        module_bind(module);
        ask_attach(module);
        check_names(module);
        check_flow(module);
        check_rules(module, &out);
        check_facts(module);
    }
    arena_release(&arena);
    arena_release(&scratch);
    arena_release(&out);
    return 0;
}
