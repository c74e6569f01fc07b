/* What one file says, without its tree: classes, functions, what they call and what they do with their parameters, types
 * as terms. Only a Summary crosses the border of a file. It holds numbers and byte offsets of the original text, no node and
 * no pointer into the file's arena; equal sources give equal bytes (summary_write), and it can be read back. */
#ifndef AWRY_FACTS_SUMMARY_H
#define AWRY_FACTS_SUMMARY_H

#include "facts/term.h"
#include "python/module.h"

typedef uint32_t TextId; /* in terms.texts; 0: none */

typedef struct Range {
    uint32_t begin, end; /* bytes of the text */
} Range;

typedef struct Piece { /* a part of one of the Summary's arrays */
    uint32_t first, count;
} Piece;

typedef enum ImportKind { /* a name of a module that nothing binds but one import, which surely runs when the module does */
    IMPORT_NONE,
    IMPORT_MODULE, /* import a.b as c; `import a.b` without a name is `import a` */
    IMPORT_NAME,   /* from a import b */
} ImportKind;

typedef struct Member { /* a name and what is bound to it */
    TextId name;
    TermId term;
    TermId value;     /* of a declared one: what is assigned beside the annotation; 0: nothing, or unknown */
    bool is_declared; /* an annotation says so: what is assigned does not matter */
    bool is_hidden;   /* of a module: `from m import *` does not bring it */
    uint8_t import;   /* ImportKind; the term is its qualified name then */
} Member;

typedef struct ClassSummary {
    TextId name, qualname;
    Range at;          /* the name in its `class` statement */
    Piece bases;       /* of summary->parts: a term each; keywords (metaclass=) left out */
    Piece decorators;  /* of parts, outermost first */
    Piece body;        /* of members: what the class body binds */
    Piece attributes;  /* of members: `self.x = ...` in its methods, `cls.x = ...` too */
    bool has_metaclass;
    bool is_odd;       /* __getattr__, __getattribute__ or __slots__ tricks: missing names may be there all the same */
} ClassSummary;

typedef enum ParameterKind {
    PARAMETER_PLAIN,
    PARAMETER_POSITIONAL, /* before `/` */
    PARAMETER_KEYWORD,    /* behind `*` */
    PARAMETER_STAR,       /* *args */
    PARAMETER_STARS,      /* **kwargs */
} ParameterKind;

typedef enum Truth { TRUTH_OPEN, TRUTH_NO, TRUTH_YES } Truth;

typedef struct Parameter {
    TextId name;
    TermId annotation; /* as a class: TERM_INSTANCE of it is what is in the parameter; 0: none, or unknown */
    TermId fallback;   /* the default value; 0: none, or unknown */
    bool has_annotation, has_default;
    bool is_rebound;   /* bound again in the body */
    uint8_t kind;      /* ParameterKind */
    uint8_t fallback_truth; /* Truth of a default value that is a literal */
    bool is_in_memory; /* its default value names a database in memory */
    uint8_t address;   /* its default value is an IP address of that version: 4 or 6; else 0 */
} Parameter;

enum {
    FUNCTION_ASYNC = 1,
    FUNCTION_GENERATOR = 2,
    FUNCTION_LAMBDA = 4,
    FUNCTION_ABSTRACT = 8, /* abstractmethod, or a body of `...`, a docstring or raise NotImplementedError alone */
    FUNCTION_DEAD = 16,    /* defined in code that never runs */
    FUNCTION_OVERLOAD = 32, /* typing.overload: says nothing of its own */
    FUNCTION_REBINDS = 64,  /* a parameter is bound again in the body */
    FUNCTION_HOOK = 128,    /* abstract by its body of `...` or a docstring alone, which may be all that it has to do */
    FUNCTION_TESTS = 256,   /* a call of it stands under a test of what a parameter is: see NeedKind */
};

