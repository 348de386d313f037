#include "sim/cli/options_help.h"

#include <string.h>

#include "sim/cli/options_table.h"
#include "sim/services/registry.h"

/* The columns of options and of their descriptions; SHARED_COLUMN is for lines with several
 * options. */
enum { OPTION_COLUMN = 10, TEXT_COLUMN = 39, SHARED_COLUMN = 59, COLUMNS = 80 };

static int print_option(FILE *stream, const struct option_row *row)
{
    int column = row->letter ? fprintf(stream, "-%c, --%s", row->letter, row->name)
                             : fprintf(stream, "--%s", row->name);

    return row->argument ? column + fprintf(stream, " %s", row->argument) : column;
}

/* Prints a row and those that share its line. Returns the row after them. */
static const struct option_row *print_line(FILE *stream, const struct option_row *row)
{
    const char *text = row->shared ? row->shared : row->brief;
    int start = row->shared ? SHARED_COLUMN : TEXT_COLUMN;
    int column = OPTION_COLUMN + print_option(stream, row);

    for (row++; row->name && row->is_joined; row++) {
        column += fprintf(stream, "  ");
        column += print_option(stream, row);
    }
    fprintf(stream, "%*s%s\n", column < start ? start - column : 1, "", text);
    return row;
}

static void print_group(FILE *stream, enum option_group group)
{
    const char *title = options_table_group(group);
    const struct option_row *row = options_table;

    while (row->name) {
        if (row->group != group) {
            row++;
            continue;
        }
        fprintf(stream, "%-*s", OPTION_COLUMN, title);
        title = "";
        row = print_line(stream, row);
    }
}

static void print_services(FILE *stream)
{
    int column = fprintf(stream, "%-*s", OPTION_COLUMN - 1, "SERVICES");
    const char *name;

    for (size_t i = 0; (name = registry_name(i)); i++) {
        if (column + 1 + (int)strlen(name) > COLUMNS)
            column = fprintf(stream, "\n%*s", OPTION_COLUMN - 1, "") - 1;
        column += fprintf(stream, " %s", name);
    }
    fputc('\n', stream);
}

void options_help(FILE *stream)
{
    fputs("Usage: dstack-simulator [OPTION]...               serve until Ctrl-C\n"
          "       dstack-simulator decrypt-env FILE | deploy FILE | ps | logs VM | rm VM\n"
          "A dstack guest agent without a TEE: http://" OPTIONS_DEFAULT_LISTEN " and Unix sockets.\n",
          stream);
    for (enum option_group group = 0; group < GROUP_COUNT; group++)
        print_group(stream, group);
    print_services(stream);
    fputs("Most can also be set as " OPTIONS_PREFIX "SEED=x. See also: man dstack-simulator\n", stream);
}
