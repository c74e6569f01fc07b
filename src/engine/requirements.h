/* Which versions of a library a project asks for. */
#ifndef AWRY_ENGINE_REQUIREMENTS_H
#define AWRY_ENGINE_REQUIREMENTS_H

#include "facts/api.h"

/* What one file says of a library. */
typedef enum Demand {
    DEMAND_NONE,  /* nothing of its versions */
    DEMAND_OLDER, /* versions before a major one only: "aiohttp<3", "aiohttp==2.3.10", "aiohttp~=2.3" */
    DEMAND_NEWER, /* that one, or a later one, at least: "aiohttp>=3.1" */
} Demand;

/* What a text demands of the versions of `library`: a file of requirements, setup.py, setup.cfg, pyproject.toml, Pipfile, whatever its syntax. Version
 * specifiers (PEP 440, and the `^` of Poetry) are read where they follow the name, to the end of the line or the string. Of several the newest counts. */
Demand requirement_in(Str text, const char *library, unsigned major);

/* The same of the files of a directory in which requirements are usually written down, for each of library_majors. Files that are not there, or are
 * no text of less than 1 MiB, say nothing. */
void requirements_of(Arena *arena, Str directory, Demand demands[LIBRARY_MAJORS]);

#endif
