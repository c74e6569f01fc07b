/* A project without a run: all its files are read and linked, no rule looks at them. For those who ask one Program a question.
 *
 *   Survey survey;
 *   if (survey_take(&survey, &arena, &options, paths, count)) ... program_new(&arena, project_files(survey.project)) ...
 *   survey_release(&survey);
 *
 * What the Program answers is what a run over the same files goes by. The cache of the last run is used when there is one, and never
 * written. */
#ifndef AWRY_ENGINE_SURVEY_H
#define AWRY_ENGINE_SURVEY_H

#include "engine/project.h"
#include "engine/run.h"
#include "engine/warm.h"

typedef struct Survey {
    FileList list;    /* the files of the projects around the paths, is_asked those that the paths cover */
    Project *project; /* settled */
    Warm *warm;
    struct SurveyWorker *workers;
    unsigned worker_count;
    RuleSet set;
    JobLimits limits;
} Survey;

/* False: a configuration is wrong somewhere (configs_messages says how), and nothing was read. Of the options the rules and the
 * reports do not matter. In the arena. */
bool survey_take(Survey *survey, Arena *arena, const RunOptions *options, const char *const *paths, size_t path_count);

/* Loads the files that a run would load when somebody asks for them: those without async words. Questions about all callers of a
 * function want them. */
void survey_load_rest(Survey *survey);

/* After survey_take, whatever it gave; Programs go before. */
void survey_release(Survey *survey);

#endif
