/* Expressions to terms, while a tree is there. What summary_term and summary_annotation (summary.h) are made of. */
#ifndef AWRY_FACTS_EXPRESSIONS_H
#define AWRY_FACTS_EXPRESSIONS_H

#include "facts/summary.h"

/* `if isinstance(x, T):` and its like: in a part of the tree a name is something more exact, or nothing that is known. */
typedef struct Narrowing {
    NameId name;
    uint32_t begin, end; /* nodes: where the name's own term does not hold */
    uint32_t yes, yes_end; /* nodes within: where it is an instance of `class_` */
    uint32_t class_;     /* the node of the class; 0: it is unknown there as well */
    uint32_t before;     /* number + 1 of the one before it with the same name; 0: none */
} Narrowing;

typedef struct Reader {
    const Module *module;
    TermId *memo;   /* by node: id + 1, 0 when it was not asked for, READER_BUSY while it is being made; of what an import
                       statement names, the module or object */
    TextId *texts;  /* by name of the module: the same text; 0 when it was not asked for */
    uint32_t depth; /* of the recursion */
    ARRAY(Narrowing) narrowings; /* in order of place */
    uint32_t *narrowed; /* by name: number + 1 of its last narrowing */
    bool *filled;       /* by name: items are assigned to it; NULL until asked for */
    bool is_ordered;    /* answers depend on the order of the questions: a cycle was met, or the depth ended one */
} Reader;

enum { READER_DEEPEST = 40 };
#define READER_BUSY UINT32_MAX

/* Makes the summary able to read the module's expressions, by a new reader in the module's arena. The module is bound. */
Reader *reader_attach(Summary *summary, const Module *module);

/* The same for a summary that was read back from what summary_new has made of the module: with module->reader, which knows what it has
 * read, since terms and texts keep their numbers; with a new one when there is none, or when it would answer otherwise. */
void reader_attach_again(Summary *summary, const Module *module);

/* The name in a parameter; a null node for what is none (`/`, `*`) or has none, in broken code. Only what has a name counts. */
Node parameter_name(Node parameter);

/* What a name in an annotation at `use` means; `id` is that of the module, 0: none. Annotations may name what is bound only
 * later, so all sites count. */
TermId name_in_annotation(Summary *summary, Node use, NameId id, Str name);

/* The text of a name of the module; and of a node, which is one mostly. */
TextId reader_text(Summary *summary, NameId name);
TextId reader_node_text(Summary *summary, Node n);

/* `else: Store = object` of an `if TYPE_CHECKING:`: the other branch says what the name is. */
bool stands_in_for_type(const Module *module, const Binding *binding, const Site *site);

/* The branch of `if sys.version_info >= (3, 8):` that no Python takes any more, where the other one binds the name. */
bool is_for_old_python(const Module *module, const Binding *binding, const Site *site);

/* Sites of a binding, in order of place. */
enum { REACHING_MOST = 16 };
typedef struct Reaching {
    const Site *sites[REACHING_MOST];
    uint32_t count;
} Reaching;

/* The sites whose value can be what `use` reads, by the order of statements, branches and loops in a function or at module level; all of
 * them when the use stands in another function. None: no site can. False: there are too many. */
bool reaching_sites(const Binding *binding, Node use, Reaching *out);

#endif
