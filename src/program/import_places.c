#include "program/import_places.h"

#include <fcntl.h>
#include <unistd.h>

#include "port/directory.h"
#include "port/io.h"
#include "program/basis.h"
#include "program/types_internal.h"
#include "python/names.h"

enum { NAME_MOST = 256 /* bytes of a module's name; longer ones are not looked for */ };

Str importer_key(const Importer *im, uint32_t file)
{
    return im->files->path(im->files->context, file);
}

bool is_project_file(const Importer *im, uint32_t file)
{
    return file < im->files->project_count;
}

bool is_package_file(const Importer *im, uint32_t file)
{
    return str_ends(importer_key(im, file), STR("__init__.py"));
}

static bool text_has(Str text, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = text.p, *end = text.p + text.n; (p = memchr(p, word[0], (size_t)(end - p))) != NULL; p++) {
        if ((size_t)(end - p) < n)
            return false;
        if (memcmp(p, word, n) == 0)
            return true;
    }
    return false;
}

static bool text_has_any(Str text, const char *const *words)
{
    for (; *words; words++) {
        if (text_has(text, *words))
            return true;
    }
    return false;
}

bool file_mentions(const Importer *im, uint32_t file, const char *const *words)
{
    Str text;
    if (im->module && file == im->file) {
        text = im->module->source.text;
    } else {
        rests_on_text(im->program, importer_key(im, file));
        const Summary *s = program_load(im->program, file);
        const Scan *scan = s ? im->scan_of(im->context, s->path) : NULL;
        if (!scan)
            return true;
        text = scan->source->text;
    }
    return text_has_any(text, words);
}

/* ---- Which module ---- */

static Str place_of(const Importer *im, uint32_t file)
{
    return im->files->place(im->files->context, file);
}

static Str top_of(Str dotted)
{
    return str_slice(dotted, 0, str_find(dotted, '.'));
}

static bool is_relative(Str dotted)
{
    return dotted.n && dotted.p[0] == '.';
}

uint32_t leading_dots(Str dotted)
{
    uint32_t dots = 0;
    while (dots < dotted.n && dotted.p[dots] == '.')
        dots++;
    return dots;
}

Str import_root(const Importer *im, uint32_t file, Str dotted)
{
    Str place = place_of(im, file);
    if (place.n < dotted.n + 2 || place.p[place.n - dotted.n - 1] != '/')
        return STR("");
    for (uint32_t i = 0; i < dotted.n; i++) {
        if (place.p[place.n - dotted.n + i] != (dotted.p[i] == '.' ? '/' : dotted.p[i]))
            return STR("");
    }
    return str_slice(place, 0, place.n - dotted.n - 1);
}

static bool is_below(Str path, Str directory)
{
    return path.n > directory.n && str_starts(path, directory) && path.p[directory.n] == '/';
}

static Str directory_above(Str path)
{
    uint32_t slash = str_find_last(path, '/');
    return str_slice(path, 0, slash < path.n ? slash : 0);
}

static bool holds_any(Arena *arena, Str directory, const char *const *names)
{
    for (; *names; names++) {
        Str path = arena_printf(arena, "%.*s/%s", STR_ARG(directory), *names);
        if (access(path.p, F_OK) == 0)
            return true;
    }
    return false;
}

/* Of a directory that programs surely have on their search path, the one that they are installed or started from: itself, or the one whose
 * sources it holds. Empty: it is not sure; a directory of a namespace package looks like such a one as well. */
static Str project_of(Str directory)
{
    static const char *const marks[] = { "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "manage.py", "Pipfile", "tox.ini",
        "pytest.ini", "alembic.ini", "Dockerfile", ".git", ".gitignore", NULL };
    static const char *const sources[] = { "", "/src", "/lib", "/python", "/src/python", NULL };
    Arena arena;
    arena_init(&arena);
    Str project = STR("");
    for (const char *const *name = sources; *name && !project.n; name++) {
        Str above = str_ends(directory, str_of(*name)) ? str_slice(directory, 0, directory.n - (uint32_t)strlen(*name)) : STR("");
        project = above.n && holds_any(&arena, above, marks) ? above : STR("");
    }
    arena_release(&arena);
    return project;
}

