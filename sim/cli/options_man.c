#include <ctype.h>
#include <string.h>

#include "sim/base/version.h"
#include "sim/cli/options_table.h"

/* What stands around the options, which come from the table. No date and no build are
 * named, so that the page is the same everywhere. */
/* clang-format off */
static const char head[] =
    ".SH NAME\n"
    "dstack\\-simulator \\- a dstack guest agent without a TEE\n"
    ".SH SYNOPSIS\n"
    ".B dstack\\-simulator\n"
    ".RI [ OPTION ]...\n"
    ".br\n"
    ".B dstack\\-simulator decrypt\\-env\n"
    ".I FILE\n"
    ".RI [ OPTION ]...\n"
    ".SH DESCRIPTION\n"
    "Inside a confidential VM (Intel TDX), an app asks dstack's guest agent for keys, certificates,\n"
    "signatures and TDX quotes.\n"
    ".B dstack\\-simulator\n"
    "serves that API on machines without TDX: on http://localhost:8090, and on the sockets\n"
    ".IR dstack.sock ,\n"
    ".IR tappd.sock ,\n"
    ".I external.sock\n"
    "and\n"
    ".I guest.sock\n"
    "in the current directory.\n"
    ".PP\n"
    "It is for development and tests only: every key follows from a public seed and protects nothing.\n"
    ".PP\n"
    "With\n"
    ".B decrypt\\-env\n"
    "it serves nothing but prints the environment of an app, which the SDKs have encrypted to\n"
    ".IR FILE ,\n"
    "as lines that a shell can source.\n"
    ".SH OPTIONS\n"
    "Options may stand in any order; the value of a long one may be written as\n"
    ".BI \\-\\-name= VALUE\n"
    "or behind a blank.\n"
    "An option given twice takes its last value, a repeatable one takes all.\n";

static const char environment[] =
    "Each option has a twin, for containers and services:\n"
    ".B DSTACK_SIMULATOR_LOG_LEVEL\n"
    "is\n"
    ".BR \\-\\-log\\-level .\n"
    "An option wins over its twin, and an empty variable counts as absent.\n"
    "Flags are 1, true, yes or on, and 0, false, no or off.\n"
    "Repeatable options have commas between their values, but\n"
    ".B DSTACK_SIMULATOR_LISTEN\n"
    "and\n"
    ".B DSTACK_SIMULATOR_FAULT\n"
    "have blanks or semicolons; there, a backslash in front of a blank, a semicolon or a backslash\n"
    "makes it part of the value.\n";

static const char config[] =
    ".PP\n"
    "What\n"
    ".B \\-\\-print\\-config\n"
    "prints is a file for a shell\n"
    ".RB ( \"set \\-a; . FILE\" ),\n"
    "for systemd's\n"
    ".B EnvironmentFile=\n"
    "and for\n"
    ".BR \"docker run \\-\\-env\\-file\" .\n"
    "A value with anything but letters, digits and any of _\\-./:,=+@%[] is in double quotes, with a\n"
    "backslash before \\(dq, \\e, $ and \\(ga.\n"
    "A shell and systemd take the quotes off; docker does not, so such a line, which has a comment\n"
    "above it, has to be given as\n"
    ".B \\-\\-env\n"
    "instead.\n"
    ".TP\n"
    ".B NO_COLOR\n"
    "With any value, the log has no colours.\n"
    ".TP\n"
    ".B DSTACK_SIMULATOR_ENDPOINT\n"
    "Read by dstack's SDKs, not by this program: where the simulator is.\n";

static const char files[] =
    ".SH FILES\n"
    ".TP\n"
    ".IR dstack.sock , \" tappd.sock\" , \" external.sock\" , \" guest.sock\"\n"
    "The sockets of the guest agent, in the folder of\n"
    ".BR \\-\\-socket\\-dir .\n"
    "A socket file nobody answers on is replaced, one in use is an error.\n"
    "They are removed at the end.\n"
    ".SH EXIT STATUS\n"
    ".TP\n"
    ".B 0\n"
    "It did what was asked; also after SIGTERM or SIGINT, which let it finish what is in flight.\n"
    ".TP\n"
    ".B 1\n"
    "With\n"
    ".BR \\-\\-healthcheck :\n"
    "no simulator is ready there.\n"
    "Otherwise the output could not be written, or the program itself is at fault.\n"
    ".TP\n"
    ".B 2\n"
    "An option, a file or an address is wrong.\n"
    "One sentence on stderr says what.\n";

