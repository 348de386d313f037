/* The comments in sim/proto on services, methods, messages and fields, which protobuf-c's
 * descriptors omit. scripts/proto-docs generates the table at build time. */
#ifndef RPC_PROTO_DOCS_H
#define RPC_PROTO_DOCS_H

#include <stdbool.h>
#include <stddef.h>

/* NULL for anything that the comment does not say. */
struct proto_doc {
    const char *name;    /* "dstack.GetKeyArgs.path" */
    const char *text;    /* sentences */
    const char *example; /* JSON */
    const char *values;  /* the allowed strings, as JSON separated by commas */
    const char *pattern; /* a regular expression that strings match */
    const char *least;   /* in decimal: length in bytes, or the number itself */
    const char *most;
    const char *most_values; /* of a repeated field */
    bool is_required;        /* an empty value is refused */
    bool may_hold_nul;       /* a text may contain U+0000 */
    bool may_be_unavailable; /* a method may answer 501 */
};

struct proto_docs {
    const struct proto_doc *rows; /* sorted by name, in strcmp order */
    size_t count;
};

extern const struct proto_docs proto_docs;

/* The documentation of a name, or of one of its members if member is not NULL; never NULL. */
const struct proto_doc *proto_docs_find(const struct proto_docs *docs, const char *name, const char *member);

#endif
