#include "facts/quick.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "facts/data_urls.h"
#include "facts/families.h"
#include "facts/summary_make.h"
#include "facts/traits.h"

enum {
    OBJECT_LONGEST = 80,   /* bytes of a text that is compared */
    ARGUMENTS_LONGEST = 400,
    QUESTIONS_MOST = 64,   /* of a function */
    ASKED_ABOUT_MOST = 16, /* arguments of one question */
    GIVEN_MOST = 6,        /* arguments of one call */
    OUTER_MOST = 100,      /* functions around a question: as deep as Python indents */
};

/* What the last name of a callee says. */
enum {
    WORD_SEEN = 1,
    WORD_OBJECT = 2, /* a question about its object may have been asked */
    WORD_PUT = 4,
    WORD_RESULT = 8,
    WORD_GLOB = 16,
    WORD_FILE = 32,
};

/* Names without which a file need not be searched for what they stand for. */
enum {
    HINT_NUMERIC = 1,
    HINT_CONNECTION = 2,
    HINT_TEST_CLIENT = 4,
    HINT_AS_COMPLETED = 8,
    HINT_CALLBACK = 16,
    HINT_HOST = 32,
    HINT_URL = 64,
};

/* ---- The file ---- */

static bool has_name(const Module *module, const char *name)
{
    return names_find(&module->names, str_of(name)) != 0;
}

static bool has_name_of(const Module *module, const char *const *names)
{
    for (; *names; names++) {
        if (has_name(module, *names))
            return true;
    }
    return false;
}

static uint32_t traits_of(const Module *module)
{
    static const char *const waiting[] = { "MSG_DONTWAIT", "SOCK_NONBLOCK", "add_reader", "add_writer", "select",
        "selectors", "set_blocking", "setblocking", "settimeout", "sock_accept", "sock_connect", "sock_recv",
        "sock_recv_into", "sock_recvfrom", "sock_recvfrom_into", "sock_sendall", "sock_sendfile", "sock_sendto", NULL };
    static const char *const sending[] = { "AF_CAN", "AF_NETLINK", "AF_PACKET", "AF_UNIX", "SOCK_DGRAM", "SOCK_RAW",
        NULL };
    bool makes_sync = has_name(module, "setattr") && has_name(module, "iscoroutinefunction") &&
                      (has_name(module, "run_until_complete") || has_name(module, "run_coroutine_threadsafe") ||
                          has_name(module, "async_to_sync"));
    bool is_broken = module->tree.troubles.count || module->scan.troubles.count;
    return (is_broken ? TRAIT_BROKEN : 0u) | (module->refusals.count || module->waits_at_top ? TRAIT_REFUSED : 0u) |
           (makes_sync ? TRAIT_MAKES_METHODS_SYNC : 0u) | (has_name_of(module, waiting) ? TRAIT_SOCKETS_DO_NOT_WAIT : 0u) |
           (has_name_of(module, sending) ? TRAIT_SOCKETS_SEND_AT_ONCE : 0u);
}

static bool contains(Str text, Str piece)
{
    for (uint32_t i = 0; i + piece.n <= text.n; i++) {
        if (text.p[i] == piece.p[0] && str_starts(str_slice(text, i, text.n), piece))
            return true;
    }
    return false;
}

static bool has_numeric(const Module *module)
{
    static const char *const names[] = { "AI_NUMERICHOST", "AI_NUMERICSERV", "NI_NUMERICHOST", "NI_NUMERICSERV", NULL };
    return has_name_of(module, names);
}

static const char *const host_words[] = { "getaddrinfo", "gethostbyname", "gethostbyname_ex", NULL };

static uint32_t hints_of(const Module *module)
{
    return (has_name_of(module, host_words) ? HINT_HOST : 0u) | (has_numeric(module) ? HINT_NUMERIC : 0u) |
           (has_name(module, "connect") || has_name(module, "Connection") ? HINT_CONNECTION : 0u) |
           (has_name(module, "TestClient") ? HINT_TEST_CLIENT : 0u) | (has_name(module, "urlopen") ? HINT_URL : 0u) |
           (has_name(module, "as_completed") ? HINT_AS_COMPLETED : 0u) |
           (has_name(module, "add_done_callback") ? HINT_CALLBACK : 0u);
}

typedef struct Asking {
    const char *word;
    uint32_t about;
} Asking;

