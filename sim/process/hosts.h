/* The host names that a TCP listener serves besides those that all serve: see http_host.h. */
#ifndef PROCESS_HOSTS_H
#define PROCESS_HOSTS_H

#include "sim/cli/options.h"
#include "sim/net/listener.h"

/* Sets those of --allow-host and --public-url, and the listener's own: the host of its --listen, or
 * NULL. The options and own must outlive them. */
void hosts_set(struct http_hosts *hosts, const struct options *options, const char *own);

#endif
