/* What the files that evaluate terms share. */
#ifndef AWRY_PROGRAM_TYPES_INTERNAL_H
#define AWRY_PROGRAM_TYPES_INTERNAL_H

#include "program/program.h"

enum {
    EVAL_DEEPEST = 240, /* evaluations inside of each other; what lies deeper is unknown. Real code stays below 60 */
    LINEAGE_MOST = 48, /* classes that a member is looked up in */
};

typedef struct TypeEntry {
    const Atom *atoms;
    uint32_t count;
} TypeEntry;

typedef struct TermMemo { /* by term of one file: TypeId + 1; 0: not asked for; TERM_BUSY and its place among the pending ones */
    TypeId *types;
    uint32_t room;
} TermMemo;
#define TERM_BUSY 0x80000000u

typedef struct Pending { /* a term that is being evaluated, or belongs to a cycle of which one is */
    uint32_t file;
    TermId term;
} Pending;

typedef struct HeirMemo { /* classes that derive from a class directly */
    ARRAY(Ref) classes;
    bool is_known;
} HeirMemo;

typedef struct ClassMemo { /* by class of one file; NULL until asked for */
    HeirMemo *heirs;
} ClassMemo;

typedef struct TypeTable {
    ARRAY(TypeEntry) entries; /* entries[0] is the unknown type */
    uint32_t *slots;
    uint32_t room;
    TermMemo *memos;  /* by file */
    ClassMemo *classes; /* by file */
    uint32_t memo_count; /* of both */
    ARRAY(Pending) pending; /* a stack */
    uint32_t lowest;  /* the lowest pending term that was met since the innermost evaluation began; NO_FILE: none */
    uint32_t depth;
} TypeTable;

TypeId type_of_atom(Program *program, Atom atom);
TypeId type_none(Program *program);
/* An instance of a class by its name, which may be in a table. */
TypeId type_instance_of_name(Program *program, Str name, TypeId of);
/* What a qualified name is, read in file number `from`; NO_FILE: in none that matters. */
TypeId type_of_name(Program *program, uint32_t from, Str qualified);
/* The class of the project or the environment that a qualified name is, whatever tables say. False: none that is known. */
bool class_in_sources(Program *program, Str qualified, Ref *class_);
/* Makes room in the memos for a file. */
void types_make_room(Program *program, uint32_t file);
/* Whether what a call gives depends on the types of what it is given. */
bool call_needs_arguments(Program *program, TypeId callee);
/* The items of a TERM_LIST, evaluated; at most CALL_ARGUMENTS. */
uint32_t type_list(Program *program, uint32_t file, TermId list, TypeId *out);
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

/* A member of an instance or class of the project, bound to `receiver`. */
TypeId member_of_project(Program *program, const Atom *owner, Str name, TypeId receiver);
bool is_harmless_base(Str name);

#endif
