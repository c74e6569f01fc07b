/* Types as a file can say them: symbolic terms. "What calling the attribute `get` of an instance of `requests.Session`
 * gives" is CALL(ATTRIBUTE(CALL(NAME requests.Session), get)); nothing is looked up to make it, so it is the same
 * whatever other files say, and it can be stored. src/program evaluates terms to types.
 *
 * Terms are hash-consed: equal terms of a file have equal ids. 0 is the unknown term, and an operator of an unknown term is
 * unknown. Terms are at most TERM_DEEPEST deep and unions at most TERM_WIDEST wide; what is larger is unknown. */
#ifndef AWRY_FACTS_TERM_H
#define AWRY_FACTS_TERM_H

#include "base/array.h"
#include "base/map.h"

enum { ELEMENTS_OF_DICT = 1 };
enum { TERM_DEEPEST = 12, TERM_WIDEST = 4, TERM_ARGUMENTS = 4 };

typedef uint32_t TermId; /* 0: unknown */

typedef enum TermOp {
    TERM_UNKNOWN,
    TERM_NONE,        /* the value None */
    TERM_NAME,        /* a: text. Something imported or built in, by its qualified name ("builtins.open"); relative imports
                         keep their dots; "*open": bound by nothing in the file, but there is an `import *`; "~T": a type variable */
    TERM_FUNCTION,    /* a: number of a function of this file, its decorators applied */
    TERM_CLASS,       /* a: number of a class of this file */
    TERM_PARAMETER,   /* a: number of a function, b: of its parameter. The value in there */
    TERM_SUPER,       /* a: number of a class. super() in its methods */
    TERM_CALL,        /* a: what is called, b: TERM_LIST of its positional arguments, or 0 */
    TERM_ATTRIBUTE,   /* a: the object, b: text */
    TERM_ITEM,        /* a: the object, b: position + 1 when it is known, or 0. x[i], and unpacking */
    TERM_AWAIT,       /* a: what await x gives */
    TERM_ENTER,       /* a: the target of `with x as` */
    TERM_ENTER_ASYNC, /* a: of `async with x as` */
    TERM_EACH,        /* a: the target of `for ... in x` */
    TERM_EACH_ASYNC,  /* a: of `async for` */
    TERM_INSTANCE,    /* a: an annotation or class: an instance of it */
    TERM_GENERIC,     /* a: subscripted class in an annotation, b: TERM_LIST of its arguments */
    TERM_UNION,       /* a, b: either */
    TERM_TUPLE,       /* b: TERM_LIST of the items */
    TERM_ELEMENTS,    /* a: a list, set or generator whose items are a; b: ELEMENTS_OF_DICT: a dict whose values are */
    TERM_LIST,        /* a: first, b: the rest or 0. Not a type. A first of 0 is an unknown one */
} TermOp;

typedef struct Term {
    uint8_t op;
    uint8_t depth; /* of the term: 1 for a leaf */
    uint8_t width; /* of a union: its members; else 1 */
    uint32_t a, b;
} Term;

typedef struct Terms {
    Arena *arena;
    ARRAY(Term) items; /* items[0] is the unknown term */
    uint32_t *slots;   /* hash table of ids; 0: free */
    uint32_t room;
    Names texts; /* of names, attributes and whatever else a Summary has to say */
} Terms;

void terms_init(Terms *terms, Arena *arena);

static inline const Term *term_at(const Terms *terms, TermId id)
{
    return &terms->items.items[id];
}

/* The text is copied into the arena of the terms when it is new. 0 for the empty text. */
uint32_t terms_text(Terms *terms, Str text);
static inline Str terms_text_of(const Terms *terms, uint32_t id) { return names_text(&terms->texts, id); }

/* The id of a term; simplifies: an operator of unknown is unknown, ATTRIBUTE of NAME is a longer NAME. `a` and `b` as in TermOp. */
TermId term_make(Terms *terms, TermOp op, uint32_t a, uint32_t b);
TermId term_name(Terms *terms, Str qualified);
TermId term_name_of(Terms *terms, Str first, Str second); /* of both, one behind the other */
TermId term_union(Terms *terms, TermId a, TermId b); /* unknown when one is */
TermId term_attribute(Terms *terms, TermId object, Str name);
/* An instance of a builtin class: "str", "int". */
TermId term_builtin(Terms *terms, const char *class_name);

/* Whether the first `count` items are terms that could have been made: operands are what the operators want and have smaller
 * ids, depths and widths are right. For those that come from bytes; numbers of functions and classes are not looked at. */
bool terms_check(const Terms *terms, uint32_t count, uint32_t text_count);

/* For people: `requests.Session().get`. */
Str term_print(const Terms *terms, Arena *arena, TermId id);

#endif
