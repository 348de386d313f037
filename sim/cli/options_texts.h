/* Owned strings, and lists of them. */
#ifndef CLI_OPTIONS_TEXTS_H
#define CLI_OPTIONS_TEXTS_H

#include <stddef.h>

struct options_texts {
    char **items; /* owned, as is each item */
    size_t count;
};

void options_texts_append(struct options_texts *texts, const char *text);
void options_texts_free(struct options_texts *texts);

/* Frees *field and replaces it by a copy of text, or by NULL if text is NULL. */
void options_texts_replace(char **field, const char *text);

#endif