/* What an object is asked to know that a call of it will not wait. */
static const Asking askings[] = {
    /* `while not q.empty(): q.get()`: only this thread takes things out. */
    { "empty", ABOUT_QUEUE },
    { "qsize", ABOUT_QUEUE },
    /* A process that has been polled, or has closed its pipes, is over or was found to be. */
    { "poll", ABOUT_PROCESS },
    { "communicate", ABOUT_PROCESS },
    { "done", ABOUT_FUTURE },
    { "wait", ABOUT_FUTURE },
    { "wrap_future", ABOUT_FUTURE },
    { "as_completed", ABOUT_FUTURE },
    { "add_done_callback", ABOUT_FUTURE },
};

void quick_begin(Maker *m)
{
    m->words = arena_array(m->arena, uint8_t, m->module->names.count + 1);
    m->summary->traits = traits_of(m->module) | traits_of_expressions(m->module);
    m->hints = hints_of(m->module);
    for (size_t i = 0; i < sizeof askings / sizeof *askings; i++) {
        NameId id = names_find(&m->module->names, str_of(askings[i].word));
        if (id)
            m->marks[id] |= MARK_QUESTION;
    }
}

/* ---- What an object was made by ---- */

Node only_value(Node n)
{
    const Module *module = n.module;
    Node none = node_at(module, 0);
    const Binding *binding = NULL;
    if (node_kind(n) == PY_IDENTIFIER)
        binding = scope_resolve(node_scope(n), module, node_data(n)->name);
    else if (node_kind(n) == PY_ATTRIBUTE)
        binding = attribute_binding(module, node_data(node_field(n, F_ATTRIBUTE))->name);
    if (!binding || binding->sites.count != 1)
        return none;
    if (binding->sites.items[0].kind == SITE_WITH)
        return node_at(module, binding->sites.items[0].value);
    Node target = node_at(module, binding->sites.items[0].node);
    Node assignment = node_parent(target);
    bool is_assigned = node_kind(assignment) == PY_ASSIGNMENT && node_role(target) == F_LEFT;
    return is_assigned ? node_field(assignment, F_RIGHT) : none;
}

/* The object of `object.method(...)`. */
static Node receiver(Node call)
{
    return node_unparenthesized(node_field(node_field(call, F_FUNCTION), F_OBJECT));
}

static Node last_name(Node callee)
{
    return node_kind(callee) == PY_ATTRIBUTE ? node_field(callee, F_ATTRIBUTE) : callee;
}

/* Queues wait to take something in only when they have a bound: `Queue(10)`, `Queue(maxsize=n)`. Unknown is no. */
static bool is_put_with_bound(Node call)
{
    Node made = only_value(receiver(call));
    if (node_kind(made) != PY_CALL)
        return false;
    Node first = node_first(node_field(made, F_ARGUMENTS));
    if (node_kind(first) == PY_KEYWORD_ARGUMENT)
        first = node_field(first, F_VALUE);
    bool is_dynamic = node_kind(first) == PY_LIST_SPLAT || node_kind(first) == PY_DICTIONARY_SPLAT;
    Str bound = node_text(first);
    return !node_is_null(first) && !is_dynamic && !str_is(bound, "0") && !str_starts(bound, STR("-"));
}

/* `for f in as_completed(fs): f.result()`; a callback gets a future that is done. */
static bool is_given_when_done(const Maker *m, Node future)
{
    if (node_kind(future) != PY_IDENTIFIER || !(m->hints & (HINT_AS_COMPLETED | HINT_CALLBACK)))
        return false;
    const Binding *binding = scope_resolve(node_scope(future), future.module, node_data(future)->name);
    SiteKind kind = binding && binding->sites.count ? binding->sites.items[0].kind : SITE_ASSIGN;
    bool is_given = kind == SITE_FOR || kind == SITE_PARAMETER;
    if (!is_given || !(m->hints & (kind == SITE_FOR ? HINT_AS_COMPLETED : HINT_CALLBACK)))
        return false;
    for (uint32_t i = 1; i < binding->sites.count; i++) {
        if (kind != SITE_FOR || binding->sites.items[i].kind != SITE_FOR)
            return false;
    }
    return true;
}

bool names_memory(Str literal, bool is_uri)
{
    bool is_string = literal.n > 2 && (literal.p[0] == '"' || literal.p[0] == '\'') && literal.p[literal.n - 1] == literal.p[0];
    Str text = is_string ? str_slice(literal, 1, literal.n - 1) : STR("");
    if (str_is(text, ":memory:"))
        return true;
    return is_uri && (str_starts(text, STR("file::memory:")) ||
                         (str_starts(text, STR("file:")) && contains(text, STR("mode=memory"))));
}

