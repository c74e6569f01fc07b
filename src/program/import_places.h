/* Which file an import surely leads to, and whether what it leads to is surely nowhere. Shared by imports.c and import_places.c. */
#ifndef AWRY_PROGRAM_IMPORT_PLACES_H
#define AWRY_PROGRAM_IMPORT_PLACES_H

#include "program/imports.h"

/* The file whose imports are looked at. */
typedef struct Importer {
    Program *program;
    const Files *files;
    uint32_t file;
    const Module *module; /* NULL: the file is there as a Summary only */
    ScanOf *scan_of;
    void *context;
} Importer;

Str importer_key(const Importer *im, uint32_t file);
bool is_project_file(const Importer *im, uint32_t file);
/* Whether the file is the `__init__` of a package. */
bool is_package_file(const Importer *im, uint32_t file);

/* Whether the text of a file of the project has one of the words, which a NULL ends; true when it cannot be read. */
bool file_mentions(const Importer *im, uint32_t file, const char *const *words);

/* The module's file, when it is a source of the project and another file; else NO_FILE. Nothing is loaded. */
uint32_t import_target(const Importer *im, Str dotted);

/* Whether that file, which `dotted` has been found to be, is it and no other when the program runs. `is_known`: it has what is imported from it,
 * which another module of the same name would not. */
bool target_is_sure(const Importer *im, uint32_t file, Str dotted, bool is_known);

/* The dots in front of a relative name. */
uint32_t leading_dots(Str dotted);
/* The directory below which the file goes by the dotted name; empty: it does not. */
Str import_root(const Importer *im, uint32_t file, Str dotted);

/* Whether an extension may come before the source. */
bool may_be_extension(const Importer *im, uint32_t file);

/* The packages whose code an import of that module runs before the module's own, as far as they are surely the project's. `target` is the
 * module's file. */
enum { PACKAGES_MOST = 16 };
typedef struct PackageList {
    uint32_t files[PACKAGES_MOST];
    uint32_t count;
} PackageList;
void packages_on_way(const Importer *im, Str dotted, uint32_t target, PackageList *out);

/* Whether a package of the project surely holds nothing of that name, be it a file, a directory, something that a build makes or that is not
 * in the repository. False when it is not known. */
bool package_lacks(const Importer *im, uint32_t package, Str name);
/* Whether its directory has anything of that name. */
bool is_on_disk(const Importer *im, uint32_t package, Str name);

/* Whether the module that is not found is surely nowhere: a regular package of the project that it would lie in does not have it. */
bool module_is_missing(const Importer *im, Str dotted);

/* Whether something puts other modules where the importing file looks for them. */
bool modules_are_replaced(const Importer *im);

#endif
