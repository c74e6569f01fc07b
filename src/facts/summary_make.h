/* Shared by the summary_*.c files that make a Summary of a tree. Nobody else includes this. */
#ifndef AWRY_FACTS_SUMMARY_MAKE_H
#define AWRY_FACTS_SUMMARY_MAKE_H

#include "facts/expressions.h"

/* Which names want a second look when the pass meets them. By NameId. */
enum {
    MARK_PARAMETER = 1, /* a function of the module has a parameter of that name */
    MARK_LOCAL = 2,     /* a local name that the result of a call was put into, which a parameter was passed to */
    MARK_GUARD = 4,     /* asks whether a loop runs: see summary_calls.c */
    MARK_PROPERTY = 8,  /* a class of the module has a property of that name */
    MARK_PATCH = 16,    /* a function that assigns an attribute by its name: `setattr`, `patch.object` */
    MARK_QUESTION = 32, /* asks an object whether a call would wait: see quick.c */
};

/* Everything of one kind that is in union: what a function returns, what a name means. */
typedef struct Sum {
    TermId term;
    bool is_begun;
} Sum;

static inline void sum_add(Terms *terms, Sum *sum, TermId term)
{
    sum->term = sum->is_begun ? term_union(terms, sum->term, term) : term;
    sum->is_begun = true;
}

typedef struct FunctionState {
    const Binding *self; /* of a method's first parameter, when nothing else is ever bound to it; else NULL */
    Sum returned, yielded;
    bool is_guarded; /* from here on: it has asked whether a loop runs */
    uint32_t tests;  /* calls that stand under a test of what a parameter is */
    bool keeps_result; /* by a decorator: its body runs once */
    uint32_t questions; /* how many it has asked so far */
} FunctionState;

typedef struct CallFound {
    uint32_t function; /* number */
    CallSummary call;
} CallFound;

typedef struct QuestionFound {
    uint32_t function;
    Question question;
} QuestionFound;

typedef struct UseFound {
    uint32_t function;
    ParameterUse use; /* use.next counts from `found` */
} UseFound;

/* A local name that holds the result of a call that a parameter was passed to. */
typedef struct Pending {
    const Binding *binding;
    uint32_t use;    /* number + 1 in uses */
    uint32_t before; /* number + 1 in pending of the one before, of the same name */
} Pending;

typedef struct Assigned { /* self.name = ... */
    uint32_t class_;
    NameId name;
    uint32_t order;
    TermId term, value;
    bool is_declared;
} Assigned;

typedef struct Maker {
    Summary *summary;
    Arena *arena;
    Module *module;
    const TreeNode *nodes;
    uint32_t *frames;    /* by Scope.number: number + 1 of the function whose frame runs it; 0: nobody knows */
    uint32_t *functions; /* by Scope.number: number + 1 of the innermost function */
    FunctionState *states;
    uint8_t *marks;            /* by NameId */
    uint32_t *pending_of;      /* by NameId: number + 1 in pending */
    uint32_t *parameter_nodes; /* as summary->parameters: the node of the name */
    uint32_t parameter_room;
    bool *is_foreign; /* by NameId */
    uint8_t *words;   /* by NameId: what quick.c knows of a callee of that name; 0: not looked up yet */
    uint32_t hints;   /* what quick.c need look for in this file */
    ARRAY(CallFound) calls;
    ARRAY(QuestionFound) questions;
    ARRAY(UseFound) uses;
    ARRAY(Pending) pending;
    ARRAY(Assigned) assigned;
} Maker;

static inline Node maker_node(const Maker *m, uint32_t id)
{
    return node_at(m->module, id);
}
static inline TextId maker_text(Maker *m, Str text)
{
    return terms_text(&m->summary->terms, text);
}
static inline TextId maker_name(Maker *m, NameId name)
{
    return reader_text(m->summary, name);
}

/* The method decorators that say something of their own: `overload`, `abstractmethod`, `setter`: whether a decorator's last
 * name is that one. */
bool decorator_is(Node decorator, const char *name);
bool has_decorator(const Maker *m, const Function *function, const char *name);

/* summary_functions.c */
void make_functions(Maker *m);
void make_results(Maker *m); /* behind the pass */
void note_return(Maker *m, uint32_t id);
void note_yield_of(Maker *m, uint32_t id);

/* summary_classes.c */
void make_classes(Maker *m);
void make_members(Maker *m); /* behind the pass */
void make_exports(Maker *m);
void note_targets(Maker *m, uint32_t root);
void note_patches(Maker *m, uint32_t call);

/* summary_calls.c */
void note_call(Maker *m, uint32_t id);
void note_enter(Maker *m, uint32_t item);
void note_each(Maker *m, uint32_t id);
void note_guard(Maker *m, uint32_t id);
void note_attribute_read(Maker *m, Node attribute);
void make_calls(Maker *m);

/* summary_needs.c: which parameter decides that the call at n, of that function's frame, happens. */
void note_need(Maker *m, Node n, const Function *function, CallSummary *call);

/* quick.c */
void quick_begin(Maker *m);
void note_quick(Maker *m, Node n, CallSummary *call);
void note_question(Maker *m, uint32_t id);
void make_questions(Maker *m);

/* summary_uses.c */
void note_name(Maker *m, uint32_t id);
/* The number of the parameter whose name this node is; UINT32_MAX for none. */
uint32_t parameter_of(const Maker *m, const Function *function, uint32_t node);
void make_uses(Maker *m);

#endif
