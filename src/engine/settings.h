/* What can be set: in a configuration file, by `--config KEY=VALUE`, by an option of its own. One table of keys. */
#ifndef AWRY_ENGINE_SETTINGS_H
#define AWRY_ENGINE_SETTINGS_H

#include "engine/toml.h"
#include "finding/select.h"

typedef ARRAY(const char *) Words; /* each ends at a NUL */

typedef enum SettingKey {
    KEY_NONE, /* for options that are no setting */
    KEY_SELECT,
    KEY_IGNORE,
    KEY_EXTEND_SELECT,
    KEY_SEVERITY,
    KEY_PROFILES,
    KEY_FAIL_ON,
    KEY_MIN_SEVERITY,
    KEY_TARGET_VERSION,
    KEY_PYTHON,
    KEY_CACHE_DIR,
    KEY_OUTPUT_FORMAT,
    KEY_EXCLUDE,
    KEY_EXTEND_EXCLUDE,
    KEY_FORCE_EXCLUDE,
    KEY_RESPECT_IGNORE,
    KEY_MAX_FILE_SIZE,
    KEY_MAX_MEMORY,
    KEY_MAX_SECONDS,
    KEY_ALLOW_LIMITS,
    KEY_PER_PATH,
    KEY_EXTEND,
    KEY_COUNT,
} SettingKey;

typedef enum Profile { PROFILE_BY_NAME, PROFILE_NONE, PROFILE_TESTS } Profile;

/* What holds for some paths: a table in per-path, whose name is a pattern. */
typedef struct PathSettings {
    const char *pattern; /* of .gitignore form, relative to the directory of the file */
    Wishes wishes;
    Profile profile; /* PROFILE_BY_NAME: nothing was said */
} PathSettings;

enum { PATHS_MOST = 60, TARGET_DEFAULT = 9, MESSAGES_MOST = 50 };

typedef struct Settings {
    Str origin
        [KEY_COUNT]; /* where a value was set, for people: "pyproject.toml:12:1", "--fail-on"; empty: it was not */
    Wishes wishes;   /* of the file; its origins are those of their keys */
    Wishes demands;  /* of options, which come last */
    bool profiles;
    unsigned fail_on, min_severity; /* a Severity */
    unsigned target_minor;          /* 0: not set */
    const char *output_format;      /* NULL: not set; not looked up yet */
    const char *cache_dir;          /* NULL: not set. Of a file: relative, below the project's root; of an option: any */
    const char *python;             /* NULL: not set; as it was written */
    Str python_directory;           /* real; of the file that set `python`; NULL in .p: an option did */
    Words exclude, extend_exclude;
    bool force_exclude, respect_ignore, allow_limits;
    uint64_t max_file_size, max_memory; /* bytes; 0: not set */
    double max_seconds;                 /* 0: not set */
    ARRAY(PathSettings) per_path;
} Settings;

typedef ARRAY(Str) Messages;

/* What holds when nothing is said. */
void settings_init(Settings *settings);

/* Takes over what a table of a configuration file says (`where` names the file; or
 * an option, with its dashes, which has no rows). A key that is unknown or has a value of
 * the wrong kind adds to the messages: `where:row:column: ...`. Text is copied into the arena. `extend` is not followed. */
void settings_read(Settings *settings, Arena *arena, const TomlValue *table, Str where, Messages *messages);

/* Takes over what options said: all keys with an origin in `options`. */
void settings_override(Settings *settings, const Settings *options);

/* The name of a key, and its value as TOML. */
const char *setting_name(SettingKey key);
Str setting_text(const Settings *settings, SettingKey key, Arena *arena);

/* Values from words. False, with why in *why (in the arena), when they make no sense. */
bool setting_selectors(Selectors *selectors, Arena *arena, Str list, Str *why);
bool setting_grade(Wishes *wishes, Arena *arena, Str rule, Str severity, Str *why);
bool setting_size(uint64_t *size, Str text);
bool setting_version(unsigned *minor, Str text);

/* "info", "warning", "error"; ends at NULL. */
extern const char *const severity_names[];

#endif
