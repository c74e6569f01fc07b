/* A module: one parsed file with its scopes, bindings, imports, classes and functions. Everything lives in the arena of
 * the file and dies with it.
 *
 *   Module *module = module_new(arena, source);      scan, tree, names
 *   module_bind(module);                             scopes and bindings
 *
 * Nodes are values that know their module. Every function below takes a null node and gives a null node, PY_NO_NODE,
 * an empty text or NULL for it, so a chain needs one check, at its end. */
#ifndef AWRY_PYTHON_MODULE_H
#define AWRY_PYTHON_MODULE_H

#include "python/tree.h"

typedef struct Scope Scope;
typedef struct Binding Binding;
typedef struct Function Function;
typedef struct Class Class;

typedef struct Module {
    Arena *arena;
    Source source;
    Scan scan;
    Tree tree;
    Names names;
    TreeStatus status;
    /* Made by module_bind: */
    Scope *scope;               /* of the module itself */
    ARRAY(Scope *) scopes;      /* all of them, in order of their node */
    ARRAY(Function *) functions; /* every def and lambda, in order of place */
    ARRAY(Class *) classes;     /* in order of place */
    ARRAY(uint32_t) star_imports; /* import_from_statement nodes with `*`, in order */
    ARRAY(Binding *) imports;   /* of all scopes: what some import binds, each once */
    ARRAY(Trouble) refusals;    /* what Python refuses although its grammar takes it, in order of place: see compile_errors.h */
    bool waits_at_top;          /* its own code awaits, and it is no notebook: only a shell for asyncio runs that */
    struct ScopeIndex *index;   /* what the functions below look up: see scopes.h */
    struct Reader *reader;      /* what expressions mean: see facts/expressions.h; NULL until summary_new */
    struct Asker *asker;        /* what is known beyond names: see program/ask.h; NULL until attached */
} Module;

/* How far up from an expression is looked, where each expression of a file may be asked: a chain such as a() + b() + ... is as deep
 * as it is long. Python up to 3.12 compiles no more than 2,994 levels. */
enum { CLIMB_MOST = 3000 };

typedef struct Node {
    const Module *module;
    uint32_t id; /* 0: the null node */
} Node;

static inline Node node_at(const Module *module, uint32_t id)
{
    return (Node){ module, id };
}

static inline const TreeNode *node_data(Node n)
{
    static const TreeNode none;
    return n.id ? &n.module->tree.nodes[n.id] : &none;
}

static inline bool node_is_null(Node n) { return n.id == 0; }
static inline bool node_same(Node a, Node b) { return a.id == b.id; }
static inline PyKind node_kind(Node n) { return (PyKind)node_data(n)->kind; }
static inline bool node_has(Node n, unsigned flag) { return (node_data(n)->flags & flag) != 0; }
/* The field that n has in its parent. */
static inline PyField node_role(Node n) { return (PyField)node_data(n)->field; }
static inline uint32_t node_begin(Node n) { return node_data(n)->begin; }
static inline uint32_t node_end(Node n) { return node_data(n)->end; }
static inline Node node_parent(Node n) { return (Node){ n.module, node_data(n)->parent }; }

static inline Node node_first(Node n)
{
    return (Node){ n.module, n.id && node_data(n)->after > n.id + 1 ? n.id + 1 : 0 };
}

static inline Node node_next(Node n)
{
    uint32_t after = node_data(n)->after;
    uint32_t parent = node_data(n)->parent;
    return (Node){ n.module, parent && after < n.module->tree.nodes[parent].after ? after : 0 };
}

/* The first child with that field. */
Node node_field(Node n, PyField field);
/* The next sibling with the same field as n: for fields that repeat (names of an import, alternatives of an if). */
Node node_next_same(Node n);
/* The child number `index`, from 0. */
Node node_child(Node n, uint32_t index);
uint32_t node_count(Node n);
/* The first child of that kind. */
Node node_child_of(Node n, PyKind kind);
/* Whether `inner` is n or stands below it. */
static inline bool node_contains(Node n, Node inner)
{
    return n.id && inner.id >= n.id && inner.id < node_data(n)->after;
}
/* The original text of n. */
Str node_text(Node n);
/* Steps out of parenthesized_expression: the expression inside. */
Node node_unparenthesized(Node n);
/* Steps out of the parentheses around n: the outermost of them, or n. */
Node node_outermost(Node n);
/* Whether nodes of that kind are simple statements (language reference, 7): those without a suite. */
bool kind_is_simple_statement(PyKind kind);
/* The statement that n is part of; n itself when it is one. A null node at module level outside of any. */
Node node_statement(Node n);

