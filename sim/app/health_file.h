/* The file in which an app reports its own health: the health_status_file of its requirements
 * (dstack, "Application health checks"). Two lines: healthy or unhealthy, in any case, and the
 * Unix second in which they were written. */
#ifndef APP_HEALTH_FILE_H
#define APP_HEALTH_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/span.h"

#define HEALTH_FILE_AGE_SECONDS_MAX 60
#define HEALTH_FILE_BYTES_MAX 4096 /* what follows is not read */
#define HEALTH_FILE_REASON_BYTES 96

/* Whether the contents say that the app is healthy now. Otherwise writes which rule failed, never
 * a byte of the contents: anyone may read the reason. now: Unix seconds. */
bool health_file_judge(struct span contents, int64_t now, char reason[static HEALTH_FILE_REASON_BYTES]);

/* The same for a file on this machine, which has to be a regular file. Does not block. */
bool health_file_read(const char *path, int64_t now, char reason[static HEALTH_FILE_REASON_BYTES]);

#endif
