#include "finding/pass.h"

#include <stdlib.h>

#include "base/bug.h"
#include "port/threads.h"

enum { CHECKS = sizeof(((Rule *)0)->on) / sizeof(((Rule *)0)->on[0]) };

/* What is wrong with the input itself is never switched off. */
static bool is_about_input(const Rule *rule)
{
    return strcmp(rule->code, "AW005") < 0;
}

static bool has_checks(const RuleSet *set)
{
    for (int kind = 0; kind < PY_KIND_COUNT; kind++) {
        if (set->by_kind[kind].count)
            return true;
    }
    return false;
}

bool pass_wants(const RuleSet *set, const Scan *scan)
{
    return scan->has_async && !scan->refused && has_checks(set);
}

static const RuleCase *sync_case(const Rule *rule)
{
    const RuleCase *c = rule->cases;
    while (c->name && strcmp(c->name, "sync-file") != 0)
        c++;
    return c->name ? c : NULL;
}

static bool wants_sync(const RuleSet *set, const Rule *rule)
{
    return rule->reads_sync_files && ruleset_wants(set, rule, sync_case(rule));
}

bool pass_wants_sync(const RuleSet *set, const Scan *scan)
{
    for (size_t i = 0; i < all_rules_count && !scan->has_async && !scan->refused; i++) {
        if (wants_sync(set, all_rules[i]))
            return true;
    }
    return false;
}

/* Which nodes are judged: not those in a piece that the parser could not make sense of, but again those in a function
 * inside of it, which is whole enough. NULL: all. A root that is one error has to be taken as it is. */
static const bool *find_judged(const Tree *tree, Arena *arena)
{
    if (!(tree->nodes[1].flags & NODE_BROKEN))
        return NULL;
    bool *judged = arena_array(arena, bool, tree->count);
    judged[1] = true;
    for (uint32_t i = 2; i < tree->count; i++) {
        uint16_t kind = tree->nodes[i].kind;
        judged[i] = kind == PY_FUNCTION_DEFINITION || (kind != PY_ERROR && judged[tree->nodes[i].parent]);
    }
    return judged;
}

static void check_node(Pass *pass, uint32_t id)
{
    uint16_t kind = pass->module->tree.nodes[id].kind;
    for (uint32_t i = 0; i < pass->set->by_kind[kind].count; i++) {
        uint16_t pair = pass->set->by_kind[kind].items[i];
        pass->rule = all_rules[pair / CHECKS];
        if (!pass->module->scan.has_async && !wants_sync(pass->set, pass->rule))
            continue;
        pass->rule->on[pair % CHECKS].check(pass, node_at(pass->module, id));
    }
}

Module *pass_module(Pass *pass)
{
    return pass->module;
}

/* What is found in a file without async words is a case of its own. */
static void note_sync_case(Pass *pass)
{
    for (uint32_t i = 0; i < pass->findings.count && !pass->module->scan.has_async; i++) {
        pass->rule = pass->findings.items[i]->rule;
        if (pass->rule->reads_sync_files)
            as_case(pass, pass->findings.items[i], "sync-file");
    }
}

/* A case, or a rule, that was not asked for reports in vain. */
static void drop_unasked(Pass *pass)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < pass->findings.count; i++) {
        Finding *f = pass->findings.items[i];
        if (is_about_input(f->rule) || ruleset_wants(pass->set, f->rule, f->case_))
            pass->findings.items[kept++] = f;
    }
    pass->findings.count = kept;
}

void pass_run(Pass *pass)
{
    enum { BETWEEN_LOOKS = 64 }; /* checks from one look at the clock to the next */
    const Tree *tree = &pass->module->tree;
    const bool *judged = tree->count > 1 ? find_judged(tree, pass->module->arena) : NULL;
    uint32_t checks = 0;
    double loaded = pass->loading ? *pass->loading : 0;
    for (uint32_t id = 1; id < tree->count; id++) {
        if (!pass->set->by_kind[tree->nodes[id].kind].count || (judged && !judged[id]))
            continue;
        check_node(pass, id);
        if (pass->deadline > 0 && ++checks % BETWEEN_LOOKS == 0 &&
            clock_wall() - (pass->loading ? *pass->loading - loaded : 0) > pass->deadline) {
            pass->is_late = true;
            break;
        }
    }
    note_sync_case(pass);
    pass->rule = NULL;
    drop_unasked(pass);
    pass_sort(pass);
}

void pass_grade(Pass *pass)
{
    for (uint32_t i = 0; i < pass->findings.count; i++) {
        Finding *f = pass->findings.items[i];
        f->severity = ruleset_severity(pass->set, f->rule, f->case_, f->severity);
    }
}

static bool is_claim(const Finding *f)
{
    return strncmp(f->rule->code, "AW0", 3) != 0;
}

uint32_t pass_claims(const Pass *pass)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < pass->findings.count; i++)
        count += is_claim(pass->findings.items[i]);
    return count;
}

uint32_t pass_drop_claims(Pass *pass, bool only_stranded)
{
    uint32_t kept = 0, count = pass->findings.count;
    for (uint32_t i = 0; i < count; i++) {
        Finding *f = pass->findings.items[i];
        if (!is_claim(f) || (only_stranded && !f->is_stranded))
            pass->findings.items[kept++] = f;
    }
    pass->findings.count = kept;
    return count - kept;
}

void pass_sort(Pass *pass)
{
    if (pass->findings.count > 1)
        qsort(pass->findings.items, pass->findings.count, sizeof *pass->findings.items, finding_compare);
}