/* `a.a`: what a module written in Rust is called in its regular package unless it is told otherwise; it comes before a source of that name. */
bool may_be_extension(const Importer *im, uint32_t file)
{
    Str place = place_of(im, file);
    uint32_t slash = str_find_last(place, '/');
    Str directory = str_slice(place, 0, slash), tail = str_slice(place, slash, place.n);
    return slash < place.n && !is_package_file(im, file) && str_ends(directory, tail) && module_find(im->program, file, STR(".")) != NO_FILE;
}

uint32_t import_target(const Importer *im, Str dotted)
{
    if (!dotted.n)
        return NO_FILE;
    if (!is_relative(dotted)) {
        rests_on_module(im->program, im->file, dotted);
        if (!im->files->has(im->files->context, top_of(dotted)))
            return NO_FILE;
    }
    uint32_t file = module_find(im->program, im->file, dotted);
    if (file == NO_FILE || !is_project_file(im, file) || file == im->file || str_ends(importer_key(im, file), STR(".pyi")))
        return NO_FILE;
    bool names_package = is_relative(dotted) && dotted.p[dotted.n - 1] == '.';
    return !names_package || is_package_file(im, file) ? file : (uint32_t)NO_FILE;
}

static bool moves_path(const Importer *im)
{
    static const char *const words[] = { "sys.path", NULL };
    return file_mentions(im, im->file, words);
}

/* Of one that changes its search path: what is made of the file's own place stays in its project. */
static bool leaves_project(const Importer *im)
{
    static const char *const words[] = { "__file__", NULL };
    return !file_mentions(im, im->file, words);
}

/* Whether no other file of the project goes by that name; a changed search path may begin in a package as well. */
static bool is_only_one(const Importer *im, uint32_t file, Str dotted)
{
    return im->files->only(im->files->context, file, dotted, false) &&
           (!moves_path(im) || (!leaves_project(im) && im->files->only(im->files->context, file, dotted, true)));
}

/* Whether the file may import what lies in the directory: that is above it, or holds the sources of the project that it is a file of. What
 * lies in `lib` beside other files may be a copy of what they have installed. */
static bool reaches(Str own, Str root)
{
    Str project = project_of(root);
    return project.n && (is_below(own, root) || (is_below(own, project) && !str_ends(root, STR("/lib"))));
}

/* Both are of one top package, or the file is the only one of its name that the importing one can reach, and what no library has.
 * Relative names are clear wherever they stand. */
bool target_is_sure(const Importer *im, uint32_t file, Str dotted, bool is_known)
{
    if (is_relative(dotted))
        return true;
    Str root = import_root(im, file, dotted), own = place_of(im, im->file), top = top_of(dotted);
    if (!root.n || is_stdlib_module(top) || !reaches(own, root))
        return false;
    uint32_t package = module_find(im->program, im->file, top);
    bool is_regular = package != NO_FILE && is_project_file(im, package) && str_equal(import_root(im, package, top), root);
    bool is_inside = is_below(own, str_slice(place_of(im, file), 0, root.n + 1 + top.n));
    if (!is_regular && (api_has_library(top) || !(is_inside || (is_known && is_below(own, root)))))
        return false;
    return is_inside || (!api_has_library(top) && is_only_one(im, file, dotted));
}

/* ---- On the way ---- */

static void add_package(const Importer *im, uint32_t file, PackageList *out)
{
    bool is_new = file != NO_FILE && is_project_file(im, file) && file != im->file && is_package_file(im, file);
    if (is_new && out->count < PACKAGES_MOST)
        out->files[out->count++] = file;
}

void packages_on_way(const Importer *im, Str dotted, uint32_t target, PackageList *out)
{
    uint32_t dots = leading_dots(dotted);
    Str root = dots ? STR("") : import_root(im, target, dotted);
    out->count = 0;
    for (uint32_t i = 1; i <= dots; i++)
        add_package(im, module_find(im->program, im->file, str_slice(dotted, 0, i)), out);
    for (uint32_t end = dots; end < dotted.n; end++) {
        end += str_find(str_slice(dotted, end, dotted.n), '.');
        Str name = str_slice(dotted, 0, end);
        uint32_t package = end < dotted.n ? module_find(im->program, im->file, name) : (uint32_t)NO_FILE;
        if (package != NO_FILE && is_project_file(im, package) && (dots || str_equal(import_root(im, package, name), root)))
            add_package(im, package, out);
    }
}

