/* The program: summaries linked. Types are evaluated and facts of functions solved when somebody asks, and only what is asked for.
 *
 * Everything goes by the number of a file. The files of a run belong to the engine, which lends them (Files): their Summaries are
 * frozen, and read by the Programs of all threads; a Program itself is of one thread. No answer depends on the numbers, or on what was asked
 * before. Holds no node. */
#ifndef AWRY_PROGRAM_PROGRAM_H
#define AWRY_PROGRAM_PROGRAM_H

#include "program/modules.h"
#include "program/types.h"

struct TypeTable; /* types.c */
struct Effects;   /* effects.c */
struct Stranded;  /* imports.c */
struct Heritage;  /* heritage.h */
typedef struct Basis Basis; /* basis.h */

/* The files that a Program may ask for. The functions can be called from any thread. */
typedef struct Files {
    void *context;
    /* The frozen Summary of a file; NULL when it cannot be had. Made when first asked for. */
    const Summary *(*load)(void *context, uint32_t file);
    /* The file of a module as file `from` would import it, in the project or in its environment; NO_FILE. */
    uint32_t (*find)(void *context, uint32_t from, Str dotted);
    /* Whether the project has a module or directory of that name, anywhere. */
    bool (*has)(void *context, Str part);
    /* Of a file of the project: see modules_place and modules_only. */
    Str (*place)(void *context, uint32_t file);
    bool (*only)(void *context, uint32_t file, Str dotted, bool anywhere);
    /* The stub beside a source, or in a stub package; NO_FILE. */
    uint32_t (*stub)(void *context, uint32_t file);
    /* The full name of the module that a file is: "app.store". */
    Str (*name)(void *context, uint32_t file);
    /* Its path as the next run will call it. */
    Str (*path)(void *context, uint32_t file);
    /* Of a file of the project: whether it has async words, so that its Summary is there whoever has asked. */
    bool (*is_parsed)(void *context, uint32_t file);
    /* Whether an ignore file leaves out the module or package of that name in an absolute directory, or there is none. Looks at the disk. */
    bool (*is_ignored)(void *context, Str directory, Str name);
    /* Which classes may derive from which; NULL: only those of the same file. */
    const struct Heritage *heritage;
    uint32_t project_count; /* files below this number are the project's, the others of its environment */
    bool no_library_tables; /* rows of the tables about others than the standard library do not count */
} Files;

struct Program {
    Arena *arena;
    const Files *lent;              /* NULL: there are only the files that were added */
    ARRAY(const Summary *) files;   /* by number; NULL: not asked for yet */
    struct TypeTable *types;
    struct Effects *effects; /* NULL until somebody asks */
    struct Stranded *stranded; /* imports.c; NULL until somebody asks */
    double loading; /* seconds that went into loading files: not the time of who asks */
    Basis *basis; /* NULL: what answers rest on is not recorded */
};

/* `lent` may be NULL, and outlives the Program. */
Program *program_new(Arena *arena, const Files *lent);

/* For a Program without Files: the number of the file. */
uint32_t program_add(Program *program, const Summary *summary);

/* From now on this is the Summary of the file: one made anew of the same source, which can read expressions; the numbers in it are
 * the same. NULL: the frozen one again. */
void program_lay_over(Program *program, uint32_t file, const Summary *summary);

/* NULL when it cannot be had. */
const Summary *program_load(Program *program, uint32_t file);

/* Of a file that is there, as that of every Ref. */
static inline const Summary *program_file(const Program *program, uint32_t file) { return program->files.items[file]; }
static inline const FunctionSummary *program_function(const Program *program, Ref ref)
{
    return &program->files.items[ref.file]->functions.items[ref.number];
}
static inline const ClassSummary *program_class(const Program *program, Ref ref)
{
    return &program->files.items[ref.file]->classes.items[ref.number];
}

/* What a module has under a name, as `from module import name` would have it. False: nothing that could be found. */
bool module_member(Program *program, uint32_t file, Str name, TypeId *type);

/* Whether the file of a class, or of one that it derives from, makes methods sync: see TRAIT_MAKES_METHODS_SYNC. Of many files only. */
bool class_is_made_sync(Program *program, Ref class_);

/* The row of a qualified name, unless such rows do not count. */
const Api *program_api(const Program *program, Str qualified);

#endif
