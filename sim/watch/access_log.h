/* A log line for each answered request. */
#ifndef WATCH_ACCESS_LOG_H
#define WATCH_ACCESS_LOG_H

#include "sim/base/log.h"
#include "sim/http/http_answer.h"

/* Text: GET /Version 200 69 B 12 us 127.0.0.1:50314 "curl/8.5.0" (note) ignored a, b: reason
 * JSON, after time and level: message, which is "request", verb, path, method, status, bytes,
 * micros, client, agent, note, ignored, reason. What a request does not have is left out.
 * The level is LOG_INFO, or LOG_DEBUG for a background request. The path is shown without its
 * query, which may contain a secret, with unprintable characters escaped, and cut at 200 bytes. */
void access_log_write(struct log *log, const struct http_answer *answer);

#endif
