/* The path of a request as the router compares it. */
#ifndef RPC_REQUEST_PATH_H
#define RPC_REQUEST_PATH_H

#include "sim/base/arena.h"
#include "sim/base/span.h"

/* The path with empty segments between others left out and with escapes decoded: "//Inf%6f" is
 * "/Info". A slash at the end stays, and "/Info/" is another path than "/Info". An escape for a
 * slash or for U+0000 stays as it is, because it belongs to the segment, and so does a '%'
 * without two hex digits; no route has any of them.
 * Returns the path itself if there is nothing to change, otherwise a copy in the arena. */
struct span request_path_read(struct span sent, struct arena *arena);

#endif
