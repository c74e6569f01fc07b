/* Which settings hold where. A file's settings are those of the nearest `.awry.toml`, `awry.toml` or `pyproject.toml` with
 * a table [tool.awry], in its directory or above it, up to the repository that it is in; nothing is merged with
 * what stands further up, unless the file says `extend = "..."`.
 *
 * A folder is looked at once and remembered; a file costs a match of its name against the patterns of per-path. */
#ifndef AWRY_ENGINE_CONFIG_H
#define AWRY_ENGINE_CONFIG_H

#include "engine/ignore.h"
#include "engine/settings.h"

typedef struct ConfigOptions {
    Settings given;           /* what options set; settings_init first */
    const char *file;         /* the one file for all (`--config FILE`); NULL: the nearest */
    Words values;             /* `--config KEY=VALUE` */
    bool is_isolated;         /* no file is read */
    const char *project_root; /* NULL: not given. Nothing above it is looked at */
} ConfigOptions;

typedef struct Configs Configs;
typedef struct Config Config; /* one file's settings, with those of the options on top */

/* What is known of a directory. */
typedef struct Folder {
    Config *config;
    Str root;  /* real: the nearest directory with .git, pyproject.toml or awry.toml; NULL in .p: there is none */
    Str top;   /* real: the repository, or the project root of the options; NULL in .p: there is none */
    Str below; /* from the directory of the config to here, with a slash at its end; empty: it is here */
    uint64_t matched; /* the patterns of per-path that hold for all that is in here */
    unsigned minor;   /* of requires-python; 0: unknown */
    Str minor_origin;
    uint32_t old_libraries; /* of library_majors: the project asks for versions before that one only */
} Folder;

/* What holds for a file: one for all files for which the same holds. Read by all threads. */
typedef struct FileRules {
    RuleSet set;
    unsigned target_minor;
    uint32_t old_libraries; /* see Folder */
    Severity min_severity;
    const Config *config;
    uint64_t matched;
    bool is_muffled; /* the profile `tests` holds */
} FileRules;

/* Reads what the options name at once; everything in the arena. Mistakes go to configs_messages. */
Configs *configs_new(Arena *arena, const ConfigOptions *options);

/* What was wrong with the files that were read so far: `path:row:column: what`. */
const Messages *configs_messages(const Configs *configs);

/* While it is mute, mistakes in files that are read now are left out of the messages. */
void configs_mute(Configs *configs, bool is_mute);

/* The settings for what a run has once (fail-on, limits, output): of the working directory's file, else of the one of the
 * first path. `name` is that of standard input; NULL: none. */
const Settings *configs_main(Configs *configs, const char *const *paths, size_t count, const char *name);

/* The folder with the real path `real` ("" is "/"); what is above is looked at too. */
const Folder *configs_folder(Configs *configs, Str real);

/* A folder inside of another one. `has_files`: a configuration file or a pyproject.toml is in it, `is_repository`: .git. */
const Folder *configs_inside(
    Configs *configs, const Folder *above, Str real, Str name, bool has_files, bool is_repository);

/* What holds for the file `name` in the folder. */
const FileRules *configs_rules(Configs *configs, const Folder *folder, Str name);

/* The folder of a path (itself, when it is one), and what holds for it, for a path that need not be there, as the name of standard input; NULL: a file of the working directory. */
const Folder *configs_folder_of(Configs *configs, const char *path);
const FileRules *configs_rules_of(Configs *configs, const char *path);

/* What the configuration's exclude and extend-exclude say of an entry of the folder. */
IgnoreVerdict configs_verdict(const Folder *folder, Arena *scratch, Str name, bool is_directory);

/* The same for the directories from the configuration's down to the folder itself. */
bool configs_leaves_out(const Folder *folder);

/* The real path of `--project-root`; NULL in .p when it was not given. */
Str configs_project_root(const Configs *configs);

const Settings *config_settings(const Config *config);
Str config_file(const Config *config); /* as shown; empty: none */

/* The names that a directory is looked through for. */
bool config_is_file(Str name);

#endif
