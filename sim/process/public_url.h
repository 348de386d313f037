/* The URL under which clients on this machine reach the simulator.
 *
 * It is in certificates, so what is printed before a listener is open must be what it will be. */
#ifndef PROCESS_PUBLIC_URL_H
#define PROCESS_PUBLIC_URL_H

#include <stddef.h>

#include "sim/process/endpoints.h"

/* Writes the URL of the first TCP endpoint, or the default URL. */
void public_url_of(const struct endpoints *endpoints, char *url, size_t size);

/* Writes what that will be with these options, unless the system is to pick a free port. Looks up
 * a host name, as the listener will. */
void public_url_expected(const struct options *options, char *url, size_t size);

/* Writes a listener's URL for clients on this machine: with localhost in place of 127.0.0.1, or of
 * every address. */
void public_url_local(const char *listener_url, char *url, size_t size);

#endif
