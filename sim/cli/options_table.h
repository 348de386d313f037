/* The table of options, and functions to find a row. */
#ifndef CLI_OPTIONS_TABLE_H
#define CLI_OPTIONS_TABLE_H

#include "sim/base/spelling.h"
#include "sim/cli/options_data.h"
#include "sim/cli/options_read.h"

enum option_kind {
    OPTION_STRING, /* char * */
    OPTION_FLAG,   /* bool */
    OPTION_WORD,   /* an enum, whose values are indices in the list of words */
    OPTION_PARSED, /* parsed by the row's read function */
    OPTION_LIST,   /* the same, repeatable; commas between its items in the environment */
    OPTION_SPECS,  /* the same with blanks or semicolons, because an item may contain commas */
};

enum { OPTIONS_SENTENCES_MAX = 1024 };

enum option_group { GROUP_LISTENING, GROUP_APP, GROUP_PLATFORM, GROUP_LOGGING, GROUP_OTHER, GROUP_COUNT };

/* What a value names, for the completions. */
enum option_value { VALUE_TEXT, VALUE_FILE, VALUE_DIRECTORY };

struct option_row {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* NULL for flags; "[WHAT]" may be omitted, and is then "" */
    enum option_kind kind;
    size_t field;              /* offset in struct options */
    bool is_command_line_only; /* asks for one thing to be done; not read from the environment */
    const char *preset;        /* optional: the default value */
    const char *none;          /* optional: the word that makes a string NULL */
    bool is_secret;            /* --print-config does not show it */
    const char *setting;       /* optional: its name in the file of --config */
    spelling_word *word;       /* what the completions offer; of OPTION_WORD, all there is */
    options_reader *read; /* of OPTION_PARSED and lists; optional for strings, which are otherwise copied */
    enum option_value value;

    enum option_group group;
    bool is_joined;     /* on one line of --help with the row before it ... */
    const char *shared; /* ... and this text of the first such row describes them all */
    const char *brief;  /* a few words; at most 41 characters where --help shows them */
    const char *more;   /* optional: sentences for the manual, instead of brief */
};

/* Ends with a row without a name. */
extern const struct option_row options_table[];

static inline bool options_table_is_bool(const struct option_row *row)
{
    return row->kind == OPTION_FLAG;
}

static inline bool options_table_is_list(const struct option_row *row)
{
    return row->kind == OPTION_LIST || row->kind == OPTION_SPECS;
}

static inline bool options_table_is_optional(const struct option_row *row)
{
    return row->argument && row->argument[0] == '[';
}

static inline void *options_table_field(struct options *options, const struct option_row *row)
{
    return (char *)options + row->field;
}

/* The row of a field of *options. */
const struct option_row *options_table_row_of(const struct options *options, const void *field);

/* Whether a setting has another value than its default one. field: see options_is_given. */
bool options_table_is_given(const struct options *options, const void *field);

/* The names of the groups: "Listening". */
const char *options_table_group(enum option_group group);

/* Each returns NULL if there is no such option. */
const struct option_row *options_table_find(const char *name, size_t len);
const struct option_row *options_table_find_letter(char letter);

/* The option that a mistyped name may have meant, or NULL (see spelling.h). */
const struct option_row *options_table_nearest(const char *typed, size_t len);

/* The name of a shell, by enum options_shell; NULL after the last. */
const char *options_table_shell(size_t index);

/* Writes the manual's text for a row, at most OPTIONS_SENTENCES_MAX bytes: `more` with the names of
 * all services in place of @SERVICES@, or `brief` as a sentence. */
void options_table_sentences(const struct option_row *row, char *out);

/* Writes the name of the row's environment variable, at most OPTIONS_NAME_MAX bytes. */
void options_table_variable(const struct option_row *row, char *out);

#endif
