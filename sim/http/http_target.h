/* The target of a request: its path and query, and what comes before them in an absolute one (RFC 9112,
 * 3.2.1 and 3.2.2). */
#ifndef HTTP_HTTP_TARGET_H
#define HTTP_HTTP_TARGET_H

#include "sim/base/span.h"

/* Spans point into the target, but for the path of one that has none, which is "/". */
struct http_target {
    struct span path;
    struct span query;     /* what follows '?', or empty */
    struct span authority; /* of an absolute target, or empty */
    bool is_absolute;
};

/* Takes it apart, whatever it is: what is not absolute is a path with a query. */
struct http_target http_target_split(struct span target);

#endif