static bool is_memory(Node n)
{
    return node_kind(n) == PY_STRING && names_memory(node_text(n), false);
}

/* Behind `str(x)`, `Path(x)`. */
static Node unwrapped(Node n)
{
    n = node_unparenthesized(n);
    Node arguments = node_kind(n) == PY_CALL ? node_field(n, F_ARGUMENTS) : node_at(n.module, 0);
    Node first = node_first(arguments);
    Str name = arguments.id ? node_text(last_name(node_field(n, F_FUNCTION))) : STR("");
    bool is_wrapped = str_is(name, "str") || str_is(name, "Path") || str_is(name, "fspath");
    bool is_plain = node_kind(arguments) == PY_ARGUMENT_LIST && node_count(arguments) == 1 &&
                    (node_kind(first) == PY_IDENTIFIER || node_kind(first) == PY_ATTRIBUTE);
    return is_wrapped && is_plain ? first : n;
}

Node memory_asked(Node conditional, Node *other)
{
    Node none = node_at(conditional.module, 0);
    Node test = node_kind(conditional) == PY_CONDITIONAL_EXPRESSION ? node_unparenthesized(node_child(conditional, 1)) : none;
    if (node_kind(test) != PY_COMPARISON_OPERATOR || node_count(test) != 3)
        return none;
    Str operator= node_text(node_field(test, F_OPERATORS));
    Node left = node_child(test, 0), right = node_child(test, 2);
    bool is_equal = str_is(operator, "==");
    if ((!is_equal && !str_is(operator, "!=")) || is_memory(left) == is_memory(right))
        return none;
    Node asked = unwrapped(is_memory(left) ? right : left);
    Node taken = unwrapped(node_child(conditional, is_equal ? 0 : 2));
    *other = node_unparenthesized(node_child(conditional, is_equal ? 2 : 0));
    return is_memory(taken) || str_equal(node_text(taken), node_text(asked)) ? asked : none;
}

Node memory_decider(Node path)
{
    enum { NESTED_MOST = 8 };
    for (int i = 0; i < NESTED_MOST && node_kind(path) == PY_CONDITIONAL_EXPRESSION; i++) {
        Node other, asked = memory_asked(path, &other);
        Node first = node_unparenthesized(node_child(path, 0)), last = node_unparenthesized(node_child(path, 2));
        if (!asked.id && !is_memory(first) && !is_memory(last))
            return path;
        path = asked.id ? asked : is_memory(first) ? last : first;
    }
    return path;
}

/* The first argument, or that of the name `database`. */
static bool is_connect_in_memory(Node call)
{
    bool is_uri = false;
    Node path = node_at(call.module, 0), first = node_first(node_field(call, F_ARGUMENTS));
    for (Node n = first; n.id; n = node_next(n)) {
        Str keyword = node_kind(n) == PY_KEYWORD_ARGUMENT ? node_text(node_field(n, F_NAME)) : STR("");
        is_uri |= str_is(keyword, "uri");
        if (str_is(keyword, "database") || (!keyword.n && n.id == first.id))
            path = keyword.n ? node_field(n, F_VALUE) : n;
    }
    path = memory_decider(node_unparenthesized(path));
    Node value = node_kind(path) == PY_IDENTIFIER ? only_value(path) : node_at(call.module, 0);
    path = value.id ? memory_decider(value) : path;
    return node_kind(path) == PY_STRING && names_memory(node_text(path), is_uri);
}

/* `urlopen(url)`, or what is done with what it gives. */
static bool is_of_data(Node call)
{
    Node object = receiver(call);
    return opens_data(call) || opens_data(object) || opens_data(only_value(object));
}

static bool is_of_test_client(Node call)
{
    Node made = only_value(receiver(call));
    return node_kind(made) == PY_CALL && str_is(node_text(last_name(node_field(made, F_FUNCTION))), "TestClient");
}

static bool says_numeric(Node call)
{
    Str arguments = node_text(node_field(call, F_ARGUMENTS));
    return arguments.n <= ARGUMENTS_LONGEST && contains(arguments, STR("NUMERIC"));
}

uint8_t names_address(Str literal)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    bool is_string = literal.n > 2 && (literal.p[0] == '"' || literal.p[0] == '\'') && literal.p[literal.n - 1] == literal.p[0];
    if (!is_string || literal.n - 2 >= sizeof text)
        return 0;
    memcpy(text, literal.p + 1, literal.n - 2);
    text[literal.n - 2] = '\0';
    return inet_pton(AF_INET, text, address) == 1 ? 4 : inet_pton(AF_INET6, text, address) == 1 ? 6 : 0;
}

