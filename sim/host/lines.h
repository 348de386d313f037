/* The lines of small text files such as those of /proc. */
#ifndef HOST_LINES_H
#define HOST_LINES_H

#include "sim/base/arena.h"

/* Reads a file into the arena, at most 64 KiB of it; an empty text when it cannot be read. */
char *lines_read(const char *path, struct arena *arena);

/* Takes the next line off *text, in place and without its newline; NULL at the end. */
char *lines_next(char **text);

/* What follows `name` in the first line that begins with it, without blanks, tabs,
 * '=', ':' and quotes before it and quotes after it; NULL when there is none. Copies. */
char *lines_value(const char *text, const char *name, struct arena *arena);

#endif
