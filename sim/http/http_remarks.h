/* What the log, the counters and the dashboard say of a request beyond its status.
 *
 * Nothing in here repeats a value of the request, which may be a key or a payload. */
#ifndef HTTP_HTTP_REMARKS_H
#define HTTP_HTTP_REMARKS_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_REASON_BYTES 240 /* with NUL; longer reasons are truncated */

struct http_remarks {
    char reason[HTTP_REASON_BYTES]; /* why the request failed, in UTF-8; empty if it did not */
};

#endif