uint8_t address_of(Node n)
{
    n = node_unparenthesized(n);
    Node value = only_value(n);
    n = value.id ? value : n;
    return node_kind(n) == PY_STRING ? names_address(node_text(n)) : 0;
}

/* `gethostbyname("127.0.0.1")`: IPv6 is known to getaddrinfo alone. */
static bool is_given_address(Node call)
{
    Str name = node_text(last_name(node_field(call, F_FUNCTION)));
    Node first = node_first(node_field(call, F_ARGUMENTS));
    bool has_six = str_is(name, "getaddrinfo");
    if (!has_six && !str_starts(name, STR("gethostbyname")))
        return false;
    if (node_kind(first) == PY_KEYWORD_ARGUMENT && str_is(node_text(node_field(first, F_NAME)), "host"))
        first = node_field(first, F_VALUE);
    uint8_t version = address_of(first);
    return version == 4 || (version == 6 && has_six);
}

/* The text of the pattern: what a name stands for when one assignment says so. */
static Str pattern_of(Node call)
{
    Node first = node_first(node_field(call, F_ARGUMENTS));
    Node value = only_value(first);
    return node_text(node_is_null(value) ? first : value);
}

static uint32_t bits_of_glob(Node call)
{
    Str pattern = pattern_of(call);
    bool is_flat = contains(pattern, STR("*")) && !contains(pattern, STR("**"));
    bool is_recursive = contains(node_text(node_field(call, F_ARGUMENTS)), STR("recursive"));
    return (is_flat ? QUICK_FLAT : 0u) | (is_recursive ? QUICK_RECURSIVE : 0u);
}

/* ---- Names of callees ---- */

/* The last names of all rows that open, read or write a file; tests/test_quick.c holds them against the tables. */
static const char *const file_words[] = { "BZ2File", "DictReader", "Document", "FileIO", "FileInput", "GzipFile",
    "LZMAFile", "NamedTemporaryFile", "PdfReader", "PyZipFile", "Repo", "SentenceTransformer", "Serial", "TarFile",
    "TemporaryFile", "VideoCapture", "ZipFile", "__next__", "addfile", "checkcache", "client", "close", "cmp",
    "cmpfiles", "copy", "copy2", "copy_file_range", "copyfile", "copyfileobj", "create_client", "create_default_context",
    "create_head", "dump", "extract", "extractfile", "fdatasync", "fdopen", "fileConfig", "file_digest", "flush",
    "from_pretrained", "fsync", "genfromtxt", "get_data", "getline", "getlines", "getmember", "getmembers", "getnames",
    "grab", "imread", "imwrite", "input", "is_tarfile", "is_zipfile", "iterparse", "list", "load", "load_cert_chain",
    "load_config", "load_default_certs", "load_dh_params", "load_extension", "load_incluster_config",
    "load_kube_config", "load_verify_locations", "load_workbook", "loadtxt", "move", "netrc", "next", "nextfile", "open",
    "open_binary", "open_text", "parse", "peek", "pipeline", "posix_fallocate", "pread", "pwrite", "read", "read1",
    "read_binary", "read_bytes", "read_csv", "read_excel", "read_feather", "read_file", "read_fwf", "read_hdf",
    "read_html", "read_json", "read_mime_types", "read_orc", "read_parquet", "read_pickle", "read_sas", "read_spss",
    "read_stata", "read_table", "read_text", "read_xml", "readall", "reader", "readinto", "readinto1", "readline",
    "readlines", "readv", "reload", "resource", "revert", "rollover", "save", "savetxt", "savez", "savez_compressed",
    "sendfile", "serial_for_url", "set_default_verify_paths", "show", "splice", "sync", "to_csv", "to_excel",
    "to_feather", "to_hdf", "to_parquet", "to_pickle", "to_stata", "truetype", "truncate", "updatecache", "verify",
    "write", "write_bytes", "write_text", "writelines", "writestr", "writev" };

static int compare_word(const void *key, const void *word)
{
    return str_compare(*(const Str *)key, str_of(*(const char *const *)word));
}

bool may_be_of_file(Str last_name)
{
    return bsearch(&last_name, file_words, sizeof file_words / sizeof *file_words, sizeof *file_words, compare_word);
}

