/* Fixtures are looked for as pytest does: in the class, in the file, then in the conftest.py of its directory and of those above. */
#include "program/fixtures.h"

#include "program/basis.h"
#include "program/types_internal.h"

enum { CONFTESTS_MOST = 16, IMPORTS_DEEPEST = 3 };

/* What a decorator is called by, with or without arguments. */
static Str decorator_name(const Summary *summary, TermId decorator)
{
    const Term *t = term_at(&summary->terms, decorator);
    if (t->op == TERM_CALL)
        t = term_at(&summary->terms, t->a);
    return t->op == TERM_NAME ? terms_text_of(&summary->terms, t->a) : STR("");
}

static bool is_fixture(Program *program, Ref function)
{
    const Summary *summary = program_file(program, function.file);
    Piece decorators = program_function(program, function)->decorators;
    rests_on_function(program, THING_SIGNATURE, function);
    for (uint32_t i = 0; i < decorators.count; i++) {
        Str name = decorator_name(summary, summary->parts.items[decorators.first + i]);
        if (str_is(name, "pytest.fixture") || str_is(name, "pytest_asyncio.fixture") || str_is(name, "pytest.yield_fixture"))
            return true;
    }
    return false;
}

/* Whether decorators leave the parameters to fixtures: `parametrize` fills some by itself (not that one: is_other), and of others nobody
 * knows. */
static bool leave_parameters(const Summary *summary, Piece decorators, bool is_other)
{
    for (uint32_t i = 0; i < decorators.count; i++) {
        Str name = decorator_name(summary, summary->parts.items[decorators.first + i]);
        if (!str_starts(name, STR("pytest")) || (!is_other && str_ends(name, STR(".parametrize"))))
            return false;
    }
    return true;
}

/* Whether pytest calls the function and fills that parameter. */
static bool is_filled(Program *program, Ref function, uint32_t number, bool is_other)
{
    const Summary *summary = program_file(program, function.file);
    const FunctionSummary *f = program_function(program, function);
    const Parameter *p = &summary->parameters.items[f->parameters.first + number];
    bool is_plain = (p->kind == PARAMETER_PLAIN || p->kind == PARAMETER_KEYWORD) && !p->has_default && !p->is_rebound;
    if (f->outer || !is_plain || (f->class_ && !number) || !leave_parameters(summary, f->decorators, is_other))
        return false;
    if (f->class_)
        rests_on_class(program, (Ref){ function.file, f->class_ - 1 });
    if (f->class_ && !leave_parameters(summary, summary->classes.items[f->class_ - 1].decorators, is_other))
        return false;
    return str_starts(terms_text_of(&summary->terms, f->name), STR("test")) || is_fixture(program, function);
}

/* What a module calls by that name, through imports of it by name. */
static bool fixture_in(Program *program, uint32_t file, Str name, unsigned depth, Ref *fixture)
{
    const Member *export = module_export(program, file, name);
    if (!export)
        return false;
    const Terms *terms = &program_file(program, file)->terms;
    const Term *t = term_at(terms, export->term);
    if (t->op == TERM_FUNCTION) {
        *fixture = (Ref){ file, t->a };
        return is_fixture(program, *fixture);
    }
    Str qualified = t->op == TERM_NAME ? terms_text_of(terms, t->a) : STR("");
    uint32_t dot = str_find_last(qualified, '.');
    if (dot >= qualified.n || depth == IMPORTS_DEEPEST)
        return false;
    bool is_relative = !dot || qualified.p[dot - 1] == '.';
    uint32_t home = module_find(program, file, str_slice(qualified, 0, dot + is_relative));
    return home != NO_FILE && fixture_in(program, home, str_slice(qualified, dot + 1, qualified.n), depth + 1, fixture);
}

