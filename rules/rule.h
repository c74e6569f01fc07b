/* All that a rule sees: see finding/rule.h. */
#ifndef AWRY_RULES_RULE_H
#define AWRY_RULES_RULE_H
#include "finding/rule.h"
#endif
