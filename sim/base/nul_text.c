#include "sim/base/nul_text.h"

#include <string.h>

static const char nul[] = "\xc0\x80";

static size_t count_nuls(struct span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == 0;
    return count;
}

char *nul_text_store(struct span text, struct arena *arena)
{
    char *string = arena_zalloc(arena, text.len + count_nuls(text) + 1);
    char *out = string;

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == 0) {
            memcpy(out, nul, 2);
            out += 2;
        } else {
            *out++ = (char)text.data[i];
        }
    }
    return string;
}

struct span nul_text_load(const char *string, struct arena *arena)
{
    const char *next = strstr(string, nul);
    size_t len = 0;
    char *text;

    if (!next)
        return span_text(string);
    text = arena_alloc(arena, strlen(string));
    for (; next; next = strstr(string, nul)) {
        memcpy(text + len, string, (size_t)(next - string));
        len += (size_t)(next - string);
        text[len++] = '\0';
        string = next + 2;
    }
    memcpy(text + len, string, strlen(string));
    return span_of(text, len + strlen(string));
}
