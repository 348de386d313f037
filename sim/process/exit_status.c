#include "sim/process/exit_status.h"

#include <stdlib.h>

#define EXIT_USAGE 2

int exit_status_of(const struct error *error)
{
    return error->kind == ERROR_INTERNAL ? EXIT_FAILURE : EXIT_USAGE;
}
