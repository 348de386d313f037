#include "sim/cli/options_environment.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/options_value.h"

#define BLANKS " \t\r\n"

/* "LOG_LEVEL" becomes "log-level". Returns false if no option can have that name. */
static bool name_of_variable(const char *variable, size_t len, char *name)
{
    if (len >= OPTIONS_NAME_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (variable[i] != '_' && !isupper((unsigned char)variable[i]) &&
            !isdigit((unsigned char)variable[i]))
            return false;
        name[i] = variable[i] == '_' ? '-' : (char)tolower((unsigned char)variable[i]);
    }
    return true;
}

/* Not an error, because the variable may be meant for another program. */
static void warn_about(struct options *options, const char *variable, const char *name, size_t name_len)
{
    const struct option_row *meant = options_table_nearest(name, name_len);
    char right[OPTIONS_NAME_MAX];
    char warning[256];

    if (!meant || meant->is_command_line_only)
        return;
    options_table_variable(meant, right);
    snprintf(warning, sizeof warning, "the environment variable %.*s is ignored; did you mean %s?",
             (int)strcspn(variable, "="), variable, right);
    options_texts_append(&options->warnings, warning);
}

/* Cuts the next item off *rest and returns it without the blanks around it, or NULL at the end.
 * In SPECS, a backslash makes a blank, a semicolon or a backslash part of the item, because paths
 * may contain them. */
static char *next_item(enum option_kind kind, char **rest)
{
    const char *separators = kind == OPTION_SPECS ? ";" BLANKS : ",";
    char *item = *rest + strspn(*rest, BLANKS);
    char *from = item, *to = item;
    char *end = item; /* after the last byte to keep */

    if (!**rest)
        return NULL;
    while (*from && !strchr(separators, *from)) {
        bool escape = kind == OPTION_SPECS && *from == '\\' && from[1] && strchr("\\;" BLANKS, from[1]);

        from += escape;
        if (escape || !strchr(BLANKS, *from))
            end = to + 1;
        *to++ = *from++;
    }
    *rest = from + (*from != '\0');
    *end = '\0';
    return item;
}

static int read_items(struct options *options, const struct option_row *row, const char *value,
                      struct error *error)
{
    char *copy = memory_copy(value, strlen(value));
    char *rest = copy;
    int result = 0;
    char *item;

    while (result == 0 && (item = next_item(row->kind, &rest)))
        if (*item)
            result = options_value_read(options, row, OPTIONS_ENVIRONMENT, item, error);
    free(copy);
    return result;
}

static int read_variable(struct options *options, const char *variable, struct error *error)
{
    const size_t prefix = strlen(OPTIONS_PREFIX);
    size_t len = strcspn(variable, "=");
    const char *value = variable + len + (variable[len] == '=');
    char name[OPTIONS_NAME_MAX];
    const struct option_row *row;

    if (len <= prefix || strncmp(variable, OPTIONS_PREFIX, prefix) != 0 ||
        !name_of_variable(variable + prefix, len - prefix, name))
        return 0;
    row = options_table_find(name, len - prefix);
    if (!row) {
        warn_about(options, variable, name, len - prefix);
        return 0;
    }
    if (row->is_command_line_only || options->sources[row - options_table] != OPTIONS_DEFAULT || !*value)
        return 0;
    if (options_table_is_list(row))
        return read_items(options, row, value, error);
    return options_value_read(options, row, OPTIONS_ENVIRONMENT, value, error);
}

int options_environment_read(struct options *options, char *const envp[], struct error *error)
{
    for (; *envp; envp++)
        if (read_variable(options, *envp, error) != 0)
            return -1;
    return 0;
}