static uint8_t word_of(Str name)
{
    static const struct {
        const char *name;
        uint8_t word;
    } words[] = {
        { "communicate", WORD_OBJECT },
        { "exception", WORD_RESULT | WORD_OBJECT },
        { "get", WORD_OBJECT },
        { "glob", WORD_GLOB },
        { "iglob", WORD_GLOB },
        { "join", WORD_OBJECT },
        { "join_thread", WORD_OBJECT },
        { "put", WORD_PUT },
        { "result", WORD_RESULT | WORD_OBJECT },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_is(name, words[i].name))
            return words[i].word | WORD_SEEN;
    }
    if (str_starts(name, STR("wait")))
        return WORD_SEEN | WORD_OBJECT;
    return may_be_of_file(name) ? WORD_SEEN | WORD_FILE : WORD_SEEN;
}

/* Another name is on the way from the import to the call: `from zipfile import ZipFile as Archive`. */
static uint8_t word_of_import(const Summary *summary, TermId callee, Str name)
{
    Str qualified = terms_text_of(&summary->terms, term_at(&summary->terms, callee)->a);
    uint32_t dot = str_find_last(qualified, '.');
    Str last = dot < qualified.n ? str_slice(qualified, dot + 1, qualified.n) : qualified;
    return str_equal(last, name) ? 0 : word_of(last);
}

static uint8_t word_of_callee(Maker *m, Node callee, TermId term)
{
    NameId id = node_data(last_name(callee))->name;
    uint8_t word = 0;
    if (id) {
        if (!m->words[id])
            m->words[id] = word_of(names_text(&m->module->names, id));
        word = m->words[id];
    }
    bool is_import = node_kind(callee) == PY_IDENTIFIER && term_at(&m->summary->terms, term)->op == TERM_NAME;
    return is_import ? word | word_of_import(m->summary, term, node_text(callee)) : word;
}

/* ---- Calls ---- */

static TextId object_text(Maker *m, Node object)
{
    Str text = node_text(object);
    return text.n && text.n <= OBJECT_LONGEST ? maker_text(m, text) : 0;
}

/* Most are no queues: `d.get("key")`. */
static bool may_be_asked(Node call)
{
    return node_kind(node_first(node_field(call, F_ARGUMENTS))) != PY_STRING;
}

/* What is called by its whole name is known to open or write a file, or not to. */
static bool may_open_file(const Summary *summary, TermId callee)
{
    const Term *term = term_at(&summary->terms, callee);
    if (term->op != TERM_NAME)
        return callee != 0;
    Family family = api_family(api_find(terms_text_of(&summary->terms, term->a)));
    return family == FAMILY_OPEN || family == FAMILY_FILE_IO;
}

static Piece given_to(Maker *m, Node call)
{
    TermId terms[GIVEN_MOST];
    uint32_t count = 0;
    for (Node n = node_first(node_field(call, F_ARGUMENTS)); n.id && count < GIVEN_MOST; n = node_next(n)) {
        Node value = node_kind(n) == PY_KEYWORD_ARGUMENT ? node_field(n, F_VALUE) : n;
        terms[count] = summary_term(m->summary, value);
        count += terms[count] != 0;
    }
    Piece piece = { m->summary->parts.count, count };
    for (uint32_t i = 0; i < count; i++)
        *array_push(m->arena, &m->summary->parts) = terms[i];
    return piece;
}

static uint32_t bits_of(const Maker *m, Node call, uint8_t word)
{
    uint32_t bits = 0;
    if ((word & WORD_PUT) && is_put_with_bound(call))
        bits |= QUICK_BOUNDED;
    if ((word & WORD_RESULT) && is_given_when_done(m, receiver(call)))
        bits |= QUICK_DONE;
    if (word & WORD_GLOB)
        bits |= bits_of_glob(call);
    if (((m->hints & HINT_NUMERIC) && says_numeric(call)) || ((m->hints & HINT_HOST) && is_given_address(call)))
        bits |= QUICK_NUMERIC;
    if ((m->hints & HINT_CONNECTION) && (is_connect_in_memory(call) || is_connect_in_memory(only_value(receiver(call)))))
        bits |= QUICK_IN_MEMORY;
    if ((m->hints & HINT_URL) && is_of_data(call))
        bits |= QUICK_DATA;
    if ((m->hints & HINT_TEST_CLIENT) && is_of_test_client(call))
        bits |= QUICK_TEST_CLIENT;
    return bits;
}

