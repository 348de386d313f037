#include "sim/td/fixtures.h"

#include <string.h>

const struct fixture *fixture_find(const char *name)
{
    for (const struct fixture *f = fixtures; f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}
