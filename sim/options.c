#include "sim/options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/memory.h"
#include "sim/options_table.h"

enum {
    LIST_MAX = 64,
    SHOWN_MAX = 60, /* bytes of what was typed that an error repeats */
};

struct reader {
    struct options *options;
    int argc;
    char *const *argv;
    int at;                             /* the argument that is looked at */
    bool given[OPTIONS_TABLE_MAX_ROWS]; /* by row: no later source may set it */
    struct error *error;
};

static void *field_of(struct options *options, const struct option_row *row)
{
    return (char *)options + row->field;
}

static char *copy_text(const char *text)
{
    return memory_copy(text, strlen(text));
}

static void replace_string(char **field, char *value)
{
    free(*field);
    *field = value;
}

static void list_append(struct options_list *list, char *item)
{
    list->items = memory_grow(list->items, (list->count + 1) * sizeof *list->items);
    list->items[list->count++] = item;
}

static void list_free(struct options_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct options_list){0};
}

void options_init(struct options *options)
{
    *options = (struct options){
        .log_level = LOG_INFO,
        .log_format = LOG_TEXT,
    };
}

void options_free(struct options *options)
{
    for (const struct option_row *row = options_table; row->name; row++) {
        if (row->kind == OPTION_STRING)
            replace_string(field_of(options, row), NULL);
        if (row->kind == OPTION_LIST || row->kind == OPTION_SPECS)
            list_free(field_of(options, row));
    }
    free(options->decrypt_env);
    list_free(&options->warnings);
}

static int read_bool(const char *value, bool *out, struct error *error)
{
    static const char *const yes[] = {"1", "true", "yes", "on"};
    static const char *const no[] = {"0", "false", "no", "off"};

    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (!strcasecmp(value, yes[i]) || !strcasecmp(value, no[i])) {
            *out = !strcasecmp(value, yes[i]);
            return 0;
        }
    }
    return error_input(error, "\"%.60s\" is neither 1, true, yes, on nor 0, false, no, off", value);
}

static int read_level(const char *value, enum log_level *out, struct error *error)
{
    if (log_level_by_name(value, out) != 0)
        return error_input(error, "\"%.60s\" is not one of error, warn, info, debug, off", value);
    return 0;
}

static int read_format(const char *value, enum log_format *out, struct error *error)
{
    if (log_format_by_name(value, out) != 0)
        return error_input(error, "\"%.60s\" is neither text nor json", value);
    return 0;
}

static int read_text(struct options *options, const struct option_row *row, const char *value,
                     struct error *error)
{
    bool optional = row->argument[0] == '[';
    char *copy = copy_text(value);
    struct options_list *list;

    if (!*value && !optional) {
        free(copy);
        return error_input(error, "%s is wanted, but it is empty", row->argument);
    }
    if (*value && row->check && row->check(copy, error) != 0) {
        free(copy);
        return -1;
    }
    if (row->kind == OPTION_STRING) {
        replace_string(field_of(options, row), copy);
        return 0;
    }
    list = field_of(options, row);
    list_append(list, copy);
    if (list->count > LIST_MAX)
        return error_input(error, "given more than %d times", LIST_MAX);
    return 0;
}

static int read_value(struct options *options, const struct option_row *row, const char *value,
                      struct error *error)
{
    switch (row->kind) {
    case OPTION_FLAG:
    case OPTION_COMMAND:
        return read_bool(value, field_of(options, row), error);
    case OPTION_LEVEL:
        return read_level(value, field_of(options, row), error);
    case OPTION_FORMAT:
        return read_format(value, field_of(options, row), error);
    case OPTION_STRING:
    case OPTION_LIST:
    case OPTION_SPECS:
        break;
    }
    return read_text(options, row, value, error);
}

static int accept_argument(struct reader *reader, const struct option_row *row, const char *value)
{
    reader->given[row - options_table] = true;
    if (read_value(reader->options, row, value, reader->error) != 0)
        return error_context(reader->error, "--%s", row->name);
    return 0;
}

