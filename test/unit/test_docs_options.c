/* The tables of docs/options.md, which are written from the table of options. */
#include "test/unit/docs_fixture.h"

#define START "<!-- `make docs` writes these tables, from sim/cli/options_table.c -->\n"
#define END "<!-- end of the tables -->\n"

/* In a cell, a '|' would end it and a '*' may be emphasis; options are code. */
static void print_prose(FILE *stream, const char *text)
{
    while (*text) {
        size_t option = strncmp(text, "--", 2) == 0 ? 2 + strspn(text + 2, "abcdefghijklmnopqrstuvwxyz-") : 0;

        if (option) {
            fprintf(stream, "`%.*s`", (int)option, text);
            text += option;
            continue;
        }
        if (strchr("|*", *text))
            fputc('\\', stream);
        fputc(*text++, stream);
    }
}

static void print_code(FILE *stream, const char *text)
{
    fputc('`', stream);
    for (; *text; text++)
        fprintf(stream, "%s%c", *text == '|' ? "\\" : "", *text);
    fputc('`', stream);
}

static void print_code_cell(FILE *stream, const char *text)
{
    fputs(" | ", stream);
    if (text)
        print_code(stream, text);
}

static void print_meaning(FILE *stream, const struct option_row *row)
{
    char sentences[OPTIONS_SENTENCES_MAX];

    options_table_sentences(row, sentences);
    fputs(" | ", stream);
    print_prose(stream, sentences);
    for (size_t i = 0; row->word && row->word(i); i++) {
        fputs(i == 0 ? " One of " : row->word(i + 1) ? ", " : " and ", stream);
        print_code(stream, row->word(i));
    }
    fputs(row->word ? ". |\n" : " |\n", stream);
}

static void print_row(FILE *stream, const struct option_row *row)
{
    char variable[OPTIONS_NAME_MAX];
    bool is_variable = !row->is_command_line_only;

    options_table_variable(row, variable);
    fputs("| ", stream);
    if (row->letter)
        fprintf(stream, "`-%c`, ", row->letter);
    fprintf(stream, "`--%s`", row->name);
    print_code_cell(stream, row->argument);
    print_code_cell(stream, is_variable ? variable : NULL);
    print_code_cell(stream, is_variable && options_table_is_bool(row) ? "no" : row->preset);
    print_meaning(stream, row);
}

static void print_tables(FILE *stream)
{
    for (enum option_group group = 0; group < GROUP_COUNT; group++) {
        fprintf(stream,
                "\n### %s\n\n| option | argument | environment variable | default | meaning |\n"
                "| --- | --- | --- | --- | --- |\n",
                options_table_group(group));
        for (const struct option_row *row = options_table; row->name; row++)
            if (row->group == group)
                print_row(stream, row);
    }
    fputc('\n', stream);
}

static const struct document document = {"docs/options.md", START, END, print_tables};

static void the_document_has_these_tables(void **state)
{
    (void)state;
    document_assert_fresh(&document);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_has_these_tables),
    };

    return argc < 2 ? cmocka_run_group_tests(tests, NULL, NULL) : document_print(&document, argv[1]);
}
