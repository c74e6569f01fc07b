/* All of a file's way: scan, parse, names, flow of every function, and every rule; then the findings as text and JSON. */
#include "finding/pass.h"
#include "fuzz.h"

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

static void check_rules(Module *module, Arena *out)
{
    RuleSet set;
    unsigned tiers = 1u << TIER_ON | 1u << TIER_STRICT | 1u << TIER_HINT;
    ruleset_init(&set, out, tiers);
    Pass pass = { .module = module, .path = module->source.path, .out = out, .set = &set };
    pass.deadline = clock_wall() + FUZZ_SECONDS;
    pass_run(&pass);
    pass_sort(&pass);
    for (uint32_t i = 0; i < pass.findings.count; i++) {
        const Finding *f = pass.findings.items[i];
        REQUIRE(f->at.begin <= f->at.end && f->at.end <= module->source.text.n);
        REQUIRE(f->at.start.row > 0 && f->at.start.column > 0 && f->message.n > 0);
        uint32_t behind = 0;
        for (uint32_t k = 0; k < f->edits.count; k++) {
            REQUIRE(f->edits.items[k].begin >= behind && f->edits.items[k].begin <= f->edits.items[k].end);
            REQUIRE(f->edits.items[k].end <= module->source.text.n);
            behind = f->edits.items[k].end;
        }
    }
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
        check_names(module);
        check_flow(module);
        check_rules(module, &out);
    }
    arena_release(&arena);
    arena_release(&scratch);
    arena_release(&out);
    return 0;
}
