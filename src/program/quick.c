#include "program/quick.h"

#include "facts/families.h"
#include "facts/quick.h"
#include "program/effects_internal.h"

/* ---- Places ---- */

const FunctionSummary *site_function(Program *program, Ref function)
{
    const Summary *file = program_file(program, function.file);
    return function.number < file->functions.count ? &file->functions.items[function.number] : NULL;
}

CallSite site_of_step(Program *program, const Step *step)
{
    const Summary *file = program_file(program, step->function.file);
    bool is_known = step->call < file->calls.count;
    return (CallSite){ program, step->function, is_known ? &file->calls.items[step->call] : NULL };
}

static const Summary *file_of(const CallSite *site)
{
    return program_file(site->program, site->function.file);
}

/* ---- Sockets ---- */

static bool is_quick_socket(const Summary *file, const Api *api)
{
    Str owner = api_owner(api), last = api_last(api);
    bool is_socket = str_is(owner, "socket.socket") || str_is(owner, "ssl.SSLSocket") || str_is(last, "sendfile");
    if (!is_socket)
        return false;
    bool sends = str_starts(last, STR("send")) || str_starts(last, STR("connect"));
    return (file->traits & TRAIT_SOCKETS_DO_NOT_WAIT) || (sends && (file->traits & TRAIT_SOCKETS_SEND_AT_ONCE));
}

/* ---- Queues, processes, futures ---- */

static bool is_put(const Api *api)
{
    return str_is(api_last(api), "put") && api_family(api) == FAMILY_THREAD_PRIMITIVE;
}

static bool is_of_future(const Api *api)
{
    return str_is(api_owner(api), "concurrent.futures.Future");
}

static bool is_result(const Api *api)
{
    return is_of_future(api) && (str_is(api_last(api), "result") || str_is(api_last(api), "exception"));
}

/* Which questions about its object say that a call of it will not wait; 0 when there is nothing of the sort. */
static uint32_t questions_about(const Api *api)
{
    Family family = api_family(api);
    if (family == FAMILY_PROCESS_WAIT)
        return ABOUT_PROCESS;
    if (family == FAMILY_THREAD_PRIMITIVE && str_is(api_last(api), "get"))
        return ABOUT_QUEUE;
    return is_result(api) ? ABOUT_FUTURE : 0;
}

bool call_is_asked_about(Program *program, Ref function, uint32_t at, const CallSite *leaf, const Api *api)
{
    const FunctionSummary *asker = site_function(program, function);
    uint32_t about = leaf->call && leaf->call->object ? questions_about(api) : 0;
    if (!about || !asker)
        return false;
    Str object = terms_text_of(&file_of(leaf)->terms, leaf->call->object);
    return function_asks(program_file(program, function.file), asker, object, about, at);
}

/* ---- By the arguments ---- */

/* psutil.cpu_percent() compares with the call before; only with an interval it waits. */
static bool is_without_interval(const CallSite *site, const Api *api)
{
    if (!str_is(api_package(api), "psutil") || !str_starts(api_last(api), STR("cpu_")))
        return false;
    const Summary *file = file_of(site);
    const Argument *first = call_arguments(file, site->call);
    if (!first)
        return true;
    Str keyword = terms_text_of(&file->terms, first->keyword), value = terms_text_of(&file->terms, first->value);
    bool is_other = keyword.n && keyword.p[0] != '*' && !str_is(keyword, "interval");
    return is_other || str_is(value, "None") || str_is(value, "0");
}

/* What an expression is surely an instance of, None aside; an empty Type when it is none. */
static Type instances_of(const CallSite *site, TermId term)
{
    Program *program = site->program;
    TypeId id = term ? type_eval(program, site->function.file, term) : 0;
    Type type = id ? type_get(program, type_without_none(program, id)) : (Type){ NULL, 0 };
    for (uint32_t i = 0; i < type.count; i++) {
        if (type.atoms[i].kind != ATOM_INSTANCE)
            return (Type){ NULL, 0 };
    }
    return type;
}

/* The row of the class, when all that it can be is in the tables. */
static const Api *class_of(Type type)
{
    for (uint32_t i = 0; i < type.count; i++) {
        if (!type.atoms[i].api)
            return NULL;
    }
    return type.count ? type.atoms[0].api : NULL;
}

