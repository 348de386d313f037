/* What the name of a socket says about its services: that of a socket which a service manager passes, and of
 * each one of a TD. */
#ifndef PROCESS_SOCKET_NAME_H
#define PROCESS_SOCKET_NAME_H

#include "sim/cli/listen_spec.h"

/* Sets what a socket serves according to its name: the services that the name lists, those of the
 * socket with that name in --socket-dir (is_strict: see socket_files.h), or everything. */
void socket_name_services(struct listen_spec *spec, const char *name, bool is_strict);

/* Fails for a name that resembles one which means something, and so is probably a typo. */
MUST_CHECK int socket_name_check(const char *name, struct error *error);

#endif
