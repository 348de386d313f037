#include "sim/cli/options_value.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/memory.h"

enum { LIST_MAX = 64 };

void *options_value_field(struct options *options, const struct option_row *row)
{
    return (char *)options + row->field;
}

void options_value_replace(char **field, char *value)
{
    free(*field);
    *field = value;
}

static void append(struct options_list *list, char *item)
{
    list->items = memory_grow(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = item;
}

void options_value_append(struct options_list *list, const char *item)
{
    append(list, memory_copy(item, strlen(item)));
}

void options_value_free(struct options_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct options_list){0};
}

static int read_bool(const char *value, bool *out, struct error *error)
{
    static const char *const yes[] = {"1", "true", "yes", "on"};
    static const char *const no[] = {"0", "false", "no", "off"};

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (strcasecmp(value, yes[i]) == 0 || strcasecmp(value, no[i]) == 0) {
            *out = strcasecmp(value, yes[i]) == 0;
            return 0;
        }
    }
    return error_input(error, "\"%.60s\" is neither 1, true, yes, on nor 0, false, no, off", value);
}

static int error_word(const char *value, spelling_word *word, struct error *error)
{
    const char *meant = spelling_nearest(value, strlen(value), word);
    bool two = !word(2);
    char words[200] = "";
    size_t len = 0;

    for (size_t i = 0; word(i) && len < sizeof words; i++)
        len += (size_t)snprintf(words + len, sizeof words - len, "%s%s",
                                i == 0 ? ""
                                : two  ? " nor "
                                       : ", ",
                                word(i));
    return error_input(error, "\"%.60s\" is %s %s%s%s%s", value, two ? "neither" : "not one of", words,
                       meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "");
}

static int check_word(const struct option_row *row, const char *value, struct error *error)
{
    if (row->value != VALUE_WORD)
        return 0;
    for (size_t i = 0; row->word(i); i++)
        if (strcmp(row->word(i), value) == 0)
            return 0;
    return error_word(value, row->word, error);
}

static int read_text(struct options *options, const struct option_row *row, const char *value,
                     struct error *error)
{
    char *copy = memory_copy(value, strlen(value));
    struct options_list *list;

    if (*value && row->check && row->check(copy, error) != 0) {
        free(copy);
        return -1;
    }
    if (row->kind == OPTION_STRING) {
        options_value_replace(options_value_field(options, row), copy);
        return 0;
    }
    list = options_value_field(options, row);
    append(list, copy);
    if (list->count > LIST_MAX)
        return error_input(error, "given more than %d times", LIST_MAX);
    return 0;
}

int options_value_read(struct options *options, const struct option_row *row, const char *value,
                       struct error *error)
{
    if (row->kind == OPTION_FLAG)
        return read_bool(value, options_value_field(options, row), error);
    if (!*value && !options_table_is_optional(row))
        return error_input(error, "%s is wanted, but it is empty", row->argument);
    if (check_word(row, value, error) != 0)
        return -1;
    if (row->kind == OPTION_LEVEL)
        return log_level_by_name(value, options_value_field(options, row));
    if (row->kind == OPTION_FORMAT)
        return log_format_by_name(value, options_value_field(options, row));
    return read_text(options, row, value, error);
}