/* ---- What is not there ---- */

typedef struct Wanted {
    Str name;
    bool is_there;
} Wanted;

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* There are disks on which case does not count. */
static void see_entry(void *context, Str entry, EntryKind kind)
{
    Wanted *wanted = context;
    (void)kind;
    if (entry.n < wanted->name.n || (entry.n > wanted->name.n && entry.p[wanted->name.n] != '.'))
        return;
    uint32_t same = 0;
    while (same < wanted->name.n && lower(entry.p[same]) == lower(wanted->name.p[same]))
        same++;
    wanted->is_there |= same == wanted->name.n;
}

/* True when it cannot be read. */
bool is_on_disk(const Importer *im, uint32_t package, Str name)
{
    Arena arena;
    arena_init(&arena);
    Str path = place_of(im, package);
    Wanted wanted = { name, false };
    int descriptor = open(arena_copy(&arena, path).p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_read = descriptor >= 0 && directory_visit(descriptor, arena_alloc(&arena, DIRECTORY_BUFFER), see_entry, &wanted);
    if (descriptor >= 0)
        close(descriptor);
    Str key = importer_key(im, package);
    rests_on_text(im->program, arena_printf(&arena, "%.*s%.*s", STR_ARG(str_slice(key, 0, key.n - 11)), STR_ARG(name)));
    arena_release(&arena);
    return !is_read || wanted.is_there;
}

/* Whether the name is that of something that tools make, or that people keep to themselves. */
static bool sounds_made(Str name)
{
    static const char *const parts[] = { "_pb2", "generated", "version", "secret", "credential", "password", "local", "config", "setting",
        "token", "private", "cython", "parsetab", "lextab", "thirdparty", "third_party", "vendor", "extern",
        "resource", NULL };
    static const char *const ends[] = { "_rc", "_ext", "_gen", "Lexer", "Parser", "Visitor", "Listener", NULL };
    static const char *const whole[] = { "build", "dist", "env", "keys", NULL };
    char text[NAME_MOST];
    if (name.n >= NAME_MOST || name.p[0] == '_' || str_starts(name, STR("ui_")) || str_starts(name, STR("Ui_")))
        return true;
    for (uint32_t i = 0; i < name.n; i++)
        text[i] = lower(name.p[i]);
    if (text_has_any((Str){ text, name.n }, parts))
        return true;
    for (const char *const *end = ends; *end; end++) {
        if (str_ends(name, str_of(*end)))
            return true;
    }
    for (const char *const *word = whole; *word; word++) {
        if (str_is(name, *word))
            return true;
    }
    return false;
}

/* Whether what installs programs from that directory speaks of modules that are no Python. */
static bool builds_extensions(Arena *arena, Str directory)
{
    static const char *const files[] = { "setup.py", "build.py", "pyproject.toml", "setup.cfg", NULL };
    static const char *const words[] = { "cython", "Cython", "Extension(", "ext_modules", "mypyc", "maturin", "rust", "pybind11", "scikit-build",
        "cffi", "grpc_tools", NULL };
    enum { MOST = 1 << 20 };
    for (const char *const *file = files; *file; file++) {
        Str text, path = arena_printf(arena, "%.*s/%s", STR_ARG(directory), *file);
        uint64_t size;
        if (io_read_file(arena, path.p, true, MOST, &text, &size) == READ_OK && text_has_any(text, words))
            return true;
    }
    return false;
}

/* Whether something in the package's directory, or above it up to a search root, builds more than is there. */
static bool is_built(Str directory)
{
    static const char *const marks[] = { "Cargo.toml", "CMakeLists.txt", "meson.build", "WORKSPACE", "MODULE.bazel", "BUILD", "BUILD.bazel",
        "pants.toml", "buf.gen.yaml", NULL };
    static const char *const package[] = { "__init__.py", NULL };
    Arena arena;
    arena_init(&arena);
    bool is_marked = false;
    for (bool is_last = false; directory.n && !is_last && !is_marked; directory = directory_above(directory)) {
        is_marked = holds_any(&arena, directory, marks) || builds_extensions(&arena, directory);
        is_last = project_of(directory).n && !holds_any(&arena, directory, package);
    }
    arena_release(&arena);
    return is_marked;
}

bool package_lacks(const Importer *im, uint32_t package, Str name)
{
    if (sounds_made(name) || is_on_disk(im, package, name))
        return false;
    Str directory = place_of(im, package);
    if (str_ends(directory, name)) /* as in may_be_extension */
        return false;
    return !is_built(directory) && !im->files->is_ignored(im->files->context, directory, name);
}

/* A package that looks for its modules in its own directory alone. */
static bool is_plain_package(const Importer *im, uint32_t file)
{
    static const char *const words[] = { "__path__", "sys.modules", "modules[", "lazy_loader", "extend_path", "declare_namespace",
        "meta_path", "sys.path", NULL };
    return !file_mentions(im, file, words);
}

/* The package that the first part that is not found would lie in, and that part; NO_FILE when it is not known. */
static uint32_t lacking_package(const Importer *im, Str dotted, Str *part, Str *missing)
{
    uint32_t dots = leading_dots(dotted);
    uint32_t package = dots ? module_find(im->program, im->file, str_slice(dotted, 0, dots)) : (uint32_t)NO_FILE;
    Str root = STR("");
    for (uint32_t begin = dots, end; begin < dotted.n; begin = end + 1) {
        end = begin + str_find(str_slice(dotted, begin, dotted.n), '.');
        *part = str_slice(dotted, begin, end);
        *missing = str_slice(dotted, 0, end);
        uint32_t file = module_find(im->program, im->file, *missing);
        if (file == NO_FILE)
            return package;
        if (!is_project_file(im, file) || !is_package_file(im, file))
            return NO_FILE;
        root = dots || begin ? root : import_root(im, file, *missing);
        if (!dots && (!root.n || !str_equal(import_root(im, file, *missing), root)))
            return NO_FILE;
        package = file;
    }
    return NO_FILE;
}

bool module_is_missing(const Importer *im, Str dotted)
{
    Str part, missing, top = top_of(dotted);
    if (!is_relative(dotted) && (str_find(dotted, '.') == dotted.n || !im->files->has(im->files->context, top)))
        return false;
    uint32_t package = lacking_package(im, dotted, &part, &missing);
    if (package == NO_FILE || !is_project_file(im, package) || !is_package_file(im, package) || str_starts(part, STR("__")))
        return false;
    if (!is_relative(dotted)) {
        uint32_t first = module_find(im->program, im->file, top);
        if (!target_is_sure(im, first, top, false) || !is_only_one(im, first, missing) || !is_only_one(im, first, dotted))
            return false;
    }
    if (!package_lacks(im, package, part) || !is_plain_package(im, package))
        return false;
    uint32_t dots = leading_dots(missing), end = missing.n - part.n;
    PackageList way;
    packages_on_way(im, str_slice(missing, 0, end > dots ? end - 1 : dots), package, &way);
    for (uint32_t i = 0; i < way.count; i++) {
        if (way.files[i] != package && !is_plain_package(im, way.files[i]))
            return false;
    }
    return true;
}

/* ---- Other modules ---- */

bool modules_are_replaced(const Importer *im)
{
    static const char *const words[] = { "sys.modules", NULL };
    enum { HIGHEST = 16 };
    if (file_mentions(im, im->file, words))
        return true;
    char text[HIGHEST + 16];
    memset(text, '.', HIGHEST);
    memcpy(text + HIGHEST, "conftest", 8);
    for (uint32_t dots = 1; dots <= HIGHEST; dots++) {
        Str name = { text + HIGHEST - dots, dots + 8 };
        uint32_t file = module_find(im->program, im->file, name);
        if (file != NO_FILE && is_project_file(im, file) && file != im->file && file_mentions(im, file, words))
            return true;
    }
    return false;
}
