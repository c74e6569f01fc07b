/* Names that nothing binds. */
#ifndef AWRY_PYTHON_UNBOUND_H
#define AWRY_PYTHON_UNBOUND_H

#include "python/module.h"

/* Whether the node is a name that is read and that no scope around it binds, nor Python's builtins. Names may still come from where nobody sees
 * them: `import *`, globals(), exec. What gettext and others install among the builtins counts as bound, and so do builtins of Python 2. */
bool is_unbound(Node n);

/* Whether such a name is read when the module is imported, under no condition: in a base class or a default value of what its top level and
 * class bodies there define. In decorators those whose import was surely
 * forgotten, for loaders of plugins put names into files (`@borg.on(...)`); not in annotations, which
 * need not be evaluated. */
bool module_reads_unbound(const Module *module);

#endif
