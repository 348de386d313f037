/* The exit status for an error. */
#ifndef PROCESS_EXIT_STATUS_H
#define PROCESS_EXIT_STATUS_H

#include "sim/base/error.h"

/* 2: an option, a file or an address is wrong, which the user can fix. 1: an internal error. */
int exit_status_of(const struct error *error);

#endif
