#include "sim/cli/healthcheck_spec.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int parse_url(struct healthcheck_spec *spec, const char *text, struct error *error)
{
    struct url_spec url;

    if (url_spec_parse(&url, "http", URL_SPEC_HTTP_PORT, text, error))
        return -1;
    spec->listen = (struct listen_spec){.kind = LISTEN_TCP, .port = url.port};
    memcpy(spec->listen.address, url.host, sizeof spec->listen.address);
    if (strlen(url.path) > 1)
        memcpy(spec->path, url.path, sizeof spec->path);
    return 0;
}

/* A name without a slash counts as well if it ends like a socket's, even if none exists yet. */
static bool is_socket(const char *address)
{
    static const char suffix[] = ".sock";
    size_t len = strlen(address);
    struct stat status;

    if (strncmp(address, "unix:", 5) == 0)
        return false;
    if (strchr(address, '/') ||
        (len >= sizeof suffix && strcmp(address + len - (sizeof suffix - 1), suffix) == 0))
        return true;
    return stat(address, &status) == 0 && S_ISSOCK(status.st_mode);
}

static int parse_socket(struct healthcheck_spec *spec, const char *path, struct error *error)
{
    size_t len = strlen(path);

    if (len > LISTEN_SPEC_PATH_MAX)
        return error_input(error, "the path of a Unix socket has at most %d bytes, this one has %zu",
                           LISTEN_SPEC_PATH_MAX, len);
    spec->listen = (struct listen_spec){.kind = LISTEN_UNIX};
    memcpy(spec->listen.address, path, len);
    return 0;
}

int healthcheck_spec_check(const struct healthcheck_spec *spec, struct error *error)
{
    if (spec->listen.kind == LISTEN_TCP && spec->listen.port == 0)
        return error_input(error, "\"%.60s\" lets the system choose a port; specify the port that it chose",
                           spec->address);
    return 0;
}

int healthcheck_spec_parse(struct healthcheck_spec *spec, const char *address, struct error *error)
{
    *spec = (struct healthcheck_spec){.address = address, .path = HEALTHCHECK_SPEC_PATH};
    if (strncmp(address, "http://", 7) == 0)
        return parse_url(spec, address, error);
    if (strncmp(address, "https://", 8) == 0)
        return error_input(error, "HTTPS is not supported; use http://");
    if (strstr(address, "://"))
        return error_input(error, "\"%.60s\" is not a URL that begins with http://", address);
    if (is_socket(address))
        return parse_socket(spec, address, error);
    if (listen_spec_parse(&spec->listen, address, error))
        return -1;
    return healthcheck_spec_check(spec, error);
}
