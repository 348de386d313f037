#include "sim/process/socket_name.h"

#include <string.h>

#include "sim/base/spelling.h"
#include "sim/process/socket_files.h"
#include "sim/services/registry.h"

void socket_name_services(struct listen_spec *spec, const char *name, bool is_strict)
{
    const char *services = socket_files_services(name, is_strict);
    struct registry_choice choice;

    if (registry_read(services ? services : name, &choice))
        choice = (struct registry_choice){.set = registry_all()};
    spec->services = choice.set;
    spec->names_services = choice.is_named;
}

static const char *known_name(size_t index)
{
    size_t files = 0;

    while (socket_files_name(files))
        files++;
    return index < files ? socket_files_name(index) : registry_name(index - files);
}

/* An unknown name would serve everything, so one that resembles a known name is refused as a typo. */
int socket_name_check(const char *name, struct error *error)
{
    const size_t len = strlen(name);
    struct registry_choice choice;
    const char *meant = spelling_nearest(name, len, known_name);

    for (size_t i = 0; known_name(i); i++) {
        const char *known = known_name(i);

        if (strncmp(known, name, len) == 0 && strcmp(known + len, ".sock") == 0)
            meant = known; /* a socket file's name without the extension */
    }
    if (!meant || !registry_read(name, &choice) || strcmp(meant, name) == 0)
        return 0;
    return error_input(error,
                       "unknown socket name \"%.60s\", which would expose every service; did you mean %s?",
                       name, meant);
}
