/* The default machine, image and app, embedded from fixtures/ at build time so
 * that the program runs with nothing beside it. */
#ifndef TD_FIXTURES_H
#define TD_FIXTURES_H

#include <stddef.h>

struct fixture {
    const char *name; /* "os-image.json" */
    const unsigned char *data; /* a NUL stands behind the last byte */
    size_t len;
};

/* The last entry has a NULL name. */
extern const struct fixture fixtures[];

/* The file of that name, or NULL. */
const struct fixture *fixture_find(const char *name);

#endif
