#include "sim/base/text.h"

#include <stdlib.h>

#include "sim/base/json_text.h"
#include "sim/base/memory.h"

void text_set(struct text *text, char *plain, size_t len)
{
    struct buf json;

    text_free(text);
    buf_init(&json, SIZE_MAX);
    json_text_string(&json, plain, len);
    text->plain = plain;
    text->len = len;
    text->room = len + 1;
    text->json = buf_take(&json, &text->json_len);
    text->json_room = text->json_len + 1;
}

void text_copy(struct text *text, const char *plain, size_t len)
{
    text_set(text, memory_copy(plain, len), len);
}

/* Appends to a NUL-terminated string. */
static void append(char **string, size_t *len, size_t *room, const char *more, size_t more_len)
{
    if (*room - *len <= more_len) {
        *room = *len + more_len + 1 > 2 * *room ? *len + more_len + 1 : 2 * *room;
        *string = memory_grow(*string, *room);
    }
    memcpy(*string + *len, more, more_len);
    *len += more_len;
    (*string)[*len] = '\0';
}

/* json: a quoted string */
static void append_both(struct text *text, const char *plain, size_t len, const char *json, size_t json_len)
{
    if (!text->plain)
        text_copy(text, "", 0);
    append(&text->plain, &text->len, &text->room, plain, len);
    text->json_len--; /* its closing quote gives way to what follows the other's opening one */
    append(&text->json, &text->json_len, &text->json_room, json + 1, json_len - 1);
}

void text_append(struct text *text, const char *plain, size_t len)
{
    struct buf json;

    buf_init(&json, SIZE_MAX);
    json_text_string(&json, plain, len);
    append_both(text, plain, len, (const char *)json.data, json.len);
    buf_free(&json);
}

void text_append_text(struct text *text, const struct text *more)
{
    if (more->plain)
        append_both(text, more->plain, more->len, more->json, more->json_len);
}

void text_cut(struct text *text, size_t len)
{
    struct buf json;

    buf_init(&json, SIZE_MAX);
    json_text_string(&json, text->plain + text->len - len, len);
    text->len -= len;
    text->plain[text->len] = '\0';
    text->json_len -= json.len - 2; /* without its quotes */
    text->json[text->json_len - 1] = '"';
    text->json[text->json_len] = '\0';
    buf_free(&json);
}

void text_free(struct text *text)
{
    free(text->plain);
    free(text->json);
    *text = (struct text){0};
}
