/* What the comments of sim/proto say of services, methods, messages and fields, which
 * protobuf-c's descriptors leave out. scripts/proto-docs writes it at build time. */
#ifndef RPC_PROTO_DOCS_H
#define RPC_PROTO_DOCS_H

#include <stdbool.h>
#include <stddef.h>

/* What a comment does not say is NULL. */
struct proto_doc {
    const char *name;    /* "dstack.GetKeyArgs.path" */
    const char *text;    /* sentences */
    const char *example; /* JSON */
    const char *values;  /* the only texts that are taken, as JSON with commas between them */
    const char *pattern; /* a regular expression that texts match */
    const char *least;   /* in decimal: bytes of a text, or the number itself */
    const char *most;
    const char *most_values; /* of a repeated field */
    bool is_required;        /* an empty value is refused */
};

struct proto_docs {
    const struct proto_doc *rows; /* by name, in strcmp's order */
    size_t count;
};

extern const struct proto_docs proto_docs;

/* What is said of a name, or of a member of it where member is not NULL; never NULL. */
const struct proto_doc *proto_docs_find(const struct proto_docs *docs, const char *name, const char *member);

#endif
