/* The goals by number. */
#include "validator/proof/proof.h"

const struct goal_row goal_rows[GOALS] = {
#define GOAL(constant, name, sentence) [constant] = {name, sentence},
#include "validator/proof/goals.def"
#undef GOAL
};
