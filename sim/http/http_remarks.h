/* What the log, the counters and the dashboard say of a request beyond its status.
 *
 * Nothing in here repeats a value of the request, which may be a key or a payload. */
#ifndef HTTP_HTTP_REMARKS_H
#define HTTP_HTTP_REMARKS_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_REASON_BYTES 240       /* with NUL; longer reasons are truncated */
#define HTTP_IGNORED_MAX 4          /* ignored members that are named; the others are counted */
#define HTTP_MEMBER_BYTES 40        /* with NUL; longer names are truncated */
#define HTTP_IGNORED_TEXT_BYTES 512 /* with NUL */

struct http_ignored_member {
    char name[HTTP_MEMBER_BYTES]; /* as sent, with '?' for anything but printable ASCII */
    const char *nearest;          /* the known member that it may have meant; static, or NULL */
};

/* Members of a request that its message does not have. */
struct http_ignored {
    size_t count; /* all of them, also those without a name, such as fields in protobuf */
    size_t named;
    struct http_ignored_member members[HTTP_IGNORED_MAX];
};

struct http_remarks {
    char reason[HTTP_REASON_BYTES]; /* why the request failed, in UTF-8; empty if it did not */
    struct http_ignored ignored;
};

/* Sets no more than what makes them empty. */
void http_remarks_clear(struct http_remarks *remarks);

bool http_remarks_are_empty(const struct http_remarks *remarks);

/* Writes "reportData (did you mean report_data?), foo and 2 more", "3 unknown fields", or an empty
 * text. */
void http_remarks_ignored(const struct http_remarks *remarks, char out[static HTTP_IGNORED_TEXT_BYTES]);

#endif