typedef struct FunctionSummary {
    TextId name, qualname; /* of a lambda "<lambda>" */
    Range at;              /* its name; of a lambda all of it */
    uint32_t class_;       /* number + 1 of the class whose body it stands in directly; 0: none */
    uint32_t outer;        /* number + 1 of the function around it; 0: none */
    uint32_t flags;
    Piece parameters;      /* of summary->parameters */
    Piece decorators;      /* of parts, outermost first */
    TermId returns;        /* the annotation as a class; 0: none, or unknown */
    TermId result;         /* what its return statements give, in union; NONE when there is none; 0: unknown */
    TermId yields;         /* what it yields, in union; 0: unknown */
    bool has_returns;      /* there is an annotation */
    Piece calls;           /* of summary->calls: what its own frame runs, in order of place */
    Piece questions;       /* of summary->questions: what its code and that of functions inside asks, in order of place */
    Piece uses;            /* of summary->uses */
} FunctionSummary;

typedef enum CallKind {
    CALL_PLAIN, /* a call: `term` is what is called */
    CALL_ENTER, /* with: `term` is the context manager; __enter__ and __exit__ run */
    CALL_EACH,  /* for: `term` is the iterable */
    CALL_READ,  /* an attribute is read, `term` is a TERM_ATTRIBUTE: of names that a class of the file has as a property */
} CallKind;

enum {
    CALL_AWAITED = 1,    /* await f() */
    CALL_GUARDED = 2,    /* behind a test that asks whether a loop runs, or a parameter that says so (`is_async`) */
    CALL_ONCE = 4,       /* the first time only: `if self._x is None: self._x = f()`, or behind `if self._x: return` */
    CALL_CONDITIONAL = 8, /* under a condition, in a handler, or in a `try` that expects a RuntimeError: it may not happen */
    CALL_RETURNED = 16,   /* return f() */
};

typedef struct Argument { /* one whose value is a short literal or dotted name */
    TextId keyword;    /* 0: positional; "*" and "**" of what is spread out */
    uint32_t position; /* of a positional one or a "*"; behind a "*" counted as if that were one */
    TextId value;      /* its text: "False", "0", "os.WNOHANG"; 0: something longer */
    TermId term;       /* of what may be something to call: a name, an attribute, a lambda, a partial; else 0 */
    TermId type;       /* of another one, when its file says what it is: a call, a declared name, a string; else 0 */
} Argument;

/* What a call's own file says that can make it quick, although what it calls holds up its thread: see quick.h. */
enum {
    QUICK_NO_CALL = 1,      /* the range is no call: what is entered, iterated or read */
    QUICK_BOUNDED = 2,      /* `put`: the queue was made with a bound */
    QUICK_DONE = 4,         /* `result`, `exception` of a future that is given when it is done */
    QUICK_NUMERIC = 8,      /* an argument says NUMERIC, or the host is an address: nobody has to be asked for it */
    QUICK_IN_MEMORY = 16,   /* it or its object is made with a path that names_memory */
    QUICK_TEST_CLIENT = 32, /* its object is made by a TestClient(...) */
    QUICK_RECURSIVE = 64,   /* `glob`: there is something about `recursive` in the arguments */
    QUICK_FLAT = 128,       /* `glob`: the pattern has stars, and no `**` */
    QUICK_DATA = 256,       /* `urlopen`, or what is done with what it gives: the URL holds the data, `data:...` */
};

typedef enum NeedKind { /* what is asked of a parameter */
    NEED_TRUTH,     /* `if p:`; `is not None` is taken for true */
    NEED_CLASS,     /* isinstance(p, ...) */
    NEED_COROUTINE_FUNCTION, /* inspect.iscoroutinefunction(p) */
    NEED_AWAITABLE, /* inspect.isawaitable(p) */
    NEED_COROUTINE, /* inspect.iscoroutine(p) */
    NEED_ERRORS,    /* a handler behind `p(...)` alone: met unless p is known to be a coroutine function, whose call raises nothing */
    NEED_ATTRIBUTE, /* `if p.x:`, where p is the object that is constructed */
} NeedKind;

