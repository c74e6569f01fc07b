/* Where an environment keeps its packages. Known by names alone: POSIX (lib/python3.X/site-packages, and lib64), Debian
 * (dist-packages, also of /usr/local), Windows (Lib/site-packages), conda and the bare prefix of an interpreter, which
 * have the layout of their system. */
#include <unistd.h>

#include "engine/environment_internal.h"
#include "port/io.h"

enum { LINKS_MOST = 40, CONFIG_SIZE_MOST = 64 << 10 };

static const char *const folders[] = { "local/lib", "lib", "lib64" };
enum { FOLDER_COUNT = sizeof folders / sizeof *folders };

static const char *const interpreters[] = { "python3", "python", "pypy3", "python.exe" };

/* ---- Versions ---- */

/* The X of "3.X", at the beginning; 0: it does not begin so. */
static unsigned minor_of(Str text)
{
    if (!str_starts(text, STR("3.")))
        return 0;
    unsigned minor = 0;
    for (uint32_t i = 2; i < text.n && i < 5 && text.p[i] >= '0' && text.p[i] <= '9'; i++)
        minor = minor * 10 + (unsigned)(text.p[i] - '0');
    return minor;
}

/* Of "python3.12", "python3.13t", "pypy3.10". */
static unsigned minor_of_name(Str name)
{
    Str rest = str_starts(name, STR("python")) ? str_slice(name, 6, name.n)
               : str_starts(name, STR("pypy")) ? str_slice(name, 4, name.n)
                                               : STR("");
    return minor_of(rest);
}

/* ---- pyvenv.cfg ---- */

typedef struct VenvConfig {
    bool is_there;
    bool has_system_packages;
    Str home; /* the directory of the interpreter that made it */
    unsigned minor;
} VenvConfig;

static bool is_word(Str text, const char *word)
{
    uint32_t i = 0;
    for (; i < text.n && word[i]; i++) {
        char c = text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] - 'A' + 'a') : text.p[i];
        if (c != word[i])
            return false;
    }
    return i == text.n && !word[i];
}

static void read_pair(Arena *arena, VenvConfig *config, Str key, Str value)
{
    if (is_word(key, "home") && value.n && !memchr(value.p, '\0', value.n))
        config->home = arena_copy(arena, value);
    else if (is_word(key, "include-system-site-packages"))
        config->has_system_packages = is_word(value, "true");
    else if ((is_word(key, "version") || is_word(key, "version_info")) && minor_of(value))
        config->minor = minor_of(value);
}

static VenvConfig read_config(Environment *environment, Str prefix)
{
    VenvConfig config = { .home = STR("") };
    Str text;
    uint64_t size;
    Str path = path_in(&environment->scratch, prefix, STR("pyvenv.cfg"));
    if (io_read_file(&environment->scratch, path.p, true, CONFIG_SIZE_MOST, &text, &size) != READ_OK)
        return config;
    config.is_there = true;
    while (text.n) {
        uint32_t end = str_find(text, '\n');
        Str line = str_slice(text, 0, end);
        text = str_slice(text, end < text.n ? end + 1 : end, text.n);
        uint32_t equals = str_find(line, '=');
        if (equals < line.n)
            read_pair(&environment->scratch, &config, str_trim(str_slice(line, 0, equals)),
                str_trim(str_slice(line, equals + 1, line.n)));
    }
    return config;
}

static bool has_config(Environment *environment, Str prefix)
{
    return path_is_file(path_in(&environment->scratch, prefix, STR("pyvenv.cfg")).p);
}

/* ---- Interpreters ---- */

/* Where a link leads, one step; NULL in .p: it is none. */
static Str next_link(Arena *arena, Str path)
{
    char target[4096];
    ssize_t n = readlink(path.p, target, sizeof target);
    if (n <= 0 || (size_t)n == sizeof target)
        return (Str){ NULL, 0 };
    Str to = { target, (uint32_t)n };
    return target[0] == '/' ? arena_copy(arena, to) : path_in(arena, path_parent(path), to);
}

/* The environment is the one that the interpreter was put into, not the one that its link leads to. */
static Str prefix_of_venv(Environment *environment, Str path)
{
    for (int i = 0; i < LINKS_MOST && path.p; i++) {
        Str directory = real_of(&environment->own, arena_copy(&environment->scratch, path_parent(path)));
        if (!directory.p)
            break;
        Str above = arena_copy(&environment->own, path_parent(directory));
        if (has_config(environment, above))
            return above;
        if (has_config(environment, directory))
            return directory;
        path = next_link(&environment->scratch, path);
    }
    return (Str){ NULL, 0 };
}

static Str prefix_of_interpreter(Environment *environment, Str path, unsigned *minor)
{
    *minor = minor_of_name(path_last(path));
    Str venv = prefix_of_venv(environment, path);
    if (venv.p)
        return venv;
    Str real = real_of(&environment->own, path);
    if (!real.p)
        return real;
    if (!*minor)
        *minor = minor_of_name(path_last(real));
    Str directory = path_parent(real);
    bool is_inside = str_is(path_last(directory), "bin") || str_is(path_last(directory), "Scripts");
    return arena_copy(&environment->own, is_inside ? path_parent(directory) : directory);
}

Str layout_prefix(Environment *environment, Str path, unsigned *minor)
{
    *minor = 0;
    if (path_is_file(path.p))
        return prefix_of_interpreter(environment, path, minor);
    return path_is_directory(path.n ? path.p : "/") ? real_of(&environment->own, path) : (Str){ NULL, 0 };
}

