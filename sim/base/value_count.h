/* How many values a text holds, which bounds the memory that its parser takes: a small text can hold
 * millions of empty values. Every text is counted before it is parsed, including one that is a string
 * in another. */
#ifndef BASE_VALUE_COUNT_H
#define BASE_VALUE_COUNT_H

#include <stdbool.h>

#include "sim/base/span.h"

#define VALUE_COUNT_MAX (1u << 16)

/* Whether a text has at most VALUE_COUNT_MAX values, valid or not. Counts characters that open or
 * separate values, in YAML also those that end lines and keys. */
bool value_count_allows_json(struct span text);
bool value_count_allows_yaml(struct span text);

#endif
