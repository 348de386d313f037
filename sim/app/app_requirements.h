/* What an app asks of the guest that runs it: the member requirements of its app-compose.json, which
 * needs manifest_version "3" and an OS image of dstack 0.6. A guest that does not meet them does not
 * start the app. */
#ifndef APP_APP_REQUIREMENTS_H
#define APP_APP_REQUIREMENTS_H

#include "sim/app/app_compose.h"
#include "sim/format/semver.h"

#define APP_REQUIREMENTS_TOKEN_BYTES_MIN 32

/* The guest that they are checked against. */
struct app_requirements_guest {
    const char *os_version; /* "0.6.0" */
    struct semver os_release;
    struct span user_config; /* what is deployed with the app, which may hold a launch token; or nothing */
    bool is_legacy;          /* it measures ACPI tables as QEMU makes them, not in the TDX lite way */
};

/* What of them concerns the running app. */
struct app_requirements {
    bool has_health_check;    /* Worker.Health tells the health of the app */
    char *health_status_file; /* heap: where it reads that; or NULL */
};

/* Checks all requirements, of which none may be unknown. An app without any has an empty result. Free
 * it with app_requirements_free. */
MUST_CHECK int app_requirements_read(struct app_requirements *requirements, const struct app_compose *compose,
                                     const struct app_requirements_guest *guest, struct error *error);
void app_requirements_free(struct app_requirements *requirements);

#endif