typedef struct CallSummary {
    uint8_t kind;    /* CallKind */
    uint8_t need;    /* NeedKind: what the question is that decides whether it happens */
    uint8_t needed;  /* Truth: what the answer has to be */
    uint8_t needed_also; /* Truth: the same of needs_also */
    uint32_t flags;
    TermId term;
    Range at;
    Piece arguments; /* of summary->arguments; all of them */
    uint32_t needs;  /* number + 1 of the parameter that the question is about: it stands under `if p:`; 0: none */
    TermId classes;  /* NEED_CLASS: the class, or a tuple of some; NEED_ATTRIBUTE: the attribute */
    uint32_t needs_also; /* number + 1 of another parameter whose truth decides: `if p:` around it; 0: none */
    uint32_t callee_end; /* where what is called ends; of what is no call: at.end */
    uint32_t quick;  /* QUICK_* */
    TextId object;   /* the text of `x.y` in `x.y.get()`, where a question about it counts; 0: none, or it is long. Of
                        `setattr` what the name is sure to begin or end with: "_sync" of `setattr(o, name + "_sync", v)` */
    Piece given;     /* of summary->parts: the terms of its arguments that are known, where it may open or write a file */
} CallSummary;

/* What a function asks that makes a later call quick, by the text of the object: `while not self.queue.empty():`. */
enum {
    ABOUT_QUEUE = 1,   /* empty, qsize */
    ABOUT_PROCESS = 2, /* poll, communicate */
    ABOUT_FUTURE = 4,  /* done, wait, as_completed, ... */
};

typedef struct Question {
    TextId object;
    uint32_t about; /* ABOUT_* */
    uint32_t at;    /* byte of the text where it begins */
} Question;

typedef enum UseKind {
    USE_CALLED,   /* the parameter is called by the function's own frame */
    USE_AWAITED,
    USE_RETURNED, /* or yielded */
    USE_STORED,   /* into an attribute, an item, a global, a container: it outlives the call */
    USE_PASSED,   /* to a call: `term` is what is called, with the argument's place */
    USE_CAPTURED, /* a nested function or lambda uses it: `function` is its number */
    USE_OTHER,    /* read in another way: compared, formatted, tested */
    USE_UNCLEAR,  /* in a way that is not followed */
} UseKind;

typedef enum ResultUse { /* what becomes of what a call gives */
    RESULT_DROPPED,  /* a statement of its own, or a local name that nobody reads */
    RESULT_AWAITED,
    RESULT_RETURNED, /* or yielded */
    RESULT_STORED,
    RESULT_PASSED,   /* to another call: see `next` */
    RESULT_UNCLEAR,
} ResultUse;

typedef struct ParameterUse {
    uint32_t parameter; /* number in the function */
    TermId term;
    uint32_t position;  /* of the argument; of a `*p` where it begins; UINT32_MAX when it goes by keyword or is not known */
    TextId keyword;
    bool is_star;       /* passed as `*p`: its items are the arguments */
    bool is_part;       /* in a list, tuple or dict that goes there */
    bool is_kept;       /* passed to a method called `append`, `add`, `put`, ... of something that outlives the call */
    bool is_result;     /* no use of the parameter: of what a call gives that it was passed to; only `next` leads here */
    uint8_t kind;       /* UseKind */
    uint8_t result;     /* ResultUse. USE_PASSED: of what the call gives; of a captured one: of the lambda that calls it */
    uint32_t next;      /* RESULT_PASSED: number + 1 in summary->uses; else 0 */
    uint32_t function;
    Range at;
} ParameterUse;

/* What holds for a whole file: which socket is which cannot be told. */
enum {
    TRAIT_SOCKETS_DO_NOT_WAIT = 1, /* it makes sockets that do not block, hands them to the loop, or waits until they are ready */
    TRAIT_MAKES_METHODS_SYNC = 4, /* it puts wrappers over coroutine functions that run the loop when none is running: for whoever uses the
                                     package without a loop they are sync */
    TRAIT_BROKEN = 8, /* it has syntax errors: which names are the module's, and which a class's, is not sure */
    TRAIT_REFUSED = 16, /* its tree is sure, and Python does not compile it (compile_errors.h): its names are known, and cannot be imported */
    TRAIT_MAKES_NAMES = 32, /* names may come into it that nothing in it binds: `import *`, globals(), exec */
    TRAIT_OLD_AIOHTTP = 64, /* it is written for aiohttp before 3.0 */
    TRAIT_MAKES_ATTRIBUTES = 128, /* objects of its classes may get attributes that nothing in it assigns: setattr, __dict__, vars() */
    TRAIT_SETS_ATTRIBUTES = 256, /* objects of any class may: setattr(o, name, v), but for an `o` that it got from somewhere else */
    TRAIT_SOCKETS_SEND_AT_ONCE = 2, /* datagrams and local sockets: connecting and sending hand the data to the kernel */
};