/* ---- Making ---- */

/* The source scanned; the tree is still an empty module. `source` is copied. Everything is in the arena, which the module
 * keeps for what is made later. */
Module *module_scan(Arena *arena, const Source *source);

/* The same, with what the parser alone needs of the scan in an arena of its own. module_forget_text before that goes. */
Module *module_scan_apart(Arena *arena, Arena *parser, const Source *source);
void module_forget_text(Module *module);

/* Parses what module_scan has scanned. `scratch` is the parser's memory, `deadline` a time of clock_wall or 0: see
 * tree_init. Anything but TREE_OK leaves an empty module, which is as usable as any other. */
TreeStatus module_parse(Module *module, Arena *scratch, double deadline);

/* module_scan and module_parse. */
Module *module_new(Arena *arena, Arena *scratch, const Source *source, double deadline);

/* Scopes, bindings, functions and classes. Does nothing the second time. */
void module_bind(Module *module);

/* ---- Scopes and bindings ----
 * As the language reference has them (4.2.2): a class body is no enclosing scope for the functions in it; a comprehension
 * is a scope of its own whose first iterable belongs outside; a walrus in a comprehension binds in the scope around it;
 * decorators, default values, annotations, base classes are evaluated outside of what they belong to; type parameters
 * (PEP 695) have a scope between; `except ... as name` binds and unbinds; names that start with two underscores in a class
 * are looked up as they stand (mangling gives the same answer within one class). */

typedef enum ScopeKind {
    SCOPE_MODULE,
    SCOPE_CLASS,
    SCOPE_FUNCTION,
    SCOPE_LAMBDA,
    SCOPE_COMPREHENSION, /* generator expressions too */
    SCOPE_TYPE_PARAMETERS,
} ScopeKind;

struct Scope {
    ScopeKind kind;
    uint32_t node;      /* what makes it: module, class_definition, function_definition, lambda, ...comprehension */
    Scope *parent;      /* NULL for the module */
    Function *function; /* of a SCOPE_FUNCTION or SCOPE_LAMBDA; else NULL */
    Class *class_;      /* of a SCOPE_CLASS; else NULL */
    ARRAY(Binding *) bindings; /* in order of first sight */
    ARRAY(Binding *) imports;  /* those of them that some import binds, in order of their first one */
    bool is_async;      /* comprehension: has `async for` or an await in it */
    bool has_star_import;
    uint32_t number;    /* its index in module->scopes */
    const Module *module;
};

typedef enum SiteKind {
    SITE_IMPORT,      /* import a.b, import a as b: node is the dotted_name or aliased_import */
    SITE_IMPORT_FROM, /* from m import a [as b]: node is the dotted_name or aliased_import */
    SITE_FUNCTION,    /* def: node is the function_definition */
    SITE_CLASS,       /* class: the class_definition */
    SITE_PARAMETER,   /* node is the identifier of the parameter */
    SITE_ASSIGN,      /* x = ..., x: T = ..., also unpacked: node is the identifier, `value` the right side when the
                         identifier is the whole left side, else 0 */
    SITE_ANNOTATION,  /* x: T without a value */
    SITE_AUGMENTED,   /* x += ... */
    SITE_WALRUS,      /* value is the right side */
    SITE_FOR,         /* target of a for, also in a comprehension */
    SITE_WITH,        /* target of a with item: value is the context expression */
    SITE_EXCEPT,
    SITE_DELETE,
    SITE_MATCH,       /* capture, star or rest name in a pattern */
    SITE_TYPE,        /* type X = ... */
    SITE_TYPE_PARAMETER,
} SiteKind;

typedef struct Site {
    SiteKind kind;
    uint32_t node;
    uint32_t value; /* see SiteKind; 0: none */
    Scope *from;    /* the scope in whose code the site stands (another than the binding's for global and nonlocal) */
} Site;

