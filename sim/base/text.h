/* A long text kept together with its JSON form.
 *
 * Many responses contain the same texts (event log, certificates, TCB info);
 * escaping them once, when they change, costs nothing per request. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "sim/base/span.h"

struct text {
    char *plain; /* NUL-terminated UTF-8 */
    size_t len;
    char *json; /* the same as a quoted JSON string, ASCII only */
    size_t json_len;
    size_t room, json_room; /* bytes allocated */
};

/* Takes ownership of plain (from memory.h or buf_take) and frees the previous
 * contents. A zeroed struct text is an empty one. */
void text_set(struct text *text, char *plain, size_t len);

/* Sets the text to a copy of plain. */
void text_copy(struct text *text, const char *plain, size_t len);

/* Appends to both forms; what is there already is not escaped again. */
void text_append(struct text *text, const char *plain, size_t len);
void text_append_text(struct text *text, const struct text *more);

/* Removes the last `len` bytes of plain, which are whole characters, and what they are in JSON. */
void text_cut(struct text *text, size_t len);

void text_free(struct text *text);

#endif