void note_quick(Maker *m, Node n, CallSummary *call)
{
    call->callee_end = node_end(n);
    call->quick = QUICK_NO_CALL;
    if (node_kind(n) != PY_CALL)
        return;
    Node callee = node_field(n, F_FUNCTION);
    TermId term = summary_term(m->summary, callee);
    uint8_t word = word_of_callee(m, callee, term);
    call->callee_end = node_end(callee);
    call->quick = bits_of(m, n, word);
    if ((word & WORD_OBJECT) && may_be_asked(n))
        call->object = object_text(m, receiver(n));
    if ((word & WORD_FILE) && may_open_file(m->summary, term))
        call->given = given_to(m, n);
}

const CallSummary *summary_call_at(const Summary *summary, const FunctionSummary *function, uint32_t begin, uint32_t end)
{
    const CallSummary *calls = function->calls.count ? &summary->calls.items[function->calls.first] : NULL;
    uint32_t low = 0, high = function->calls.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (calls[middle].at.begin < begin)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < function->calls.count && calls[low].at.begin == begin; low++) {
        if (calls[low].kind == CALL_PLAIN && calls[low].at.end == end)
            return &calls[low];
    }
    return NULL;
}

/* ---- Questions ---- */

/* In the function that asks and those around it: a hint is enough for silence. */
static void add_question(Maker *m, Node n, Node object, uint32_t about)
{
    const Scope *scope = node_scope(n);
    uint32_t function = scope ? m->functions[scope->number] : 0;
    TextId text = function ? object_text(m, object) : 0;
    for (unsigned i = 0; text && function && i < OUTER_MOST; i++) {
        if (m->states[function - 1].questions++ < QUESTIONS_MOST)
            *array_push(m->arena, &m->questions) =
                (QuestionFound){ function - 1, { .object = text, .about = about, .at = node_begin(n) } };
        function = m->summary->functions.items[function - 1].outer;
    }
}

/* From an argument or item on; *left: how many may still be asked about. */
static void add_questions(Maker *m, Node first, uint32_t about, unsigned *left)
{
    for (Node n = first; n.id && *left; n = node_next(n), (*left)--)
        add_question(m, n, n, about);
}

/* `wait(f)`, `wait([f, g])`. */
static void add_questions_of(Maker *m, Node call, uint32_t about)
{
    unsigned left = ASKED_ABOUT_MOST;
    Node first = node_first(node_field(call, F_ARGUMENTS));
    add_questions(m, first, about, &left);
    if (node_kind(first) == PY_LIST)
        add_questions(m, node_first(first), about, &left);
}

static uint32_t about_what(Str word)
{
    for (size_t i = 0; i < sizeof askings / sizeof *askings; i++) {
        if (str_is(word, askings[i].word))
            return askings[i].about;
    }
    return 0;
}

void note_question(Maker *m, uint32_t id)
{
    Node name = maker_node(m, id), callee = name;
    uint32_t about = about_what(node_text(name));
    if (node_role(name) == F_ATTRIBUTE && node_kind(node_parent(name)) == PY_ATTRIBUTE) {
        callee = node_parent(name);
        add_question(m, callee, node_field(callee, F_OBJECT), about);
    }
    if (node_kind(node_parent(callee)) == PY_CALL && node_role(callee) == F_FUNCTION)
        add_questions_of(m, node_parent(callee), about);
}

void make_questions(Maker *m)
{
    Summary *s = m->summary;
    uint32_t count = m->questions.count, first = 0;
    for (uint32_t i = 0; i < count; i++)
        s->functions.items[m->questions.items[i].function].questions.count++;
    for (uint32_t i = 0; i < s->functions.count; i++) {
        Piece *piece = &s->functions.items[i].questions;
        piece->first = first;
        first += piece->count;
        piece->count = 0;
    }
    s->questions.items = arena_array(m->arena, Question, count);
    s->questions.count = s->questions.reserve = count;
    for (uint32_t i = 0; i < count; i++) {
        Piece *piece = &s->functions.items[m->questions.items[i].function].questions;
        s->questions.items[piece->first + piece->count++] = m->questions.items[i].question;
    }
}

bool function_asks(const Summary *summary, const FunctionSummary *function, Str object, uint32_t about, uint32_t at)
{
    for (uint32_t i = 0; i < function->questions.count; i++) {
        const Question *question = &summary->questions.items[function->questions.first + i];
        if (question->at < at && (question->about & about) &&
            str_equal(terms_text_of(&summary->terms, question->object), object))
            return true;
    }
    return false;
}
