/* The versions of TDX quotes (Intel TDX DCAP Quoting Library API, A.3 and A.4). */
#ifndef TDX_QUOTE_VERSION_H
#define TDX_QUOTE_VERSION_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/error.h"

enum quote_version {
    QUOTE_VERSION_4,      /* header, TD report 1.0 */
    QUOTE_VERSION_5,      /* header, type and size of the body, the same report */
    QUOTE_VERSION_5_TD15, /* header, type and size of the body, TD report 1.5 */
};

/* What they differ in. */
struct quote_layout {
    uint16_t version;   /* in the header */
    uint16_t body_type; /* after it; 0: no type and no size there */
    size_t report_offset;
    size_t report_bytes;
};

const struct quote_layout *quote_version_layout(enum quote_version version);

const char *quote_version_name(enum quote_version version); /* "5-td15" */

/* The name of the version with that value, NULL past the last: a list of words for spelling.h. */
const char *quote_version_word(size_t index);

/* Reads a version by its name. The error lists all names. */
MUST_CHECK int quote_version_read(const char *name, enum quote_version *version, struct error *error);

#endif
