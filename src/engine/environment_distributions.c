/* What a file was installed with, by names: `requests/api.py` belongs to requests-2.31.0.dist-info, `google/cloud/storage/client.py`
 * to google_cloud_storage-2.14.0.dist-info,
 * `yaml-stubs/__init__.pyi` would to types_yaml, but that is called types_PyYAML, so nothing is known of it. */
#include "engine/environment_internal.h"

enum { LEVELS = 3 /* of a package that may have a distribution of its own */ };

/* As names of distributions are compared: lower case, one underscore for each run of "-", "_" and ".". In the arena. */
static Str normalise(Arena *arena, Str name)
{
    char *out = arena_alloc(arena, (size_t)name.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool is_joint = c == '-' || c == '_' || c == '.';
        if (is_joint && n && out[n - 1] == '_')
            continue;
        out[n++] = is_joint ? '_' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return (Str){ out, n };
}

/* `text` is a name and a version, and what may stand behind another dash ("-py3.11"). */
static void add(Environment *environment, Str text)
{
    uint32_t dash = str_find(text, '-');
    Str rest = str_slice(text, dash < text.n ? dash + 1 : dash, text.n);
    Distribution *made = arena_new(&environment->own, Distribution);
    *made = (Distribution){ str_slice(text, 0, dash), str_slice(rest, 0, str_find(rest, '-')) };
    void **slot = map_at(&environment->distributions, normalise(&environment->own, made->name));
    if (!*slot)
        *slot = made;
}

/* Of roots that come first, as with modules. */
static void gather(Environment *environment)
{
    environment->has_distributions = true;
    static const char *const endings[] = { ".dist-info", ".egg-info" };
    for (uint32_t i = 0; i < environment->roots.count; i++) {
        const Listing *listing = listing_of(environment, environment->roots.items[i]);
        for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
            Str ending = str_of(endings[k]);
            Paths names = listing_names(environment, listing, ending);
            for (uint32_t j = 0; j < names.count; j++)
                add(environment, str_slice(names.items[j], 0, names.items[j].n - ending.n));
        }
    }
}

/* The path behind the longest root that it is in; empty: it is in none. */
static Str behind_root(const Environment *environment, Str path)
{
    uint32_t longest = 0;
    for (uint32_t i = 0; i < environment->roots.count; i++) {
        Str root = environment->roots.items[i];
        if (str_starts(path, root) && path.n > root.n && path.p[root.n] == '/' && root.n >= longest)
            longest = root.n + 1;
    }
    return longest ? str_slice(path, longest, path.n) : STR("");
}

static const Distribution *named(Environment *environment, const char *before, Str name, const char *behind)
{
    Str whole = arena_printf(&environment->scratch, "%s%.*s%s", before, STR_ARG(name), behind);
    return map_get(&environment->distributions, normalise(&environment->scratch, whole));
}

/* `name` is a path: "google/cloud". */
static const Distribution *find_level(Environment *environment, Str name, uint32_t top)
{
    char *joined = arena_alloc_raw(&environment->scratch, name.n);
    memcpy(joined, name.p, name.n);
    for (uint32_t i = 0; i < name.n; i++)
        if (joined[i] == '/')
            joined[i] = '_';
    Str stubs = STR("-stubs");
    Str whole = { joined, name.n };
    if (!str_ends(str_slice(name, 0, top), stubs))
        return named(environment, "", whole, "");
    Str base = arena_printf(
        &environment->scratch, "%.*s%.*s", (int)(top - stubs.n), joined, (int)(name.n - top), joined + top);
    const Distribution *found = named(environment, "types-", base, "");
    return found ? found : named(environment, "", base, "-stubs");
}

/* Deeper parts first: a distribution may be a part of a namespace. */
static const Distribution *find(Environment *environment, Str path)
{
    Str inside = behind_root(environment, path);
    uint32_t ends[LEVELS], count = 0;
    for (uint32_t i = 0; i < inside.n && count < LEVELS; i++)
        if (inside.p[i] == '/')
            ends[count++] = i;
    if (!count && inside.n)
        ends[count++] = str_find(inside, '.');
    while (count--) {
        const Distribution *found = find_level(environment, str_slice(inside, 0, ends[count]), ends[0]);
        if (found)
            return found;
    }
    return NULL;
}

bool environment_distribution(Environment *environment, Arena *arena, Str path, Distribution *distribution)
{
    *distribution = (Distribution){ STR(""), STR("") };
    pthread_mutex_lock(&environment->lock);
    if (!environment->has_distributions)
        gather(environment);
    const Distribution *found = find(environment, path);
    arena_clear(&environment->scratch);
    pthread_mutex_unlock(&environment->lock);
    if (!found)
        return false;
    *distribution = (Distribution){ arena_copy(arena, found->name), arena_copy(arena, found->version) };
    return true;
}
