/* What a connection knows of the listener that accepted it. */
#ifndef NET_CONNECTION_ORIGIN_H
#define NET_CONNECTION_ORIGIN_H

#include "sim/net/clients.h"
#include "sim/net/tls_config.h"

/* Where clients connect. It outlives its connections and owns them in the pool: pool_end with
 * it closes idle ones at once and the others after their request, in LIMIT_STOP_MS at most. */
struct connection_origin {
    struct http_handler handler;
    const struct tls_config *tls;  /* speaks TLS; or NULL. Outlives the origin */
    const char *unix_path;         /* the listening socket's, or NULL for TCP */
    void (*on_closed)(void *data); /* after a connection has left the pool */
    void *data;
};

#endif
