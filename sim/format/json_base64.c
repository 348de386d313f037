#include "sim/format/json_base64.h"

#include <stdlib.h>

#include "crypto/base64.h"
#include "sim/base/json_text.h"
#include "sim/base/memory.h"
#include "sim/format/json_file.h"

void json_base64_member(struct buf *out, char separator, const char *name, struct span bytes)
{
    char *text = memory_alloc(BASE64_CHARS(bytes.len) + 1);

    text[base64_encode(bytes.data, bytes.len, text)] = '\0';
    json_text_member(out, separator, name, text);
    free(text);
}

int json_base64_read(const json_t *object, const char *name, struct arena *arena, struct span *bytes,
                     struct error *error)
{
    const char *text;
    uint8_t *out;
    size_t len;

    if (json_file_string(object, name, &text, error))
        return -1;
    out = arena_alloc(arena, strlen(text) + 1);
    if (base64_decode(text, strlen(text), out, &len))
        return error_input(error, "%s must be base64", name);
    *bytes = span_of(out, len);
    return 0;
}
