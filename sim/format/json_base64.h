/* Bytes as base64 in JSON: written as a member, and read from one. */
#ifndef FORMAT_JSON_BASE64_H
#define FORMAT_JSON_BASE64_H

#include <jansson.h>

#include "sim/base/arena.h"
#include "sim/base/buf.h"
#include "sim/base/error.h"

/* As json_text_member. */
void json_base64_member(struct buf *out, char separator, const char *name, struct span bytes);

/* Reads a member; the bytes are in the arena. The error names the member. */
MUST_CHECK int json_base64_read(const json_t *object, const char *name, struct arena *arena,
                                struct span *bytes, struct error *error);

#endif
