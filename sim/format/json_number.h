/* Numbers of JSON (RFC 8259, 6) as jansson's values: an integer of 64 bits, or a double where there is a fraction or
 * an exponent. */
#ifndef FORMAT_JSON_NUMBER_H
#define FORMAT_JSON_NUMBER_H

#include <jansson.h>

#include "sim/base/span.h"

#define JSON_NUMBER_CHARS_MAX 1024

/* number: at most JSON_NUMBER_CHARS_MAX characters that are a number of JSON; is_real: with a fraction or an exponent.
 * Returns NULL if it is out of range. If it is only checked, the value may be null, which needs no memory. */
json_t *json_number_read(struct span number, bool is_real, bool is_only_checked);

#endif
