/* Types: what terms come to, once imports are resolved and the tables asked.
 *
 * A type is a small set of atoms: every one of them is possible, nothing else is. The empty type is the unknown one. Types are
 * interned: equal types have equal ids within a Program. */
#ifndef AWRY_PROGRAM_TYPES_H
#define AWRY_PROGRAM_TYPES_H

#include "facts/api.h"
#include "facts/summary.h"

typedef struct Program Program;
typedef uint32_t TypeId; /* 0: unknown */

/* A function or class of the project: the number of its file in the Program, and its own in the Summary. */
typedef struct Ref {
    uint32_t file, number;
} Ref;

typedef enum AtomKind {
    ATOM_NONE,      /* None */
    ATOM_EXTERNAL,  /* imported, and neither in a table nor in a file that is there: module, class or function, by `name` */
    ATOM_CLASS,     /* `api` or `ref` */
    ATOM_INSTANCE,  /* of the class `api`, `ref` or (in no table) `name`; of: its items, of a dict its values, or the result of
                       a task or future; next: the keys of a dict. Of a generic class of the project: its first two type arguments */
    ATOM_FUNCTION,  /* `api` or `ref`; of: the object it is bound to; next: what the function around it was given, a tuple */
    ATOM_COROUTINE, /* made by the function `api` or `ref`, or by nobody known (an annotation); of: what await gives */
    ATOM_AWAITABLE, /* the same for what else can be awaited; `colour` says more */
    ATOM_ASYNC_ITERATOR, /* an async generator, or another object for `async for`; of: its items */
    ATOM_GENERATOR, /* made by a generator function; of: its items */
    ATOM_CONTEXT,   /* made by a @contextmanager function; of: its target */
    ATOM_ASYNC_CONTEXT, /* by @asynccontextmanager, or a table says so; of: its target */
    ATOM_TUPLE,     /* of: its first item, next: the tuple type of the rest; of nothing when both are 0 */
    ATOM_CALLABLE,  /* something that can be called; of: what a call gives */
    ATOM_MODULE,    /* a module that is a file: `ref.file` */
    ATOM_ALIAS,     /* a name for a type: `Handler = Callable[..]`, a NewType; of: what is annotated with it */
    ATOM_VARIABLE,  /* a type variable, or something of its type; by `name` */
} AtomKind;

enum {
    ATOM_EXACT = 1,        /* an instance made by that very class: no subclass overrides anything */
    ATOM_AS_COROUTINE = 2, /* a function wrapped so that a call gives a coroutine, and runs in a thread (sync_to_async) */
    ATOM_AS_SYNC = 4,      /* a coroutine function wrapped so that a call runs it to its end (async_to_sync) */
    ATOM_AS_CONTEXT = 8,   /* @contextmanager or @asynccontextmanager around it */
    ATOM_UNSURE = 16,      /* an abstract method, a class with a decorator that nobody knows */
    ATOM_PARTIAL = 32,     /* functools.partial of it */
    ATOM_SUPER = 64,       /* an instance seen through super(): members of the class itself are left out */
    ATOM_AS_PROPERTY = 128, /* a function that runs when the attribute is read */
    ATOM_LATER = 256,      /* made by a function of the project: what is in it (`of`) is found when somebody asks, by type_within; a
                              function that calls itself is no riddle then. next: what the function was bound to */
};

typedef struct Atom {
    uint8_t kind; /* AtomKind */
    uint8_t colour; /* ApiColour, of ATOM_AWAITABLE and ATOM_ASYNC_CONTEXT */
    uint16_t flags;
    bool is_project; /* `ref` holds, and `api` is NULL */
    Ref ref;
    const Api *api;
    Str name;
    TypeId of;
    TypeId next;
} Atom;

typedef struct Type {
    const Atom *atoms;
    uint32_t count; /* 0: unknown */
} Type;

enum { TYPE_ATOMS = 6, CALL_ARGUMENTS = 4 };

/* The type of a term of file number `file`. Memoised; cycles are unknown. */
TypeId type_eval(Program *program, uint32_t file, TermId term);
Type type_get(const Program *program, TypeId id);

/* Operators, as in TermOp. */
TypeId type_attribute(Program *program, TypeId object, Str name);
TypeId type_call(Program *program, TypeId callee, const TypeId *arguments, uint32_t count);
TypeId type_await(Program *program, TypeId type);
TypeId type_enter(Program *program, TypeId type, bool is_async);
TypeId type_each(Program *program, TypeId type, bool is_async);
TypeId type_item(Program *program, TypeId type, uint32_t position); /* + 1 when it is known, or 0 */
TypeId type_union(Program *program, TypeId a, TypeId b);

/* What is in an atom: `of`, looked for now when it is ATOM_LATER. */
TypeId type_within(Program *program, const Atom *atom);

/* The type without its None. */
TypeId type_without_none(Program *program, TypeId type);

/* The function that `name` is in a class of the project, by the order of its bases; overrides in classes that derive from it
 * are left out. False when there is none, or it is no plain method, or a base before it is unknown. */
bool class_method(Program *program, Ref class_, Str name, Ref *method);

/* Whether calling a class of the project, or any that derives from it, surely raises: its `__init__` is a coroutine function, or gives arguments to
 * that of `object`. */
bool class_has_no_instances(Program *program, Ref class_);
/* Whether the `__init__` of each class that derives from it calls the one above. */
bool class_init_always_runs(Program *program, Ref class_);
/* Whether the body of the `__init__` of a class and of all that derive from it never runs, because it is a coroutine function. */
bool class_init_never_runs(Program *program, Ref class_);
/* Whether a class of the project, and all that derive from it, are run by unittest.TestCase, which drops the coroutines that tests give. False
 * in a Program without Files. */
bool class_drops_coroutines(Program *program, Ref class_);

/* Whether a class of the project surely derives from a class of the project or (by qualified name) of a library. */
bool class_derives(Program *program, Ref class_, Ref base);
bool class_derives_api(Program *program, Ref class_, const char *base);

typedef enum Having { HAS_NOT, HAS, MAY_HAVE } Having;

/* Whether a class of the project has an attribute, itself or inherited. */
Having class_has(Program *program, Ref class_, const char *name);

/* Whether what a class of the project and its instances have is what code of the project shows: all of its bases are plain classes of it, and
 * nothing in their files makes attributes in another way. False in a Program without Files. */
bool class_is_plain(Program *program, Ref class_);
/* Whether they surely lack an attribute. */
bool class_surely_lacks(Program *program, Ref class_, Str name);

/* For people: `instance of requests.Session`, `coroutine of load`. */
Str type_print(Program *program, Arena *arena, TypeId id);

#endif
