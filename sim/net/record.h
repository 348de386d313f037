/* What is written down of an answered request: a line of the log, and the counts. */
#ifndef NET_RECORD_H
#define NET_RECORD_H

#include <uv.h>

#include "sim/base/log.h"
#include "sim/http/http_session.h"
#include "sim/watch/stats.h"

#define RECORD_CLIENT_BYTES 64

/* "127.0.0.1:50314" or "[::1]:50314"; "?" when the client has gone. */
void record_name_client(const uv_tcp_t *socket, char name[static RECORD_CLIENT_BYTES]);

/* client: its name, or its socket's path. micros: from complete request to written response. */
void record_answer(struct log *log, struct stats *stats, const struct http_answer *answer, const char *client,
                   uint64_t micros);

#endif
