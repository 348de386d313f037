#include "sim/cli/options_man.h"

#include <string.h>

#include "sim/base/embedded.h"
#include "sim/base/version.h"
#include "sim/cli/options_table.h"

/* Prints text so that roff shows it literally: dashes stay dashes, and nothing is an escape or a
 * request. */
static void print_text(FILE *stream, const char *text, size_t len)
{
    if (len > 0 && strchr(".'", text[0]))
        fputs("\\&", stream);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\\')
            fputs("\\e", stream);
        else if (text[i] == '"')
            fputs("\\(dq", stream);
        else if (text[i] == '-')
            fputs("\\-", stream);
        else
            fputc(text[i], stream);
}

static void print_bold_option(FILE *stream, const char *name, size_t len)
{
    fputs("\\fB\\-\\-", stream);
    print_text(stream, name, len);
    fputs("\\fR", stream);
}

/* Prints each sentence on its own line, and options in bold. */
static void print_sentences(FILE *stream, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, " ");
        const char *end = text + len;

        if (strncmp(text, "--", 2) == 0) {
            size_t name = strspn(text + 2, "abcdefghijklmnopqrstuvwxyz-");

            print_bold_option(stream, text + 2, name);
            text += 2 + name;
        }
        print_text(stream, text, (size_t)(end - text));
        if (*end)
            fputc(end[-1] == '.' ? '\n' : ' ', stream);
        text = end + (*end != '\0');
    }
}

static void print_row(FILE *stream, const struct option_row *row)
{
    char sentences[OPTIONS_SENTENCES_MAX];

    fputs("\n.TP\n", stream);
    if (row->letter)
        fprintf(stream, "\\fB\\-%c\\fR, ", row->letter);
    print_bold_option(stream, row->name, strlen(row->name));
    if (row->argument) {
        fputs(" \\fI", stream);
        print_text(stream, row->argument, strlen(row->argument));
        fputs("\\fR", stream);
    }
    fputc('\n', stream);
    options_table_sentences(row, sentences);
    print_sentences(stream, sentences);
    if (row->word) {
        fputs("\nOne of ", stream);
        for (size_t i = 0; row->word(i); i++)
            fprintf(stream, "%s%s", i == 0 ? "" : row->word(i + 1) ? ", " : " and ", row->word(i));
        fputc('.', stream);
    }
}

static void print_options(FILE *stream)
{
    for (enum option_group group = 0; group < GROUP_COUNT; group++) {
        fprintf(stream, "%s.SS %s", group == 0 ? "" : "\n", options_table_group(group));
        for (const struct option_row *row = options_table; row->name; row++)
            if (row->group == group)
                print_row(stream, row);
    }
}

static void print_command_line_only(FILE *stream)
{
    const char *before = "";

    for (const struct option_row *row = options_table; row->name; row++) {
        if (!row->is_command_line_only)
            continue;
        fputs(before, stream);
        print_bold_option(stream, row->name, strlen(row->name));
        before = ", ";
    }
}

static void print_version(FILE *stream)
{
    fputs(version_number, stream);
}

static const struct {
    const char *word;
    void (*print)(FILE *stream);
} fields[] = {
    {"@VERSION@", print_version},
    {"@OPTIONS@", print_options},
    {"@COMMAND_LINE_ONLY@", print_command_line_only},
};

/* Prints the field that starts here, or a plain '@', and returns what follows it. */
static const char *print_field(FILE *stream, const char *at)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t len = strlen(fields[i].word);

        if (strncmp(at, fields[i].word, len) == 0) {
            fields[i].print(stream);
            return at + len;
        }
    }
    fputc('@', stream);
    return at + 1;
}

/* The page has no date or revision, so that it is the same everywhere. */
void options_man(FILE *stream)
{
    const char *at = (const char *)embedded_find(embedded_cli, "man.roff")->data;

    while (*at) {
        size_t len = strcspn(at, "@");

        fwrite(at, 1, len, stream);
        at += len;
        if (*at)
            at = print_field(stream, at);
    }
}
