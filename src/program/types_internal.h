/* What the files that evaluate terms share. */
#ifndef AWRY_PROGRAM_TYPES_INTERNAL_H
#define AWRY_PROGRAM_TYPES_INTERNAL_H

#include "program/program.h"

enum {
    EVAL_DEEPEST = 240, /* evaluations inside of each other; what lies deeper is unknown. Real code stays below 60 */
    LINEAGE_MOST = 48, /* classes that a member is looked up in */
};

typedef struct TypeSlot {
    uint32_t hash;
    TypeId type; /* 0: free */
} TypeSlot;

typedef struct TypeEntry {
    uint32_t hash;
    const Atom *atoms;
    uint32_t count;
    bool has_variables; /* somewhere in it */
} TypeEntry;

typedef struct TermMemo { /* by term of one file: TypeId + 1; 0: not asked for; TERM_BUSY and its place among the pending ones */
    TypeId *types;
    uint32_t *nodes; /* what it rests on; NULL while nothing is recorded */
    uint32_t room;
} TermMemo;
#define TERM_BUSY 0x80000000u

typedef struct Pending { /* a term that is being evaluated, or belongs to a cycle of which one is */
    uint32_t file;
    TermId term;
} Pending;

typedef struct HeirMemo { /* classes that derive from a class directly */
    ARRAY(Ref) classes;
    uint32_t node; /* what it rests on */
    bool is_known;
} HeirMemo;

typedef struct TwinMemo { /* of one file */
    uint32_t stub;       /* NO_FILE: there is none */
    uint32_t *functions; /* number + 1 of the stub's; TWIN_NONE; 0: not looked for */
    uint32_t *classes;
    bool is_known;
} TwinMemo;

typedef struct Derivation {
    Ref heir, base;
} Derivation;

typedef struct ClassMemo { /* by class of one file; NULL until asked for */
    HeirMemo *heirs;
    uint8_t *protocols; /* 1: no protocol, 2: one; 0: not looked at */
    TwinMemo twins;
} ClassMemo;

typedef struct TypeTable {
    ARRAY(TypeEntry) entries; /* entries[0] is the unknown type */
    TypeSlot *slots;
    uint32_t room;
    TermMemo *memos;  /* by file */
    ClassMemo *classes; /* by file */
    ARRAY(Derivation) unnamed; /* what classes with a base that is no plain name derive from, where that is of the project */
    uint32_t unnamed_node;     /* what that rests on */
    bool has_unnamed;
    uint32_t memo_count; /* of both */
    ARRAY(Pending) pending; /* a stack */
    uint32_t lowest;  /* the lowest pending term that was met since the innermost evaluation began; NO_FILE: none */
    uint32_t depth;
    uint32_t frames;  /* evaluations in frames inside of each other, since the last term */
} TypeTable;

TypeId type_of_atom(Program *program, Atom atom);
TypeId type_none(Program *program);
/* An instance of a class by its name, which may be in a table. */
TypeId type_instance_of_name(Program *program, Str name, TypeId of);
/* What a qualified name is, read in file number `from`; NO_FILE: in none that matters. */
TypeId type_of_name(Program *program, uint32_t from, Str qualified);
/* The class of the project or the environment that a qualified name is, whatever tables say. False: none that is known. */
bool class_in_sources(Program *program, Str qualified, Ref *class_);
/* The file of a module as file `from` would import it; NO_FILE. */
uint32_t module_find(Program *program, uint32_t from, Str dotted);
/* A name of a module that is loaded; NULL: it has none. What `import *` brings is left out. */
const Member *module_export(Program *program, uint32_t file, Str name);
/* Makes room in the memos for a file. */
void types_make_room(Program *program, uint32_t file);
/* Whether what a call gives depends on the types of what it is given. */
bool call_needs_arguments(Program *program, TypeId callee);
/* The items of a TERM_LIST, evaluated; at most CALL_ARGUMENTS. */
uint32_t type_list(Program *program, uint32_t file, TermId list, TypeId *out);
/* A subscripted class or form of typing as a value: an alias, a generic class, or the item of something else. */
TypeId type_of_generic(Program *program, uint32_t file, const Term *generic);
/* An annotation's value: an instance of what the term names. */
TypeId type_instance(Program *program, uint32_t file, TermId annotation);

/* A function behind its decorators. */
TypeId type_of_function(Program *program, Ref function);
/* What is in a parameter. */
TypeId type_of_parameter(Program *program, Ref function, uint32_t number);
/* What a table says that a call gives, or that data is; without awaiting. */
TypeId type_of_result(Program *program, const char *result, TypeId receiver, const TypeId *arguments, uint32_t count);
TypeId type_of_member(Program *program, const Api *member, TypeId receiver);