static const char see_also[] =
    ".SH SEE ALSO\n"
    ".BR curl (1),\n"
    ".BR systemd.exec (5),\n"
    "the README of dstack\\-simulator, and https://github.com/Dstack\\-TEE/dstack\n";
/* clang-format on */

static const struct {
    const char *what;
    const char *command;
} examples[] = {
    {"Serve an app of one's own, on a free port, and tell where:",
     "dstack-simulator --app-compose app-compose.json --listen 0 --ready-file ready.json"},
    {"Let an app meet a platform it should refuse:",
     "dstack-simulator --tcb-status OutOfDate --advisory INTEL-SA-00837"},
    {"Source an app's environment:",
     "eval \"$(dstack-simulator decrypt-env encrypted-env --app-compose app-compose.json)\""},
    {"Keep the settings of this call for a service:",
     "dstack-simulator --seed mine --log-format json --print-config > simulator.env"},
    {"Complete its options in this bash:", "source <(dstack-simulator --completion bash)"},
};

/* Text as roff shows it: a dash that is a dash, no sequence and no request in it. */
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

/* Sentences of the table, each on a line of its own, options in them in bold. */
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

/* brief is no sentence: it gets a capital and a full stop. */
static void print_brief(FILE *stream, const char *brief)
{
    fputc(toupper((unsigned char)brief[0]), stream);
    print_sentences(stream, brief + 1);
    fputc('.', stream);
}

static void print_row(FILE *stream, const struct option_row *row)
{
    fputs(".TP\n", stream);
    if (row->letter)
        fprintf(stream, "\\fB\\-%c\\fR, ", row->letter);
    print_bold_option(stream, row->name, strlen(row->name));
    if (row->argument) {
        fputs(" \\fI", stream);
        print_text(stream, row->argument, strlen(row->argument));
        fputs("\\fR", stream);
    }
    fputc('\n', stream);
    if (row->more)
        print_sentences(stream, row->more);
    else
        print_brief(stream, row->brief);
    if (row->word) {
        fputs("\nOne of ", stream);
        for (size_t i = 0; row->word(i); i++)
            fprintf(stream, "%s%s", i == 0 ? "" : row->word(i + 1) ? ", " : " and ", row->word(i));
        fputc('.', stream);
    }
    fputc('\n', stream);
}

static void print_without_twin(FILE *stream)
{
    const char *before = "";

    fputs(".PP\nThese options have no twin, because they ask for one thing to be done:\n", stream);
    for (const struct option_row *row = options_table; row->name; row++) {
        if (!row->no_twin)
            continue;
        fputs(before, stream);
        print_bold_option(stream, row->name, strlen(row->name));
        before = ", ";
    }
    fputs(".\n", stream);
}

static void print_examples(FILE *stream)
{
    fputs(".SH EXAMPLES\n", stream);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        fprintf(stream, "%s%s\n.PP\n.RS\n.EX\n", i == 0 ? "" : ".PP\n", examples[i].what);
        print_text(stream, examples[i].command, strlen(examples[i].command));
        fputs("\n.EE\n.RE\n", stream);
    }
}

void options_man(FILE *stream)
{
    fprintf(stream, ".TH DSTACK\\-SIMULATOR 1 \"\" \"dstack\\-simulator %s\" \"User Commands\"\n",
            version_number);
    fputs(head, stream);
    for (enum option_group group = 0; group < GROUP_COUNT; group++) {
        fprintf(stream, ".SS %s\n", options_table_group(group));
        for (const struct option_row *row = options_table; row->name; row++)
            if (row->group == group)
                print_row(stream, row);
    }
    fputs(".SH ENVIRONMENT\n", stream);
    fputs(environment, stream);
    print_without_twin(stream);
    fputs(config, stream);
    fputs(files, stream);
    print_examples(stream);
    fputs(see_also, stream);
}
