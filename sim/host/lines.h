/* Reading small text files, such as those in /proc, line by line. */
#ifndef HOST_LINES_H
#define HOST_LINES_H

#include "sim/base/arena.h"

/* Reads at most 64 KiB of a file into the arena; an empty text if it cannot be read. */
char *lines_read(const char *path, struct arena *arena);

/* Takes the next line off *text, in place and without its newline; NULL at the end. */
char *lines_next(char **text);

/* A copy of what follows `name` in the first line that starts with it, or NULL. Removes
 * leading spaces, tabs, '=', ':' and quotes, and trailing spaces and quotes. */
char *lines_value(const char *text, const char *name, struct arena *arena);

#endif
