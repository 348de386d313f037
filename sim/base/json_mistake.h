/* Mistakes that people make in JSON, which a parser reports by what it expected instead. */
#ifndef BASE_JSON_MISTAKE_H
#define BASE_JSON_MISTAKE_H

#include "sim/base/span.h"

struct json_mistake {
    const char *sentence; /* static, such as "there is a comma too many"; repeats nothing of the text */
    int line, column;     /* of the mistake, from 1; columns count characters */
};

/* Finds the first mistake in a text that a parser has refused, within the bytes that it had read:
 * one further on would not be the cause. Returns false if none is recognized, or if that is more than 128 KiB:
 * to look at it would take as long as to read it. */
bool json_mistake_find(struct span text, size_t read, struct json_mistake *mistake);

#endif