static int error_unknown(struct reader *reader, const char *dashes, const char *typed, size_t len)
{
    const struct option_row *meant = options_table_nearest(typed, len);
    int shown = len < SHOWN_MAX ? (int)len : SHOWN_MAX;

    if (meant)
        return error_input(reader->error, "unknown option %s%.*s; did you mean --%s? See --help", dashes,
                           shown, typed, meant->name);
    return error_input(reader->error, "unknown option %s%.*s; see --help", dashes, shown, typed);
}

static int error_positional(struct reader *reader, const char *argument)
{
    const struct option_row *meant = options_table_nearest(argument, strcspn(argument, "="));

    if (meant)
        return error_input(reader->error, "unexpected argument \"%.60s\"; did you mean --%s? See --help",
                           argument, meant->name);
    return error_input(reader->error,
                       "unexpected argument \"%.60s\"; everything is an option here, see --help", argument);
}

static bool is_option(const char *argument)
{
    if (argument[0] != '-' || !argument[1])
        return false;
    if (argument[1] == '-')
        return options_table_find(argument + 2, strcspn(argument + 2, "="));
    return !argument[2] && options_table_find_letter(argument[1]);
}

/* The value of an option that is not written together with its name. */
static int accept_next(struct reader *reader, const struct option_row *row)
{
    const char *next = reader->at + 1 < reader->argc ? reader->argv[reader->at + 1] : NULL;

    if (row->argument[0] == '[' && (!next || next[0] == '-'))
        return accept_argument(reader, row, "");
    if (!next)
        return error_input(reader->error, "--%s wants %s behind it; see --help", row->name, row->argument);
    if (is_option(next))
        return error_input(
            reader->error,
            "--%s wants %s, but the option %.60s follows; if that is the value, write --%s=%.60s", row->name,
            row->argument, next, row->name, next);
    reader->at++;
    return accept_argument(reader, row, next);
}

static int read_long(struct reader *reader, const char *name)
{
    size_t len = strcspn(name, "=");
    const struct option_row *row = options_table_find(name, len);

    if (!row)
        return error_unknown(reader, "--", name, len);
    if (name[len])
        return accept_argument(reader, row, name + len + 1);
    if (options_table_is_bool(row))
        return accept_argument(reader, row, "yes");
    return accept_next(reader, row);
}

/* One dash and several letters: flags, and at the end an option with its value. */
static int read_short(struct reader *reader, const char *letters)
{
    size_t len = strcspn(letters, "=");

    if (len > 1 && options_table_find(letters, len))
        return error_unknown(reader, "-", letters, len);
    for (const char *at = letters; *at; at++) {
        const struct option_row *row = options_table_find_letter(*at);

        if (!row)
            return error_unknown(reader, "-", at, 1);
        if (!options_table_is_bool(row))
            return at[1] ? accept_argument(reader, row, at + 1 + (at[1] == '=')) : accept_next(reader, row);
        if (accept_argument(reader, row, "yes") != 0)
            return -1;
    }
    return 0;
}

/* The one command there is: decrypt-env FILE. */
static int read_command(struct reader *reader, const char *argument)
{
    if (strcmp(argument, "decrypt-env") != 0 || reader->options->decrypt_env)
        return error_positional(reader, argument);
    if (reader->at + 1 == reader->argc)
        return error_input(reader->error, "decrypt-env wants the FILE that holds the encrypted environment");
    reader->options->decrypt_env = copy_text(reader->argv[++reader->at]);
    return 0;
}

static int read_arguments(struct reader *reader)
{
    for (reader->at = 1; reader->at < reader->argc; reader->at++) {
        const char *argument = reader->argv[reader->at];
        bool last = reader->at + 1 == reader->argc;
        int result;

        if (!strcmp(argument, "--") && last)
            return 0;
        if (!strcmp(argument, "--"))
            return error_positional(reader, reader->argv[reader->at + 1]);
        if (argument[0] != '-' || !argument[1])
            result = read_command(reader, argument);
        else if (argument[1] == '-')
            result = read_long(reader, argument + 2);
        else
            result = read_short(reader, argument + 1);
        if (result != 0)
            return -1;
    }
    return 0;
}

