/* One text at work: read, scanned, parsed, and looked at by the rules; what is wrong with the input becomes findings, limits
 * are kept. For the run over many files and for the session over open ones.
 *
 *   job_start(&job);
 *   if (job_read(&job) && job_parse(&job)) ... job_check(&job);
 *   job_finish(&job);                                  findings in job.pass.findings, sorted */
#ifndef AWRY_ENGINE_JOB_H
#define AWRY_ENGINE_JOB_H

#include "engine/walk.h"
#include "finding/pass.h"

typedef struct Timings { /* seconds of CPU, summed over the threads */
    double walk, cache, read, scan, parse, flatten, bind, summary, link, rules, sort;
} Timings;

typedef struct JobLimits { /* all set: see job_limits */
    uint64_t max_size;   /* bytes of the file */
    uint64_t max_memory; /* bytes; 0: by the size of the file */
    double max_seconds;
} JobLimits;

typedef struct Job {
    /* Given: */
    const WalkFile *file;    /* NULL: the text is given */
    Str path;                /* as the findings name it; NUL-terminated */
    bool is_buffer;          /* the text is an editor's: UTF-8, whatever a coding cookie says */
    const FileRules *rules;  /* NULL: without configuration */
    const RuleSet *set;      /* without configuration */
    const Sources *sources;  /* may be NULL */
    JobLimits limits;
    bool ignore_suppressions;
    bool check_broken;       /* findings count in a file that cannot be compiled or imported, too; in a buffer they always do */
    bool reads_sync;         /* it is parsed without async words, too, for the rules that look at such files */
    Arena *arena, *scratch;  /* of the module and of its parser; they get budgets for the time of the calls below */
    Arena *text;             /* of what the parser alone needs of the scan, and of the Summary; NULL: `arena` */
    Arena *shared;           /* of what rules ask and others use as well; gets a budget beyond what it holds. May be NULL */
    Arena *out;              /* of the findings */
    Timings *timings;        /* NULL: nobody wants to know */
    /* Made: */
    Str content;             /* given, when there is no file: 16 zero bytes behind */
    Module *module;          /* of job_parse; NULL: none */
    Summary *summary;        /* of job_summarize */
    Pass pass;
    bool is_read;            /* it is a text, scanned to its end */
    bool is_parsed;          /* the module has a tree that can be asked */
    bool is_complete;        /* and all of it could be analysed, as far as it came */
    bool has_failed, is_limited;
    bool is_broken;          /* Python does not compile it */
    bool is_stranded;        /* an import of its own fails; asked only when something was found */
    uint32_t async_functions, suppressed;
    uint32_t withheld;       /* findings that are held back, because the code that they are about never runs */
    uint64_t bytes;          /* of what was read */
    double clock;            /* CPU time of the thread at the end of the last phase */
} Job;

/* Zeros are replaced by defaults: 4 MiB, 10 s. */
JobLimits job_limits(uint64_t max_size, uint64_t max_memory, double max_seconds);

void job_start(Job *job);

/* The content of the file. False: it could not be read, and a finding says why. */
bool job_read(Job *job);

/* Scans; parses when the rules or (`for_facts`) others can want something of it. False: there is no more to do than job_finish. */
bool job_parse(Job *job, bool for_facts);

/* Makes job->summary of a module that is parsed. False: it needs too much. */
bool job_summarize(Job *job);

/* The rules over the module, which has been attached to its Program (ask.h); then what comments suppress. */
void job_check(Job *job);

/* Suppression comments of a file that no rule looks at. */
void job_suppress(Job *job);

/* Grades and sorts the findings, and holds back those of a file that can never run. */
void job_finish(Job *job);

/* Bytes for people: "4 MiB". In `out`. */
Str job_size_text(Job *job, uint64_t bytes);

#endif
