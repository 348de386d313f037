#include "sim/cli/options_value.h"

#include <string.h>
#include <strings.h>

enum { LIST_MAX = 64 };

static int read_bool(const char *text, bool *out, struct error *error)
{
    static const char *const yes[] = {"1", "true", "yes", "on"};
    static const char *const no[] = {"0", "false", "no", "off"};

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            *out = strcasecmp(text, yes[i]) == 0;
            return 0;
        }
    }
    return error_input(error, "\"%.60s\" is not a boolean: use 1, true, yes, on or 0, false, no, off", text);
}

/* A word's index in the list is its enum value; an enum is as wide as an int. */
static int read_word(const char *text, spelling_word *word, int *out, struct error *error)
{
    size_t index;

    if (spelling_find(text, word, &index, error))
        return -1;
    *out = (int)index;
    return 0;
}

static int read_string(struct options *options, const struct option_row *row, const char *text,
                       struct error *error)
{
    bool is_none = row->none && strcmp(text, row->none) == 0;

    if (row->read)
        return row->read(options, text, error);
    options_texts_replace(options_table_field(options, row), is_none ? NULL : text);
    return 0;
}

/* The text is kept too: --print-config writes lists as they were given. */
static int read_parsed(struct options *options, const struct option_row *row, const char *text,
                       struct error *error)
{
    struct options_texts *texts = &options->texts[row - options_table];

    if (!options_table_is_list(row))
        options_texts_free(texts);
    if (texts->count == LIST_MAX)
        return error_input(error, "can be given at most %d times", LIST_MAX);
    options_texts_append(texts, text);
    return row->read(options, texts->items[texts->count - 1], error);
}

static int read_by_kind(struct options *options, const struct option_row *row, const char *text,
                        struct error *error)
{
    void *field = options_table_field(options, row);

    if (row->kind == OPTION_FLAG)
        return read_bool(text, field, error);
    if (!*text && !options_table_is_optional(row))
        return error_input(error, "must not be empty");
    if (row->kind == OPTION_WORD)
        return read_word(text, row->word, field, error);
    if (row->kind == OPTION_STRING)
        return read_string(options, row, text, error);
    return read_parsed(options, row, text, error);
}

int options_value_read(struct options *options, const struct option_row *row, enum options_source source,
                       const char *text, struct error *error)
{
    char name[OPTIONS_NAME_MAX];

    options->sources[row - options_table] = source;
    if (read_by_kind(options, row, text, error) == 0)
        return 0;
    options_value_name(options, row, name);
    return error_context(error, "%s", name);
}

void options_value_name(const struct options *options, const struct option_row *row, char *out)
{
    if (options->sources[row - options_table] == OPTIONS_ENVIRONMENT)
        options_table_variable(row, out);
    else if (options->sources[row - options_table] == OPTIONS_CONFIG)
        snprintf(out, OPTIONS_NAME_MAX, "%s of --config", row->setting);
    else
        snprintf(out, OPTIONS_NAME_MAX, "%s--%s",
                 options->sources[row - options_table] == OPTIONS_FOUND ? "this directory's file for " : "",
                 row->name);
}
