/* Where a run's cache is, as the command line, the environment and the configuration say it. */
#ifndef AWRY_CLI_CLEAN_H
#define AWRY_CLI_CLEAN_H

#include "cli/options.h"
#include "engine/cache_place.h"

/* Of the working directory's project. `settings` are those of configs_main. In the arena. */
CachePlace cache_place_of_run(const Options *options, Configs *configs, const Settings *settings, Arena *arena);

#endif
