/* What a file says of its calls that makes them quick, although what they call holds up its thread by its row: a socket that does
 * not block, a put into a queue without bound, a process that has been polled before. It is kept with the Summary, as bits,
 * texts and terms that depend on this file alone (see CallSummary, Question and TRAIT_ in summary.h); whether a call is quick by
 * them is asked where types are known. */
#ifndef AWRY_FACTS_QUICK_H
#define AWRY_FACTS_QUICK_H

#include "facts/summary.h"

/* The one expression that is assigned to a name, that a `with` gives it, or to an attribute of that name anywhere in the
 * file; a null node when there are several or none. */
Node only_value(Node n);

/* The call that has exactly that range, among those that the function's frame makes; NULL when it makes none. For a call in the place
 * of a `with` or `for` the plain call. O(log n). */
const CallSummary *summary_call_at(const Summary *summary, const FunctionSummary *function, uint32_t begin, uint32_t end);

/* Whether the function has asked about the object of that text, in one of the ways of `about`, before the byte `at`. */
bool function_asks(const Summary *summary, const FunctionSummary *function, Str object, uint32_t about, uint32_t at);

/* Whether a literal, with its quotes, is the path of a SQLite database in memory: ":memory:", and where paths are URIs
 * "file::memory:?cache=shared" and "file:x?mode=memory". A database of no name at all ("") is a file. */
bool names_memory(Str literal, bool is_uri);

/* Of `str(path) if path != ":memory:" else ":memory:"` and its like: what is asked whether it is ":memory:", `path`, because the value is that
 * just when this is. *other: the arm that is taken when it is not. A null node for any other expression. */
Node memory_asked(Node conditional, Node *other);

/* What decides whether an expression is the path of a database in memory: of a conditional one what memory_asked gives, or the other arm
 * where one is such a path. Else the expression. */
Node memory_decider(Node path);

/* The version of IP, 4 or 6, of which a literal, with its quotes, is an address; 0: none. */
uint8_t names_address(Str literal);

/* The same of an expression that is a literal, or a name that one is assigned to. */
uint8_t address_of(Node n);

/* Whether quick.c knows that a function or method of that last name may open or write a file: only of such calls are the terms of
 * the arguments kept. */
bool may_be_of_file(Str last_name);

#endif