struct Binding {
    NameId name;
    Scope *scope;      /* where the name lives */
    ARRAY(Site) sites; /* in order of place */
    bool is_shared;    /* functions inside bind it too: global, nonlocal */
    bool is_imported;  /* an import binds it */
};

/* The innermost scope in whose namespace the expression n is evaluated. O(log n). */
Scope *node_scope(Node n);

/* The binding that a name refers to when it is looked up from `scope`; NULL when no scope of the module binds it: a
 * builtin, or it came with a star import. */
Binding *scope_resolve(const Scope *scope, const Module *module, NameId name);

/* The binding of `name` in this very scope; NULL when it has none. */
Binding *scope_binding(const Scope *scope, NameId name);

/* ---- Functions and classes ---- */

struct Function {
    uint32_t node;   /* function_definition or lambda */
    NameId name;     /* 0 for a lambda */
    Str qualname;    /* as __qualname__: "Store.load", "outer.<locals>.inner", "<lambda>" */
    Scope *scope;    /* its own */
    Class *class_;   /* the class whose body it stands in directly; else NULL */
    uint32_t first_decorator; /* the decorated_definition; 0 when there is none */
    uint32_t number;   /* its index in module->functions */
    bool is_async;     /* async def */
    bool is_generator; /* has a yield of its own */
    bool has_await;    /* has an await, async for, async with of its own */
};

struct Class {
    uint32_t node; /* class_definition */
    NameId name;
    Str qualname;
    Scope *scope;
    uint32_t number; /* its index in module->classes */
};

/* The function or lambda whose code n is: whose frame evaluates it (comprehensions looked through). NULL in a module's
 * or a class's own code. */
Function *node_function(Node n);

/* The function, lambda or class that this very node makes; NULL when it makes none. O(log n). */
Function *function_at(const Module *module, uint32_t node);
Class *class_at(const Module *module, uint32_t node);

/* The next decorator expression of a function or class: pass a null node for the first; a null node behind the last. */
Node decorator_next(const Module *module, uint32_t definition, Node previous);

/* Everything in the module that binds an attribute of that name, whatever object it is of: `self.load = ...`,
 * `for a.load in ...`, `del Store.load`. The sites' nodes are the attributes, its scope is NULL. NULL: there is nothing. */
const Binding *attribute_binding(const Module *module, NameId name);

/* ---- What a name means ---- */

typedef enum TargetKind {
    TARGET_UNKNOWN,
    TARGET_EXTERNAL, /* something imported or built in: `qualified` names it */
    TARGET_FUNCTION, /* a def or lambda of this module */
    TARGET_CLASS,    /* a class of this module */
} TargetKind;

typedef struct Target {
    TargetKind kind;
    Str qualified;      /* "time.sleep", "builtins.open"; relative imports keep their dots: ".helpers.load" */
    Function *function;
    Class *class_;
} Target;

/* What the expression n (identifier, attribute chain, call of super(), self.x) refers to, when everything that could be
 * bound there agrees: through aliases, from-imports, `f = time.sleep`, methods by self/cls/class name and super().
 * Rebinding, shadowing, del, parameters and anything conditional that disagrees: TARGET_UNKNOWN. `import a.b` binds `a`.
 * A call in a chain is never collapsed: `foo().bar` is unknown. `name = None` in the except clause of a try that imports the
 * name does not count; imports under `if TYPE_CHECKING:` do. self.x is what the class body (or that of a known base) says,
 * together with every `self.x = ...` of the class and its bases. Aliases are followed 8 deep, chains 32 links long. */
Target target_of(Node n);

/* Everything that n can refer to, each once, when all of it is known: the defs of both branches of an `if`, overloads, the
 * getter and setter of a property count as several. The number of targets, of which at most `room` are written; 0 when
 * anything that may be bound there is unknown. */
uint32_t target_all(Node n, Target *out, uint32_t room);

/* target_of(n).qualified, or an empty Str when the target is no external. */
Str qualified_name(Node n);

/* Whether n is in code that never runs: under `if TYPE_CHECKING:` / `if False:` / `if 0:` (or the else of their
 * opposite), or behind a return, raise, continue, break or an endless loop of its own block. */
bool node_is_dead(Node n);

#endif