bool layout_is_made(Environment *environment, Str prefix)
{
    static const char *const signs[] = { "pyvenv.cfg", "bin/python", "Scripts/python.exe" };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (path_is_file(path_in(&environment->scratch, prefix, str_of(signs[i])).p))
            return true;
    return path_is_directory(path_in(&environment->scratch, prefix, STR("conda-meta")).p);
}

/* ---- Roots ---- */

/* False: there is none, or it is one already. */
static bool add_root(Environment *environment, Str path)
{
    Str real = real_of(&environment->own, path);
    if (!real.p || !path_is_directory(real.n ? real.p : "/") || environment->roots.count == ROOTS_MOST)
        return false;
    for (uint32_t i = 0; i < environment->roots.count; i++)
        if (str_equal(environment->roots.items[i], real))
            return false;
    *array_push(&environment->own, &environment->roots) = real;
    return true;
}

/* A line is a directory, relative to the root. One that begins with `import` is code, which is not run. */
static void read_line(Environment *environment, Str root, Str line)
{
    bool is_code = str_starts(line, STR("import ")) || str_starts(line, STR("import\t"));
    line = str_trim(line);
    if (!line.n || line.p[0] == '#' || is_code || memchr(line.p, '\0', line.n))
        return;
    add_root(environment,
        line.p[0] == '/' ? arena_copy(&environment->scratch, line) : path_in(&environment->scratch, root, line));
}

static void read_pth(Environment *environment, Str root, Str name)
{
    Str text;
    uint64_t size;
    Str path = path_in(&environment->scratch, root, name);
    if (io_read_file(&environment->scratch, path.p, true, PTH_SIZE_MOST, &text, &size) != READ_OK)
        return;
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_slice(text, 3, text.n);
    for (int count = 0; text.n && count < PTH_LINES_MOST; count++) {
        uint32_t end = str_find(text, '\n');
        read_line(environment, root, str_slice(text, 0, end));
        text = str_slice(text, end < text.n ? end + 1 : end, text.n);
    }
}

/* A directory of installed packages, and what its .pth files add. Theirs are not read again there, as Python does it. */
static void add_site(Environment *environment, Str path)
{
    if (!add_root(environment, path))
        return;
    Str root = environment->roots.items[environment->roots.count - 1];
    Paths names = listing_names(environment, listing_of(environment, root), STR(".pth"));
    for (uint32_t i = 0; i < names.count; i++)
        if (names.items[i].p[0] != '.')
            read_pth(environment, root, names.items[i]);
    editable_read(environment, root);
}

static bool has_packages(Environment *environment, Str library)
{
    return path_is_directory(path_in(&environment->scratch, library, STR("site-packages")).p) ||
           path_is_directory(path_in(&environment->scratch, library, STR("dist-packages")).p);
}

/* Calls for each lib/python3.X with packages, of the version `minor` (0: of any); the highest version of all is
 * the result, 0: there is none. */
typedef void Take(Environment *environment, Str library);

static unsigned each_library(Environment *environment, Str prefix, unsigned minor, Take *take)
{
    unsigned highest = 0;
    for (int i = 0; i < FOLDER_COUNT; i++) {
        Str folder = path_in(&environment->scratch, prefix, str_of(folders[i]));
        Paths names = listing_directories(environment, listing_of(environment, folder), STR("py"));
        for (uint32_t k = 0; k < names.count; k++) {
            unsigned own = minor_of_name(names.items[k]);
            Str library = path_in(&environment->scratch, folder, names.items[k]);
            if (!own || (minor && own != minor) || !has_packages(environment, library))
                continue;
            if (own > highest)
                highest = own;
            if (take)
                take(environment, library);
        }
    }
    return highest;
}

static void add_library(Environment *environment, Str library)
{
    add_site(environment, path_in(&environment->scratch, library, STR("site-packages")));
    add_site(environment, path_in(&environment->scratch, library, STR("dist-packages")));
}

/* The version that is named; another one when only that is there, as after an upgrade in place. */
static unsigned add_sites(Environment *environment, Str prefix, unsigned minor)
{
    unsigned found = minor ? each_library(environment, prefix, minor, NULL) : 0;
    if (!found)
        found = each_library(environment, prefix, 0, NULL);
    if (found)
        each_library(environment, prefix, found, add_library);
    add_site(environment, path_in(&environment->scratch, prefix, STR("lib/python3/dist-packages")));
    add_site(environment, path_in(&environment->scratch, prefix, STR("Lib/site-packages")));
    return found ? found : minor;
}

/* The packages of the interpreter that an environment was made with. */
static void add_system(Environment *environment, const VenvConfig *config)
{
    Str prefix = { NULL, 0 };
    unsigned minor = 0;
    Str named = arena_printf(&environment->scratch, "%.*s/python3.%u", STR_ARG(config->home), environment->minor);
    if (path_is_file(named.p))
        prefix = prefix_of_interpreter(environment, named, &minor);
    for (size_t i = 0; !prefix.p && i < sizeof interpreters / sizeof *interpreters; i++) {
        Str path = path_in(&environment->scratch, config->home, str_of(interpreters[i]));
        if (path_is_file(path.p))
            prefix = prefix_of_interpreter(environment, path, &minor);
    }
    if (prefix.p && !str_equal(prefix, environment->prefix))
        add_sites(environment, prefix, environment->minor ? environment->minor : minor);
}

bool layout_read(Environment *environment, Str prefix, unsigned minor)
{
    VenvConfig config = read_config(environment, prefix);
    environment->prefix = prefix;
    environment->roots.count = 0;
    environment->mappings.count = 0;
    environment->minor = add_sites(environment, prefix, config.minor ? config.minor : minor);
    bool is_good = environment->roots.count > 0;
    if (is_good && config.is_there && config.has_system_packages && config.home.n)
        add_system(environment, &config);
    return is_good;
}
