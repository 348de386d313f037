#include "sim/http/http_remarks.h"

#include <stdio.h>

void http_remarks_clear(struct http_remarks *remarks)
{
    remarks->reason[0] = '\0';
    remarks->ignored.count = remarks->ignored.named = 0;
}

bool http_remarks_are_empty(const struct http_remarks *remarks)
{
    return remarks->reason[0] == '\0' && remarks->ignored.count == 0;
}

/* Returns the new length, at most that of the full buffer. */
static size_t append_member(char *out, size_t len, const struct http_ignored_member *member)
{
    const char *separator = len ? ", " : "";
    size_t room = HTTP_IGNORED_TEXT_BYTES - len;
    int added = member->nearest ? snprintf(out + len, room, "%s%s (did you mean %s?)", separator,
                                           member->name, member->nearest)
                                : snprintf(out + len, room, "%s%s", separator, member->name);

    return (size_t)added < room ? len + (size_t)added : HTTP_IGNORED_TEXT_BYTES - 1;
}

void http_remarks_ignored(const struct http_remarks *remarks, char out[static HTTP_IGNORED_TEXT_BYTES])
{
    const struct http_ignored *ignored = &remarks->ignored;
    size_t len = 0, more = ignored->count - ignored->named;

    out[0] = '\0';
    for (size_t i = 0; i < ignored->named; i++)
        len = append_member(out, len, &ignored->members[i]);
    if (more && ignored->named)
        snprintf(out + len, HTTP_IGNORED_TEXT_BYTES - len, " and %zu more", more);
    else if (more)
        snprintf(out, HTTP_IGNORED_TEXT_BYTES, more == 1 ? "1 unknown field" : "%zu unknown fields", more);
}
