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
    text->json = buf_take(&json, &text->json_len);
}

void text_copy(struct text *text, const char *plain, size_t len)
{
    text_set(text, memory_copy(plain, len), len);
}

void text_free(struct text *text)
{
    free(text->plain);
    free(text->json);
    *text = (struct text){0};
}
