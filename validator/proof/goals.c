/* The goals by number, and their names. */
#include "validator/proof/proof.h"

const struct goal_row goal_rows[GOALS] = {
#define GOAL(constant, name, sentence) [constant] = {name, sentence},
#include "validator/proof/goals.def"
#undef GOAL
};

void goal_name(enum goal goal, enum arm_rule rule, char *name, size_t size)
{
    if (goal == GOAL_RULE)
        snprintf(name, size, "%s/%s", goal_rows[goal].name, arm_rule_info(rule)->name);
    else
        snprintf(name, size, "%s", goal_rows[goal].name);
}
