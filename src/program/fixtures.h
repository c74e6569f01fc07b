/* pytest's fixtures: a parameter of a test, or of another fixture, holds what the fixture of its name gives. */
#ifndef AWRY_PROGRAM_FIXTURES_H
#define AWRY_PROGRAM_FIXTURES_H

#include "program/program.h"

/* The fixture that pytest fills a parameter from. False: none that is known, or the function is neither a test nor a fixture. */
bool fixture_of_parameter(Program *program, Ref function, uint32_t number, Ref *fixture);

/* The same, where it is known to come from that file: of plugins the way is not known. */
bool fixture_of_parameter_in(Program *program, Ref function, uint32_t number, uint32_t file, Ref *fixture);

/* The term of what a fixture gives, in its file; 0: unknown. */
TermId fixture_gives(const Program *program, Ref fixture);

/* Whether a test surely asks for a fixture that is nowhere, so that pytest does not run it: for `_store`, where there is `store`. */
bool fixture_is_missing(Program *program, Ref test);

#endif
