/* Blocks of tests that wait for an error: `with pytest.raises(E):`, `with self.assertRaises(E):`. */
#ifndef AWRY_FINDING_EXPECTED_ERRORS_H
#define AWRY_FINDING_EXPECTED_ERRORS_H

#include "python/module.h"

/* The context manager that an item of a `with` enters. */
Node with_manager(Node item);

/* Whether n stands in such a block of its function: where the error comes from, nobody knows. */
bool is_under_expected_error(Node n);

/* The same, and not in the first statement of the block: that one is come to, the others only while the error has not come. */
bool is_behind_expected_error(Node n);

#endif
