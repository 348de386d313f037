#include "sim/host/lines.h"

#include <stdio.h>
#include <string.h>

#define FILE_BYTES 65536

char *lines_read(const char *path, struct arena *arena)
{
    char *text = arena_alloc(arena, FILE_BYTES + 1);
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(text, 1, FILE_BYTES, file) : 0;

    if (file)
        fclose(file);
    text[len] = '\0';
    return text;
}

char *lines_next(char **text)
{
    char *line = *text;
    char *end;

    if (!*line)
        return NULL;
    end = line + strcspn(line, "\n");
    *text = *end ? end + 1 : end;
    *end = '\0';
    return line;
}

char *lines_value(const char *text, const char *name, struct arena *arena)
{
    size_t name_len = strlen(name);

    while (*text) {
        size_t len = strcspn(text, "\n");

        if (len >= name_len && memcmp(text, name, name_len) == 0) {
            const char *value = text + name_len + strspn(text + name_len, " \t=:\"");
            size_t value_len = (size_t)(text + len - value);

            while (value_len > 0 && (value[value_len - 1] == '"' || value[value_len - 1] == ' '))
                value_len--;
            return arena_copy(arena, value, value_len);
        }
        text += len + (text[len] == '\n');
    }
    return NULL;
}
