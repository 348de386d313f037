/* The host that a request is for (RFC 9112, 3.2), and who may name it.
 *
 * A page that makes its own name resolve to this machine (DNS rebinding) is same-origin to a browser, but
 * its requests still name that host. So only names are served that a stranger cannot own, and those
 * that the operator has given. */
#ifndef HTTP_HTTP_HOST_H
#define HTTP_HTTP_HOST_H

#include "sim/base/span.h"

#define HTTP_HOSTS_MAX 34 /* those of --allow-host, of --public-url and the listener's own */

/* Names that are served besides those that every listener serves. */
struct http_hosts {
    struct span names[HTTP_HOSTS_MAX]; /* owned by the caller; without a port, in upper or lower case */
    size_t count;
};

/* Whether this is a host, perhaps with a port (RFC 3986, 3.2.2), or empty. may_be_path: slashes are
 * allowed as well, because some clients of a Unix socket send its path. */
bool http_host_is_valid(struct span host, bool may_be_path);

/* Whether requests for a valid host are served: an address, a name without a dot, one below .localhost,
 * .local, .internal, .svc or .cluster.local, and those of hosts. Its port does not matter. */
bool http_host_is_served(const struct http_hosts *hosts, struct span host);

/* Whether an Origin header ("http://localhost:8090") names this valid host and its port. */
bool http_host_is_origin(struct span host, struct span origin);

#endif
