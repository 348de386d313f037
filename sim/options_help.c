#include <stdio.h>
#include <string.h>

#include "sim/options_table.h"

enum { HELP_COLUMN = 31 };

static const struct {
    enum option_group group;
    const char *title;
} groups[] = {
    {GROUP_LISTENING, "Listening"}, {GROUP_APP, "The app"}, {GROUP_PLATFORM, "Platform"},
    {GROUP_LOGGING, "Logging"},     {GROUP_OTHER, "Other"},
};

static void print_row(FILE *stream, const struct option_row *row)
{
    const char *line = row->help;
    int column = row->letter ? fprintf(stream, "  -%c, --%s", row->letter, row->name)
                             : fprintf(stream, "      --%s", row->name);

    if (row->argument)
        column += fprintf(stream, " %s", row->argument);
    for (;;) {
        size_t len = strcspn(line, "\n");

        fprintf(stream, "%*s%.*s\n", column < HELP_COLUMN ? HELP_COLUMN - column : 1, "", (int)len, line);
        if (!line[len])
            return;
        line += len + 1;
        column = 0;
    }
}

static void print_group(FILE *stream, enum option_group group, const char *title)
{
    bool titled = false;

    for (const struct option_row *row = options_table; row->name; row++) {
        if (row->group != group)
            continue;
        if (!titled)
            fprintf(stream, "%s:\n", title);
        titled = true;
        print_row(stream, row);
    }
}

void options_help(FILE *stream)
{
    fputs("Usage: dstack-simulator [OPTION]...\n"
          "       dstack-simulator decrypt-env FILE [OPTION]...\n"
          "A dstack guest agent without a TEE. It serves http://localhost:8090, and\n"
          "dstack.sock, tappd.sock, external.sock and guest.sock in the current directory.\n",
          stream);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        print_group(stream, groups[i].group, groups[i].title);
    fputs("Each has a twin in the environment, DSTACK_SIMULATOR_LOG_LEVEL for --log-level;\n"
          "flags are yes or no, lists have commas (--listen: blanks or ;). Options win.\n",
          stream);
}
