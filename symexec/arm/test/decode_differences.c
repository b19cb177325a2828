#include "symexec/arm/test/decode_differences.h"
const struct decode_difference decode_differences[] = {
 {"*", 2, 0, 0, DECODE_UNPREDICTABLE, "*", "=", "x"},
 {"*", 4, 0, 0, DECODE_UNPREDICTABLE, "*", "=", "x"},
 {"-", 4, 0, 0, DECODE_UNDEFINED, "*", "*", "x"}};
const size_t decode_difference_count = sizeof decode_differences / sizeof *decode_differences;
