#include "sim/cli/options_texts.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

static char *copy(const char *text)
{
    return memory_copy(text, strlen(text));
}

void options_texts_append(struct options_texts *texts, const char *text)
{
    texts->items = memory_grow(texts->items, (texts->count + 1) * sizeof *texts->items);
    texts->items[texts->count++] = copy(text);
}

void options_texts_free(struct options_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
    *texts = (struct options_texts){.items = NULL};
}

void options_texts_replace(char **field, const char *text)
{
    char *fresh = text ? copy(text) : NULL;

    free(*field);
    *field = fresh;
}
