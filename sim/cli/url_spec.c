#include "sim/cli/url_spec.h"

#include <stdio.h>
#include <string.h>

static int parse_path(char *out, const char *path, struct error *error)
{
    size_t len = strlen(path);

    if (len > URL_SPEC_PATH_MAX)
        return error_input(error, "the path of a URL has at most %d bytes, this one has %zu",
                           URL_SPEC_PATH_MAX, len);
    for (size_t i = 0; i < len; i++)
        if (path[i] <= ' ' || path[i] > '~' || path[i] == '#')
            return error_input(
                error, "byte %zu of the URL's path is not allowed: use plain ASCII without blanks and #",
                i + 1);
    memcpy(out, path, len + 1);
    return 0;
}

static int parse_rest(struct url_spec *spec, const char *scheme, uint16_t default_port, const char *rest,
                      struct error *error)
{
    int len = (int)strcspn(rest, "/?#");
    const char *colon = memrchr(rest, ':', (size_t)len);
    const char *bracket = memrchr(rest, ']', (size_t)len);
    bool has_port = colon && (!bracket || bracket < colon);
    char address[LISTEN_SPEC_HOST_MAX + 16], port[8] = "";
    struct listen_spec listen;

    if (!has_port)
        snprintf(port, sizeof port, ":%u", default_port);
    if (len == 0 || rest[0] == ':')
        return error_input(error, "the URL has no host; expected one like %s://localhost:8090", scheme);
    if (snprintf(address, sizeof address, "%.*s%s", len, rest, port) >= (int)sizeof address)
        return error_input(error, "the URL's host is longer than %d characters", LISTEN_SPEC_HOST_MAX);
    if (strchr(address, '=') || strncmp(address, "unix:", 5) == 0)
        return error_input(
            error, "\"%.100s\" is not the host and port of a URL; expected one like localhost:8090", address);
    if (listen_spec_parse(&listen, address, error))
        return -1;
    memcpy(spec->host, listen.address, sizeof spec->host);
    spec->port = listen.port;
    return parse_path(spec->path, rest + len, error);
}

int url_spec_parse(struct url_spec *spec, const char *scheme, uint16_t default_port, const char *text,
                   struct error *error)
{
    const size_t len = strlen(scheme);

    if (strncmp(text, scheme, len) != 0 || strncmp(text + len, "://", 3) != 0)
        return error_input(error, "\"%.60s\" is not a URL that begins with %s://", text, scheme);
    return parse_rest(spec, scheme, default_port, text + len + 3, error);
}

void url_spec_host(const struct url_spec *spec, char host[static URL_SPEC_HOST_BYTES])
{
    const bool is_v6 = strchr(spec->host, ':') != NULL;

    snprintf(host, URL_SPEC_HOST_BYTES, is_v6 ? "[%s]:%u" : "%s:%u", spec->host, spec->port);
}