/* Of a method: what its own class calls by that name. */
static bool fixture_in_class(Program *program, Ref function, Str name, Ref *fixture)
{
    const Summary *summary = program_file(program, function.file);
    uint32_t class_ = program_function(program, function)->class_;
    Piece body = class_ ? summary->classes.items[class_ - 1].body : (Piece){ 0, 0 };
    if (class_)
        rests_on_member(program, (Ref){ function.file, class_ - 1 }, name);
    for (uint32_t i = 0; i < body.count; i++) {
        const Member *member = &summary->members.items[body.first + i];
        const Term *t = term_at(&summary->terms, member->term);
        if (t->op == TERM_FUNCTION && str_equal(terms_text_of(&summary->terms, member->name), name)) {
            *fixture = (Ref){ function.file, t->a };
            return is_fixture(program, *fixture);
        }
    }
    return false;
}

/* NO_FILE: there is none. `up`: how many directories above that of the file. */
static uint32_t conftest_of(Program *program, uint32_t file, uint32_t up)
{
    char text[CONFTESTS_MOST + sizeof "conftest"];
    memset(text, '.', up + 1);
    memcpy(text + up + 1, "conftest", 8);
    return module_find(program, file, (Str){ text, up + 9 });
}

static Str parameter_name(const Program *program, Ref function, uint32_t number)
{
    const Summary *summary = program_file(program, function.file);
    return terms_text_of(&summary->terms, summary->parameters.items[program_function(program, function)->parameters.first + number].name);
}

static bool find_fixture(Program *program, Ref function, Str name, Ref *fixture)
{
    rests_on_function(program, THING_SIGNATURE, function);
    bool is_found = fixture_in_class(program, function, name, fixture) || fixture_in(program, function.file, name, 0, fixture);
    for (uint32_t up = 0; up < CONFTESTS_MOST; up++) {
        /* A fixture that takes one of its own name means that of further out. */
        if (is_found && !(fixture->file == function.file && fixture->number == function.number))
            break;
        uint32_t conftest = conftest_of(program, function.file, up);
        is_found = conftest != NO_FILE && fixture_in(program, conftest, name, 0, fixture);
    }
    return is_found;
}

bool fixture_of_parameter(Program *program, Ref function, uint32_t number, Ref *fixture)
{
    return is_filled(program, function, number, false) && find_fixture(program, function, parameter_name(program, function, number), fixture);
}

bool fixture_of_parameter_in(Program *program, Ref function, uint32_t number, uint32_t file, Ref *fixture)
{
    return is_filled(program, function, number, true) && fixture_in(program, file, parameter_name(program, function, number), 0, fixture);
}

TermId fixture_gives(const Program *program, Ref fixture)
{
    const FunctionSummary *f = program_function(program, fixture);
    return f->flags & FUNCTION_GENERATOR ? f->yields : f->result;
}

/* ---- Fixtures that are not there ---- */

/* Whether the file, or a conftest.py that counts for it, has something of that name. */
static bool is_around(Program *program, uint32_t file, Str name)
{
    bool is_there = module_export(program, file, name) != NULL;
    for (uint32_t up = 0; up < CONFTESTS_MOST && !is_there; up++) {
        uint32_t conftest = conftest_of(program, file, up);
        is_there = conftest != NO_FILE && module_export(program, conftest, name);
    }
    return is_there;
}

/* By `@pytest.fixture` without arguments, which could give it another name. */
static bool is_plain_fixture(Program *program, Ref function)
{
    const Summary *summary = program_file(program, function.file);
    Piece decorators = program_function(program, function)->decorators;
    return decorators.count == 1 && term_at(&summary->terms, summary->parts.items[decorators.first])->op == TERM_NAME;
}

bool fixture_is_missing(Program *program, Ref function)
{
    uint32_t count = program_function(program, function)->parameters.count;
    for (uint32_t i = 0; i < count; i++) {
        Str name = parameter_name(program, function, i);
        Ref fixture;
        bool is_marked = name.n > 1 && name.p[0] == '_' && is_filled(program, function, i, false);
        if (!is_marked || find_fixture(program, function, name, &fixture) || is_around(program, function.file, name))
            continue;
        bool is_meant = find_fixture(program, function, str_slice(name, 1, name.n), &fixture) && is_plain_fixture(program, fixture);
        if (is_meant && !is_around(program, function.file, STR("pytest_generate_tests")))
            return true;
    }
    return false;
}
