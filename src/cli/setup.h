/* What every command over a project makes of its options: what is walked, which environment, whether there are colours. */
#ifndef AWRY_CLI_SETUP_H
#define AWRY_CLI_SETUP_H

#include <stdio.h>

#include "cli/options.h"
#include "engine/run.h"

/* Excludes of the configuration are the configuration's business, those of options the walk's. In the arena. */
WalkOptions setup_walk(const Options *options, Configs *configs, const Settings *settings, Arena *arena);

/* The environment of the first path; NULL when there is none. False: the one that was asked for is none, which has been said. */
bool setup_environment(Environment **environment, const Options *options, Configs *configs, const Settings *settings, Arena *arena);

/* Says what is wrong with the configuration on standard error; false when something is. */
bool setup_is_right(const Configs *configs);

/* What the user says, then the environment's habits, then whether somebody looks. */
bool setup_wants_color(ColorWhen when, FILE *out);

#endif
