/* Options of other programs that people try first, and ours that do the same. */
#ifndef CLI_OPTIONS_FOREIGN_H
#define CLI_OPTIONS_FOREIGN_H

#include <stddef.h>

/* Finds an option that we do not have, without its dashes: "port", "p". Returns what to write
 * instead, "--listen PORT", or NULL. */
const char *options_foreign(const char *typed, size_t len);

#endif
