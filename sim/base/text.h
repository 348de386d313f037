/* A long text that is kept together with its JSON form.
 *
 * Responses show some texts (event log, certificates, TCB info) again and again;
 * escaping them once, when they change, costs nothing per request. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "sim/base/span.h"

struct text {
    char *plain; /* NUL-terminated UTF-8 */
    size_t len;
    char *json; /* the same as a quoted JSON string, ASCII only */
    size_t json_len;
};

/* Takes ownership of plain (from memory.h or buf_take); frees what text held
 * before. A zeroed struct text is an empty one. */
void text_set(struct text *text, char *plain, size_t len);

/* A copy of those characters. */
void text_copy(struct text *text, const char *plain, size_t len);

void text_free(struct text *text);

#endif
