/* Where an expression stands that a coroutine has no business in: conditions, arithmetic, texts, loops. */
#ifndef AWRY_FINDING_MISUSE_H
#define AWRY_FINDING_MISUSE_H

#include "finding/rule.h"

typedef enum Misuse {
    MISUSE_NONE,
    MISUSE_TRUTH,     /* if, while, assert, not, and, or, any(... for ...) */
    MISUSE_ATTRIBUTE, /* n.json, unless coroutines have it: n.close */
    MISUSE_SUBSCRIPT,
    MISUSE_CALLED, /* n() */
    MISUSE_EQUAL,     /* n == x */
    MISUSE_DIFFERENT, /* n != x */
    MISUSE_ORDERED,   /* n < x */
    MISUSE_IDENTICAL, /* n is x */
    MISUSE_SOUGHT,    /* n in x */
    MISUSE_SEARCHED,  /* x in n */
    MISUSE_CALCULATED,
    MISUSE_FORMATTED, /* f"{n}", str(n), print(n), a logger's argument */
    MISUSE_DUMPED,    /* json.dumps(n) */
    MISUSE_MEASURED,  /* len(n) */
    MISUSE_CONVERTED, /* int(n) */
    MISUSE_ITERATED,
    MISUSE_SPREAD,   /* **n */
    MISUSE_UNPACKED, /* a, b = n */
    MISUSE_ENTERED,  /* with n */
    MISUSE_DECLARED, /* x: str = n, and f(n) where f of this file says that it takes a str */
} Misuse;

/* What is done with the value of n where it stands; parentheses and `x := n` are looked through. *at is the expression that does it. */
Misuse misuse_of(Node n, Node *at);

/* Whether n is the value of `x := n`, parentheses looked through. */
bool misuse_is_walrus(Node n);

/* Whether it does no harm when the value is awaited elsewhere too: a test whether there is one, a line in a log. */
bool misuse_may_be_meant(Misuse misuse);

/* Whether n is an argument of a call that asks what it is: isawaitable, iscoroutine, isinstance. */
bool misuse_is_question(Node n);

#endif
