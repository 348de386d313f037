/* Numbers as JCS writes them (RFC 8785, 3.2.2.3): the shortest text that reads back as the same
 * double, in ECMAScript's notation. */
#ifndef FORMAT_JCS_NUMBER_H
#define FORMAT_JCS_NUMBER_H

#include "sim/base/buf.h"

/* value: a finite number, as everything that was read from JSON is. */
void jcs_number_write(struct buf *out, double value);

#endif
