/* The Unix sockets of --socket-dir, as a real TD and its VMM have them, and who may connect to one.
 *
 * In production dstack.sock, tappd.sock and external.sock are open to every local user, so that
 * containers without root reach them. What is private stays with the user that runs the program. */
#ifndef PROCESS_SOCKET_FILES_H
#define PROCESS_SOCKET_FILES_H

#include "sim/base/buf.h"
#include "sim/cli/options.h"

/* The index-th socket's name, "dstack.sock", NULL past the last; a spelling_word. */
const char *socket_files_name(size_t index);

/* Whether each TD has such a socket; the others are the program's. */
bool socket_files_is_of_td(size_t index);

/* What the socket with that name serves, as in --listen ("dstack,tappd"); NULL for other names.
 * is_strict: no more than in a real TD. */
const char *socket_files_services(const char *name, bool is_strict);

/* Where the index-th socket is: at the address of --config, which may be TCP, or in --socket-dir.
 * Does not set its services. Returns 0, or -1 with an error if the path is too long. */
MUST_CHECK int socket_files_address(const struct options *options, size_t index, struct listen_spec *spec,
                                    struct error *error);

/* The same in another directory, such as that of a deployed TD. */
MUST_CHECK int socket_files_path_in(const char *directory, size_t index, char path[LISTEN_SPEC_PATH_MAX + 1],
                                    struct error *error);

/* The permissions of a Unix socket that serves this set: 0600 if one of its services is private,
 * those of --socket-mode if not. */
unsigned socket_files_mode(const struct options *options, unsigned services);

/* Whether the directory of --socket-dir keeps other users from sockets whose permissions invite
 * them. Out: a sentence that says so and what to do. */
bool socket_files_are_hidden(const struct options *options, char *sentence, size_t size);

#endif
