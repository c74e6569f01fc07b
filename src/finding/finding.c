#include "finding/finding.h"

#include <ctype.h>

bool finding_has_steps(const Finding *f)
{
    for (uint32_t i = 0; i < f->also.count; i++)
        if (f->also.items[i].is_step)
            return true;
    return false;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

int finding_compare(const void *a, const void *b)
{
    const Finding *left = *(const Finding *const *)a, *right = *(const Finding *const *)b;
    int order = str_compare(left->path, right->path);
    if (!order)
        order = compare_numbers(left->at.begin, right->at.begin);
    if (!order)
        order = strcmp(left->rule->code, right->rule->code);
    return order ? order : compare_numbers(left->order, right->order);
}

static bool is_code(const char *code, Str word)
{
    size_t length = strlen(code);
    if (word.n != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (toupper((unsigned char)word.p[i]) != code[i])
            return false;
    }
    return true;
}

const Rule *rule_find(Str code_or_name)
{
    for (size_t i = 0; i < all_rules_count; i++) {
        if (is_code(all_rules[i]->code, code_or_name) || str_is(code_or_name, all_rules[i]->name))
            return all_rules[i];
    }
    return NULL;
}

const char *rule_doc(const Rule *rule)
{
    for (size_t i = 0; i < all_rules_count; i++) {
        if (all_rules[i] == rule)
            return all_rule_docs[i].markdown;
    }
    return "";
}
