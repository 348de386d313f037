#include "sim/process/public_url.h"

#include <stdio.h>
#include <string.h>

#include "sim/net/address.h"

#define DEFAULT_URL "http://localhost:8090"

/* Whether it means this machine or all of its addresses. IPv6 addresses have brackets. */
static bool is_local(const char *host, size_t len)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::]"};

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (strlen(hosts[i]) == len && memcmp(hosts[i], host, len) == 0)
            return true;
    return false;
}

void public_url_local(const char *listener_url, char *url, size_t size)
{
    const char *host = listener_url + strlen("http://");
    const char *port = strrchr(host, ':');

    if (is_local(host, (size_t)(port - host)))
        snprintf(url, size, "http://localhost%s", port);
    else
        snprintf(url, size, "%s", listener_url);
}

void public_url_of(const struct endpoints *endpoints, char *url, size_t size)
{
    struct listener_address address;

    if (endpoints_find(endpoints, registry_all(), true, &address))
        public_url_local(address.url, url, size);
    else
        snprintf(url, size, DEFAULT_URL);
}

/* The URL that the listener will have. */
static void expect(const struct listen_spec *spec, char *url, size_t size)
{
    struct sockaddr_storage found;
    char text[ADDRESS_BYTES];

    if (strcmp(spec->address, "localhost") != 0 && address_look_up(spec->address, spec->port, &found) == 0) {
        address_write(&found, text);
        snprintf(url, size, "http://%s", text);
    } else {
        snprintf(url, size, "http://%s:%u", spec->address, spec->port);
    }
}

/* The first TCP address that will be opened, or NULL. */
static const struct listen_spec *find_first(const struct options *options)
{
    for (size_t i = 0; i < options->listen_count; i++)
        if (options->listen[i].kind == LISTEN_TCP)
            return &options->listen[i];
    for (size_t i = 0; i < OPTIONS_SOCKETS; i++)
        if (options->sockets[i].name && options->sockets[i].spec.kind == LISTEN_TCP)
            return &options->sockets[i].spec;
    return NULL;
}

void public_url_expected(const struct options *options, char *url, size_t size)
{
    const struct listen_spec *first = find_first(options);
    char expected[LISTEN_SPEC_HOST_MAX + 20];

    snprintf(url, size, DEFAULT_URL);
    if (!first)
        return;
    expect(first, expected, sizeof expected);
    public_url_local(expected, url, size);
}