typedef enum FunctionKind { KIND_PLAIN_FUNCTION, KIND_METHOD, KIND_CLASS_METHOD, KIND_STATIC_METHOD } FunctionKind;
FunctionKind function_kind(Program *program, Ref function);

/* The field of a `class Pair(NamedTuple):` by its place; 0: unknown, or the class is none. */
TypeId field_of_named_tuple(Program *program, Ref class_, uint32_t position);
/* A member of an instance or class of the project, bound to `receiver`. */
TypeId member_of_project(Program *program, const Atom *owner, Str name, TypeId receiver);
bool is_harmless_base(Str name);
/* What the code of a class, or the first of its known bases that has the name, says of it, bound to `receiver`.
 * MAY_HAVE: a base is not known, or makes names up. */
Having member_in_source(Program *program, Ref class_, Str name, const Atom *owner, TypeId receiver, TypeId *type);

/* own_sources.c: what sources of the project say that a function, or a member of the class, of a library is, where that contradicts its row; unknown
 * when they know nothing of the member. False: they do not contradict it. */
bool class_of_library(Program *program, const Api *class_, Ref *source); /* where it is a class of the project */
bool function_instead(Program *program, uint32_t from, const Api *row, TypeId *type);
bool member_instead(Program *program, const Api *class_, const Api *row, const Atom *owner, TypeId receiver, TypeId *type);


/* twins.c: what a stub says where the source says nothing. False: neither does the stub. */
uint32_t twin_file(Program *program, uint32_t file);
bool twin_returns(Program *program, Ref function, TypeId *type);
bool twin_parameter(Program *program, Ref function, uint32_t number, TypeId *type);
bool twin_class(Program *program, Ref class_, Ref *twin);
/* The class in the source of which a class of a stub tells. False: it has none. */
bool twin_source(Program *program, Ref class_, Ref *source);
/* A stub's `async def` says nothing of what the source makes by calling something: that may give a future, which runs already. Whether a type is
 * such a function, and whether a source binds a name so; `member` may be NULL. */
bool twin_says_async(Program *program, TypeId said);
bool twin_leaves_open(const Summary *source, const Member *member);

/* injected.c */
/* Whether values of a type are surely no instances of what is declared, nor of anything that it derives from. */
bool type_contradicts(Program *program, TypeId given, TypeId declared);
/* What `Depends(make)` puts in the place of what is declared (0: nothing): that, unless the provider surely gives something else. False: the
 * term is no such call. */
bool type_is_injected(Program *program, uint32_t file, TermId term, TypeId declared, TypeId *type);

/* protocols.c */
bool class_is_protocol(Program *program, Ref class_);
/* A type in which instances of protocols are those of the classes that file number `file` uses for them. */
TypeId type_without_protocols(Program *program, uint32_t file, TypeId type);
/* Whether some class that is no protocol derives from it. */
bool class_is_implemented(Program *program, Ref class_);

/* frames.c: a function's result in a call, where it depends on what was given. */
typedef struct Frame {
    Ref function;
    bool is_bound;    /* the first parameter is `receiver` */
    TypeId receiver;
    const TypeId *arguments;
    uint32_t count;
    TypeId outer;     /* what the function around was given: a tuple, in order of its parameters; 0: unknown */
} Frame;
/* Whether the term names a parameter of the frame's function or of the one around it, or a function inside of it. */
bool term_needs_frame(Program *program, TermId term, const Frame *frame);
TypeId type_eval_in(Program *program, TermId term, const Frame *frame);
/* Whether a function that a decorator made of another one calls that and gives what it gives: then it is as good as the other one. */
bool is_transparent(Program *program, TypeId wrapper, TypeId wrapped);
bool tuple_item(const Program *program, TypeId tuple, uint32_t position, TypeId *item);
TypeId type_of_tuple(Program *program, const TypeId *items, uint32_t count);

/* generics.c: type variables. */
bool type_has_variables(const Program *program, TypeId type);
typedef struct Substitution {
    Str names[CALL_ARGUMENTS];
    TypeId types[CALL_ARGUMENTS];
    uint32_t count;
} Substitution;
/* The type with what the variables stand for; unknown when one is left. */
TypeId type_substitute(Program *program, TypeId type, const Substitution *substitution);
/* Learns from a value of type `given` where `wanted` is declared. */
void substitution_learn(Program *program, Substitution *substitution, TypeId wanted, TypeId given);
/* Adds what the variables of class `home`, from which the receiver's derives, stand for in it. */
void substitution_of_receiver(Program *program, Substitution *substitution, TypeId receiver, Ref home);
bool class_is_generic(Program *program, Ref class_);
/* The type arguments that a call of a generic class shows become those of the instance. */
void arguments_of_class(Program *program, const Atom *class_, const TypeId *arguments, uint32_t count, Atom *instance);

#endif
