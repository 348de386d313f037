#include "sim/cli/healthcheck_spec.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int parse_path(char *out, const char *path, struct error *error)
{
    size_t len = strlen(path);

    if (len > HEALTHCHECK_SPEC_PATH_MAX)
        return error_input(error, "the path of a URL has at most %d bytes, this one has %zu",
                           HEALTHCHECK_SPEC_PATH_MAX, len);
    for (size_t i = 0; i < len; i++)
        if (path[i] <= ' ' || path[i] > '~' || path[i] == '#')
            return error_input(
                error, "byte %zu of the URL's path is not allowed: use plain ASCII without blanks and #",
                i + 1);
    strcpy(out, len <= 1 ? HEALTHCHECK_SPEC_PATH : path);
    return 0;
}

static int parse_url(struct healthcheck_spec *spec, const char *rest, struct error *error)
{
    int len = (int)strcspn(rest, "/?#");
    const char *colon = memrchr(rest, ':', (size_t)len);
    const char *bracket = memrchr(rest, ']', (size_t)len);
    bool has_port = colon && (!bracket || bracket < colon);
    char address[LISTEN_SPEC_HOST_MAX + 16];

    if (len == 0 || rest[0] == ':')
        return error_input(error, "the URL has no host; expected one like http://localhost:8090");
    if (snprintf(address, sizeof address, "%.*s%s", len, rest, has_port ? "" : ":80") >= (int)sizeof address)
        return error_input(error, "the URL's host is longer than %d characters", LISTEN_SPEC_HOST_MAX);
    if (strchr(address, '=') || strncmp(address, "unix:", 5) == 0)
        return error_input(
            error, "\"%.100s\" is not the host and port of a URL; expected one like localhost:8090", address);
    if (listen_spec_parse(&spec->listen, address, error))
        return -1;
    return parse_path(spec->path, rest + len, error);
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
        return parse_url(spec, address + 7, error);
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
