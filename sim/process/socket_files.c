#include "sim/process/socket_files.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/services/registry.h"

#define OWNER_MODE 0600   /* of private sockets */
#define OTHERS_WRITE 0002 /* which connecting needs */

static const struct {
    const char *name;
    const char *services;
    const char *strict_services; /* in a real TD */
    bool is_of_td;               /* each TD has one */
} files[] = {
    {"dstack.sock", "dstack,tappd", "dstack", true},
    {"tappd.sock", "dstack,tappd", "tappd", true},
    {"external.sock", "worker", "worker", true},
    {"guest.sock", "guest", "guest", true},
    {"vmm.sock", "vmm", "vmm", false},
};

#define COUNT (sizeof files / sizeof *files)

const char *socket_files_name(size_t index)
{
    return index < COUNT ? files[index].name : NULL;
}

bool socket_files_is_of_td(size_t index)
{
    return index < COUNT && files[index].is_of_td;
}

const char *socket_files_services(const char *name, bool is_strict)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(name, files[i].name) == 0)
            return is_strict ? files[i].strict_services : files[i].services;
    return NULL;
}

int socket_files_address(const struct options *options, size_t index, struct listen_spec *spec,
                         struct error *error)
{
    const char *name = files[index].name, *dir = options->socket_dir;
    bool here = strcmp(dir, ".") == 0;
    char given[OPTIONS_NAME_MAX];

    for (size_t i = 0; i < OPTIONS_SOCKETS; i++) {
        if (options->sockets[i].name && strcmp(options->sockets[i].name, name) == 0) {
            *spec = options->sockets[i].spec;
            return 0;
        }
    }
    *spec = (struct listen_spec){.kind = LISTEN_UNIX};
    if ((here ? 0 : strlen(dir) + 1) + strlen(name) > LISTEN_SPEC_PATH_MAX) {
        options_given_as(options, &options->socket_dir, given);
        return error_input(error, "%s %s is too long: a socket path can have at most %d bytes", given, dir,
                           LISTEN_SPEC_PATH_MAX);
    }
    snprintf(spec->address, sizeof spec->address, "%s%s%s", here ? "" : dir, here ? "" : "/", name);
    return 0;
}

int socket_files_path_in(const char *directory, size_t index, char path[LISTEN_SPEC_PATH_MAX + 1],
                         struct error *error)
{
    const char *name = files[index].name;
    int len = snprintf(path, LISTEN_SPEC_PATH_MAX + 1, "%s/%s", directory, name);

    if (len < 0 || len > LISTEN_SPEC_PATH_MAX)
        return error_input(error,
                           "%s/%s is too long: a socket path can have at most %d bytes; choose a shorter "
                           "--socket-dir, or none",
                           directory, name, LISTEN_SPEC_PATH_MAX);
    return 0;
}

unsigned socket_files_mode(const struct options *options, unsigned services)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (services & 1u << i && service->is_private)
            return OWNER_MODE;
    return options->socket_mode;
}

bool socket_files_are_hidden(const struct options *options, char *sentence, size_t size)
{
    const char *dir = options->socket_dir;
    struct stat found;

    if (!dir || !(options->socket_mode & OTHERS_WRITE) || stat(dir, &found) || found.st_mode & S_IXOTH)
        return false;
    snprintf(sentence, size,
             "other users cannot reach the sockets in %s: the directory has mode %04o; chmod a+x lets them",
             dir, (unsigned)found.st_mode & 07777);
    return true;
}
