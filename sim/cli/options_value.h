/* One value into its field: what the command line and the environment share. */
#ifndef CLI_OPTIONS_VALUE_H
#define CLI_OPTIONS_VALUE_H

#include "sim/cli/options_table.h"

void *options_value_field(struct options *options, const struct option_row *row);

/* Checks a value and puts it into the row's field: a list gets one item more.
 * Returns 0, or -1 with a sentence that does not name the option yet. */
MUST_CHECK int options_value_read(struct options *options, const struct option_row *row, const char *value,
                                  struct error *error);

void options_value_replace(char **field, char *value); /* takes value over */
void options_value_append(struct options_list *list, const char *item);
void options_value_free(struct options_list *list);

#endif
