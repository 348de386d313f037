/* Files embedded at build time, so that the program needs no data files at run time. */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *name;          /* "os-image.json" */
    const unsigned char *data; /* a NUL follows the last byte */
    size_t len;
};

/* The default machine, image, platform and app (fixtures/), the dashboard (sim/web/), and the
 * manual (sim/cli/man.roff). Each list ends with an entry whose name is NULL. */
extern const struct embedded_file embedded_fixtures[];
extern const struct embedded_file embedded_web[];
extern const struct embedded_file embedded_cli[];

/* The file with that name in the list, or NULL. */
const struct embedded_file *embedded_find(const struct embedded_file *list, const char *name);

#endif