typedef struct Summary {
    Terms terms;
    Str path;      /* as shown */
    Str module;    /* dotted name, when it is known; else empty */
    bool is_stub;
    uint32_t traits; /* TRAIT_* */
    ARRAY(TermId) parts;
    ARRAY(Member) exports;   /* what module-level names mean, sorted by name */
    ARRAY(Member) members;
    ARRAY(ClassSummary) classes;     /* as module->classes */
    ARRAY(FunctionSummary) functions; /* as module->functions */
    ARRAY(Parameter) parameters;
    ARRAY(CallSummary) calls;
    ARRAY(Argument) arguments;
    ARRAY(Question) questions;
    ARRAY(ParameterUse) uses;
    ARRAY(TextId) foreign;   /* attributes that are assigned on something else than the own object: `other.x = ...`, also by
                                their name: setattr(o, "x", v), patch.object(o, "x"); sorted by text */
    ARRAY(TermId) stars;     /* modules of `from m import *`, as names, in order */
    ARRAY(TermId) nameless;  /* those of them, and the modules of `import a.b`, that its top level imports under no condition */
    uint32_t own_terms, own_texts; /* how many there were when it was made: those are written. Questions add more */
    struct Reader *reader;   /* reads expressions while the tree is there: see expressions.h; NULL in one that was read back */
} Summary;

/* Whether the file assigns an attribute of that name on something else than the own object. */
static inline bool summary_sets_foreign(const Summary *summary, TextId name)
{
    for (uint32_t i = 0; name && i < summary->foreign.count; i++) {
        if (summary->foreign.items[i] == name)
            return true;
    }
    return false;
}

/* The arguments of a call; NULL when there are none. */
static inline const Argument *call_arguments(const Summary *summary, const CallSummary *call)
{
    return call->arguments.count ? &summary->arguments.items[call->arguments.first] : NULL;
}

/* Of a module that is bound. In `arena`, which may be the module's. Reads the tree once. */
Summary *summary_new(Arena *arena, Module *module);

/* The Summary of the same source, by its frozen one, able to read the module's expressions: as summary_new, for less. */
Summary *summary_again(Arena *arena, const Module *module, const Summary *frozen);

/* The term of an expression, in the terms of the summary, which grow. What a name means follows the assignments that can reach it. */
TermId summary_term(Summary *summary, Node n);

/* What one site alone binds to its name: of an import its qualified name, of an unpacked target an item. 0: unknown. */
TermId summary_site(Summary *summary, const Binding *binding, const Site *site);

/* The same for any target of an assignment, a for or a with: `self.x` in `self.x, y = f()`. */
TermId summary_target(Summary *summary, Node target);

/* The arguments of a call are pushed to a list; their texts are those of the summary, which grow. */
typedef struct ArgumentList {
    ARRAY(Argument) items;
} ArgumentList;
void summary_arguments(Summary *summary, Arena *arena, Node call, ArgumentList *out);

/* An annotation as a class term; quoted ones are read as well. 0: unknown. */
TermId summary_annotation(Summary *summary, Node annotation);

/* The bytes of a summary in `arena`, which may be `scratch`; and back. NULL when the bytes are no summary of this version, whatever they are. What is read back
 * lies in the bytes, which must live as long (only when they are not aligned to 8 they are copied), is not written to, and may be
 * shared by threads as long as nobody adds terms or texts to it. */
Str summary_write(const Summary *summary, Arena *arena, Arena *scratch);
Summary *summary_read(Arena *arena, Str bytes);

/* The same for bytes that summary_write has made in this process; they are believed. Aligned to 8. */
Summary *summary_take(Arena *arena, Str bytes);

/* Another Summary over what a frozen one, of summary_read or summary_take, lies in: terms and texts can be added to it. */
Summary *summary_share(Arena *arena, const Summary *frozen);

/* Changes with the form of the bytes: bytes of another layout are not read. */
uint64_t summary_layout(void);

#endif
