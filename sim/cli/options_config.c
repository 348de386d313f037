#include "sim/cli/options_config.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/cli/options_table.h"

/* Characters that docker, systemd and a shell all read literally. */
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,=+@%[]"

static const struct {
    enum options_source source;
    const char *title;
} sections[] = {
    {OPTIONS_COMMAND_LINE, "From the command line"},
    {OPTIONS_ENVIRONMENT, "From the environment"},
    {OPTIONS_CONFIG, "From the file of --config"},
    {OPTIONS_FOUND, "From the files of this directory"},
    {OPTIONS_DEFAULT, "Defaults"},
};

static void append_list(struct buf *out, const struct option_row *row, const struct options_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = texts->items[i];

        if (i > 0)
            buf_append_byte(out, row->kind == OPTION_SPECS ? ' ' : ',');
        for (; *text; text++) {
            if (row->kind == OPTION_SPECS && strchr("\\; \t\r\n", *text))
                buf_append_byte(out, '\\');
            buf_append_byte(out, (uint8_t)*text);
        }
    }
}

/* Appends the value in the form of an environment variable, or nothing if it is not set. */
static void append_value(struct buf *out, const struct options *options, const struct option_row *row)
{
    const void *field = (const char *)options + row->field;
    bool is_default = options->sources[row - options_table] == OPTIONS_DEFAULT;
    const char *text = NULL;

    if (options_table_is_list(row) && !(is_default && row->preset))
        append_list(out, row, &options->texts[row - options_table]);
    else if (row->kind == OPTION_FLAG)
        text = *(const bool *)field ? "yes" : "no";
    else if (is_default)
        text = row->preset;
    else if (row->kind == OPTION_PARSED)
        text = options->texts[row - options_table].items[0];
    else if (row->kind == OPTION_WORD)
        text = row->word((size_t)*(const int *)field);
    else if (row->kind == OPTION_STRING)
        text = *(char *const *)field ? *(char *const *)field : row->none;
    if (text)
        buf_append_text(out, text);
}

static bool is_plain(const struct buf *value)
{
    for (size_t i = 0; i < value->len; i++)
        if (!value->data[i] || !strchr(PLAIN, value->data[i]))
            return false;
    return true;
}

/* A shell and systemd have the same four escapes in double quotes. */
static void print_quoted(FILE *stream, const struct buf *value)
{
    fputc('"', stream);
    for (size_t i = 0; i < value->len; i++) {
        if (strchr("\"\\$`", value->data[i]))
            fputc('\\', stream);
        fputc(value->data[i], stream);
    }
    fputc('"', stream);
}

/* Defaults are comments, because an image or unit that reads this may have other defaults; and so
 * is what a file says that is itself a setting, or that is found again. */
static void print_row(FILE *stream, const struct option_row *row, const struct buf *value, bool is_comment)
{
    char variable[OPTIONS_NAME_MAX];

    options_table_variable(row, variable);
    if (row->is_secret && value->len > 0) {
        fprintf(stream, "# its value is secret\n#%s=\n", variable);
        return;
    }
    if (!is_plain(value))
        fputs("# quoted for a shell and systemd; docker's --env-file would keep the quotes\n", stream);
    fprintf(stream, "%s%s=", is_comment ? "#" : "", variable);
    if (is_plain(value))
        fwrite(value->data, 1, value->len, stream);
    else
        print_quoted(stream, value);
    fputc('\n', stream);
}

/* Prints the rows of one source that have a value, or all rows without one. */
static void print_section(FILE *stream, const struct options *options, enum options_source source, bool set,
                          const char *title)
{
    struct buf value;

    buf_init(&value, SIZE_MAX);
    for (const struct option_row *row = options_table; row->name; row++) {
        if (row->is_command_line_only)
            continue;
        buf_reset(&value);
        append_value(&value, options, row);
        if (set != (value.len > 0) || (set && options->sources[row - options_table] != source))
            continue;
        if (title)
            fprintf(stream, "\n# %s\n", title);
        title = NULL;
        print_row(stream, row, &value, source < OPTIONS_ENVIRONMENT);
    }
    buf_free(&value);
}

void options_config(FILE *stream, const struct options *options)
{
    fputs("# dstack-simulator --print-config\n", stream);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        print_section(stream, options, sections[i].source, true, sections[i].title);
    print_section(stream, options, OPTIONS_DEFAULT, false, "Not set");
}
