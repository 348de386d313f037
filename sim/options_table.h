/* The table of options, and finding a row of it. */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/options.h"

#define OPTIONS_TABLE_PREFIX "DSTACK_SIMULATOR_"

enum {
    OPTIONS_TABLE_MAX_ROWS = 64,
    OPTIONS_TABLE_NAME_MAX = 64, /* of "DSTACK_SIMULATOR_LISTEN" with its NUL */
};

enum option_kind {
    OPTION_STRING,  /* char * */
    OPTION_LIST,    /* struct options_list; commas between its items in the environment */
    OPTION_SPECS,   /* the same with blanks or semicolons, because an item may hold commas */
    OPTION_FLAG,    /* bool */
    OPTION_COMMAND, /* bool; the environment has no twin */
    OPTION_LEVEL,   /* enum log_level */
    OPTION_FORMAT,  /* enum log_format */
};

enum option_group { GROUP_LISTENING, GROUP_APP, GROUP_PLATFORM, GROUP_LOGGING, GROUP_OTHER };

struct option_row {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* NULL with both kinds of bool; "[WHAT]" may be left out, and is "" then */
    enum option_kind kind;
    size_t field; /* offset in struct options */

    /* Optional. Says what is wrong with a value, which is not empty; may shorten it. */
    int (*check)(char *value, struct error *error);

    enum option_group group;
    const char *help; /* lines of at most 48 characters */
};

/* Ends with a row without a name. */
extern const struct option_row options_table[];

static inline bool options_table_is_bool(const struct option_row *row)
{
    return row->kind == OPTION_FLAG || row->kind == OPTION_COMMAND;
}

/* Each returns NULL when there is no such option. */
const struct option_row *options_table_find(const char *name, size_t len);
const struct option_row *options_table_find_letter(char letter);

/* The option somebody who typed that may have meant, or NULL: one slip in three
 * letters is forgiven, and a part of the name is enough. */
const struct option_row *options_table_nearest(const char *typed, size_t len);

/* Writes the name of the environment twin, at most OPTIONS_TABLE_NAME_MAX bytes. */
void options_table_variable(const struct option_row *row, char *out);

#endif