/* "LOG_LEVEL" is "log-level". Returns false for what no option can be called. */
static bool name_of_variable(const char *variable, size_t len, char *name)
{
    if (len >= OPTIONS_TABLE_NAME_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (variable[i] != '_' && !isupper((unsigned char)variable[i])
            && !isdigit((unsigned char)variable[i]))
            return false;
        name[i] = variable[i] == '_' ? '-' : (char)tolower((unsigned char)variable[i]);
    }
    return true;
}

/* Something else may have set it, so it is no error. */
static void warn_about(struct reader *reader, const char *variable, const char *name, size_t name_len)
{
    const struct option_row *meant = options_table_nearest(name, name_len);
    char twin[OPTIONS_TABLE_NAME_MAX];
    char warning[256];

    if (!meant || meant->kind == OPTION_COMMAND)
        return;
    options_table_variable(meant, twin);
    snprintf(warning, sizeof warning, "the environment variable %.*s is ignored; did you mean %s?",
             (int)strcspn(variable, "="), variable, twin);
    list_append(&reader->options->warnings, copy_text(warning));
}

static int read_items(struct reader *reader, const struct option_row *row, const char *value)
{
    const char *separators = row->kind == OPTION_SPECS ? "; \t\r\n" : ",";
    const char *blanks = " \t\r\n";
    char *copy = copy_text(value);
    int result = 0;
    char *rest = copy;
    char *item;

    while (result == 0 && (item = strsep(&rest, separators))) {
        item += strspn(item, blanks);
        for (size_t len = strlen(item); len > 0 && strchr(blanks, item[len - 1]); len--)
            item[len - 1] = '\0';
        if (*item)
            result = read_value(reader->options, row, item, reader->error);
    }
    free(copy);
    return result;
}

static int read_variable(struct reader *reader, const char *variable)
{
    const size_t prefix = strlen(OPTIONS_TABLE_PREFIX);
    size_t len = strcspn(variable, "=");
    const char *value = variable + len + (variable[len] == '=');
    char name[OPTIONS_TABLE_NAME_MAX];
    const struct option_row *row;
    int result;

    if (len <= prefix || strncmp(variable, OPTIONS_TABLE_PREFIX, prefix) != 0
        || !name_of_variable(variable + prefix, len - prefix, name))
        return 0;
    row = options_table_find(name, len - prefix);
    if (!row) {
        warn_about(reader, variable, name, len - prefix);
        return 0;
    }
    if (row->kind == OPTION_COMMAND || reader->given[row - options_table] || !*value)
        return 0;
    reader->given[row - options_table] = true;
    if (row->kind == OPTION_LIST || row->kind == OPTION_SPECS)
        result = read_items(reader, row, value);
    else
        result = read_value(reader->options, row, value, reader->error);
    return result == 0 ? 0 : error_context(reader->error, "%.*s", (int)len, variable);
}

static int read_environment(struct reader *reader, char *const envp[])
{
    for (; *envp; envp++) {
        if (read_variable(reader, *envp) != 0)
            return -1;
    }
    return 0;
}

static void settle_defaults(struct options *options)
{
    options->listen_given = options->listen.count > 0;
    options->socket_dir_given = options->socket_dir != NULL;
    if (!options->listen_given)
        list_append(&options->listen, copy_text(OPTIONS_DEFAULT_LISTEN));
    if (!options->socket_dir_given)
        options->socket_dir = copy_text(".");
    if (!strcmp(options->socket_dir, "none"))
        replace_string(&options->socket_dir, NULL);
}

int options_parse(struct options *options, int argc, char *const argv[], char *const envp[],
                  struct error *error)
{
    struct reader reader = {.options = options, .argc = argc, .argv = argv, .error = error};

    if (read_arguments(&reader) != 0)
        return -1;
    if (!options->help && !options->version && read_environment(&reader, envp) != 0)
        return -1;
    settle_defaults(options);
    return 0;
}
