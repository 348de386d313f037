/* Percent-encoding (RFC 3986, 2.1). */
#ifndef RPC_PERCENT_H
#define RPC_PERCENT_H

#include "sim/base/span.h"

#define PERCENT_CHARS 3 /* of an escape: "%2f" */

/* The byte that the escape at text.data[at], a '%', stands for; -1 if two hex digits do not
 * follow. */
int percent_read(struct span text, size_t at);

#endif
