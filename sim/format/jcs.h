/* Writes JSON in its canonical form (RFC 8785, JCS), of which hashes are made: members in the order
 * of their names' UTF-16 code units, no blanks, strings in UTF-8 with as few escapes as possible. */
#ifndef FORMAT_JCS_H
#define FORMAT_JCS_H

#include <jansson.h>

#include "sim/base/buf.h"

void jcs_write(struct buf *out, const json_t *value);

/* A string, with its quotes. text: valid UTF-8. */
void jcs_write_text(struct buf *out, struct span text);

#endif
