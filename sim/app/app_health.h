/* Whether the app can serve, as gateways ask before they route to it (dstack, "Application health
 * checks"). An app that asks for no health checks is always healthy. For another one a verdict is
 * made again and again: from its health status file, or else from its containers, of which none
 * run here. A test can decide by hand instead. */
#ifndef APP_APP_HEALTH_H
#define APP_APP_HEALTH_H

#include "sim/app/app_requirements.h"

#define APP_HEALTH_NAME_BYTES 64
#define APP_HEALTH_STATUS_BYTES 128
#define APP_HEALTH_ERROR_BYTES 256

/* Texts are empty where they do not apply. */
struct app_health_verdict {
    bool is_healthy;
    char name[APP_HEALTH_NAME_BYTES];     /* what holds the app back: a container, or how it is judged */
    char status[APP_HEALTH_STATUS_BYTES]; /* "starting", "unhealthy", or a rule that was broken */
    char error[APP_HEALTH_ERROR_BYTES];   /* why nothing could be judged */
};

struct app_health {
    bool is_checked; /* the app asks for health checks */
    bool has_file;   /* in a file, named in its requirements */
    char *file;      /* heap: where that file is on this machine; or NULL */
    bool is_set;     /* by hand */
    struct app_health_verdict judged, set;
};

/* Nothing has been judged yet. file: where the health status file is on this machine, or NULL;
 * copied. Free it with app_health_free. */
void app_health_init(struct app_health *health, const struct app_requirements *requirements,
                     const char *file);
void app_health_free(struct app_health *health);

/* Makes a verdict. now: Unix seconds. Returns whether what is reported has changed. */
bool app_health_judge(struct app_health *health, int64_t now);

/* The verdict that counts. */
const struct app_health_verdict *app_health_report(const struct app_health *health);

/* Decides by hand. state: healthy, starting, unhealthy, or empty to judge by the rules again.
 * name: of the container that is not healthy. why: nothing could be judged, for this reason. Both
 * may be empty; if both are, the container is called "app". */
MUST_CHECK int app_health_set(struct app_health *health, const char *state, const char *name, const char *why,
                              struct error *error);

/* Judges by the rules again. */
void app_health_unset(struct app_health *health);

/* "healthy", or "unhealthy: web: starting": one line for people, truncated to size. */
void app_health_describe(const struct app_health_verdict *verdict, char *out, size_t size);

#endif
