/* The exit status of a program that could not do what it was asked. */
#ifndef PROCESS_EXIT_STATUS_H
#define PROCESS_EXIT_STATUS_H

#include "sim/base/error.h"

/* 2: an option, a file or an address is wrong, which the user can mend. 1: the program is at fault. */
int exit_status_of(const struct error *error);

#endif