static bool is_open_file(Program *program, Type type)
{
    for (uint32_t i = 0; i < type.count; i++) {
        const Atom *atom = &type.atoms[i];
        bool is_file = atom->is_project ? class_derives_api(program, atom->ref, "io.IOBase")
                       : atom->api      ? api_is_a(atom->api, "io.IOBase")
                                        : str_is(atom->name, "io.IOBase");
        if (!is_file)
            return false;
    }
    return type.count > 0;
}

/* What is opened from or written to memory: `ZipFile(BytesIO(data))`, `image.save(BytesIO())`. What would open a file, and is given one
 * that is open, does not open it: `PdfReader(file)`. */
static bool is_given_file(const CallSite *site, const Api *api)
{
    if (api_family(api) != FAMILY_OPEN && api_family(api) != FAMILY_FILE_IO)
        return false;
    Piece given = site->call->given;
    for (uint32_t i = 0; i < given.count; i++) {
        Type type = instances_of(site, file_of(site)->parts.items[given.first + i]);
        const Api *class_ = class_of(type);
        if (api->weight == WEIGHT_USUALLY && is_open_file(site->program, type))
            return true;
        if (class_ && (str_is(api_last(class_), "BytesIO") || str_is(api_last(class_), "StringIO")))
            return true;
    }
    return false;
}

/* Clients for tests ask an application in the same process. */
static bool is_of_test_client(const CallSite *site, const Api *api)
{
    if (api_family(api) != FAMILY_HTTP_CLIENT)
        return false;
    if (site->call->quick & QUICK_TEST_CLIENT)
        return true;
    const Term *callee = term_at(&file_of(site)->terms, site->call->term);
    const Api *class_ = callee->op == TERM_ATTRIBUTE ? class_of(instances_of(site, callee->a)) : NULL;
    return class_ && str_is(api_last(class_), "TestClient");
}

/* A connection of which nobody knows more than that it was given is asked about where it comes from. */
static bool is_in_memory(const CallSite *site, const Api *api)
{
    if (!str_is(api_package(api), "sqlite3"))
        return false;
    return (site->call->quick & QUICK_IN_MEMORY) || call_is_in_memory(site->program, site->function, site->call, api, NULL);
}

/* ---- Answers ---- */

/* Of a call whose place is no call, a `with` or a `for`, or that nothing is known of. */
static bool is_quick_kind(const Api *api)
{
    return is_put(api) || is_of_future(api);
}

bool call_is_quick(const CallSite *site, const Api *api)
{
    if (is_quick_socket(file_of(site), api))
        return true;
    const CallSummary *call = site->call;
    if (!call || (call->quick & QUICK_NO_CALL))
        return is_quick_kind(api);
    return (is_put(api) && !(call->quick & QUICK_BOUNDED)) || (is_result(api) && (call->quick & QUICK_DONE)) ||
           (api->hazard == HAZARD_DNS && (call->quick & QUICK_NUMERIC)) ||
           (api->hazard == HAZARD_NETWORK && (call->quick & QUICK_DATA)) ||
           is_in_memory(site, api) ||
           call_is_asked_about(site->program, site->function, call->at.begin, site, api) ||
           (call->kind == CALL_PLAIN && is_without_interval(site, api)) || is_of_test_client(site, api) ||
           is_given_file(site, api);
}

/* A pattern without `**` lists the directories that it names, and no more; for the functions of glob `**` says something with
 * `recursive=` only. */
static bool lists_one_directory(const CallSite *site, const Api *api)
{
    Str last = api_last(api);
    if (!site->call || (!str_is(last, "glob") && !str_is(last, "iglob")))
        return false;
    if (str_is(api_package(api), "glob"))
        return !(site->call->quick & QUICK_RECURSIVE);
    return (site->call->quick & QUICK_FLAT) != 0;
}

bool call_is_short(const CallSite *site, const Api *api)
{
    return api->weight == WEIGHT_USUALLY || (api->hazard == HAZARD_TREE && lists_one_directory(site, api));
}
