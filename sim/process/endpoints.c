#include "sim/process/endpoints.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/json_text.h"
#include "sim/base/spelling.h"

/* The sockets of --socket-dir, as they are in a real TD. */
static const struct {
    const char *name;
    unsigned services;
} socket_files[] = {
    {"dstack.sock", SERVICE_DSTACK | SERVICE_TAPPD},
    {"tappd.sock", SERVICE_DSTACK | SERVICE_TAPPD},
    {"external.sock", SERVICE_WORKER},
    {"guest.sock", SERVICE_GUEST},
};

/* The listener calls through the endpoint, so that services can be set later. */
static void serve(void *context, struct exchange *exchange)
{
    const struct http_handler *handler = &((const struct endpoint *)context)->handler;

    handler->serve(handler->context, exchange);
}

static struct http_handler add_endpoint(struct endpoints *endpoints, unsigned services)
{
    struct endpoint *endpoint = &endpoints->list[endpoints->count++];

    endpoint->services = services;
    return (struct http_handler){serve, endpoint};
}

static int open_endpoint(struct endpoints *endpoints, const struct listen_spec *spec, struct error *error)
{
    const struct http_handler handler = add_endpoint(endpoints, spec->services);

    if (spec->kind == LISTEN_UNIX)
        return server_listen_unix(endpoints->server, spec->address, &handler, error);
    return server_listen_tcp(endpoints->server, spec->address, spec->port, &handler, error);
}

static int open_socket_files(struct endpoints *endpoints, const char *dir, struct error *error)
{
    for (size_t i = 0; i < sizeof socket_files / sizeof *socket_files; i++) {
        struct listen_spec spec = {.kind = LISTEN_UNIX, .services = socket_files[i].services};
        const char *name = socket_files[i].name;
        bool here = strcmp(dir, ".") == 0;

        if ((here ? 0 : strlen(dir) + 1) + strlen(name) > LISTEN_SPEC_PATH_MAX)
            return error_input(error, "--socket-dir %s is too long: a socket's path has at most %d bytes",
                               dir, LISTEN_SPEC_PATH_MAX);
        snprintf(spec.address, sizeof spec.address, "%s%s%s", here ? "" : dir, here ? "" : "/", name);
        if (open_endpoint(endpoints, &spec, error))
            return -1;
    }
    return 0;
}

unsigned endpoints_services_of(const char *name)
{
    unsigned services = listen_spec_services(name);

    for (size_t i = 0; i < sizeof socket_files / sizeof *socket_files; i++)
        if (strcmp(name, socket_files[i].name) == 0)
            services = socket_files[i].services;
    return services ? services : SERVICE_ALL;
}

static const char *known_name(size_t index)
{
    const size_t count = sizeof socket_files / sizeof *socket_files;

    return index < count ? socket_files[index].name : listen_spec_service_name(index - count);
}

/* A name of one's own offers everything, so one that only misses a known name is refused. */
static int check_name(const char *name, struct error *error)
{
    const size_t len = strlen(name);
    const char *meant = spelling_nearest(name, len, known_name);

    for (size_t i = 0; known_name(i); i++) {
        const char *known = known_name(i);

        if (strncmp(known, name, len) == 0 && strcmp(known + len, ".sock") == 0)
            meant = known; /* the name of a socket file without its ending */
    }
    if (!meant || listen_spec_services(name) || strcmp(meant, name) == 0)
        return 0;
    return error_input(error, "\"%.60s\" names no services, and would offer all of them; did you mean %s?",
                       name, meant);
}

static int open_passed(struct endpoints *endpoints, const struct service_manager *manager,
                       struct error *error)
{
    for (size_t i = 0; i < manager->socket_count; i++) {
        const char *name = manager->socket_names[i];
        const struct http_handler handler = add_endpoint(endpoints, endpoints_services_of(name));

        if (check_name(name, error) ||
            server_listen_fd(endpoints->server, SERVICE_MANAGER_FIRST_FD + (int)i, &handler, error))
            return error_context(error, "the service manager's socket %.100s", name);
    }
    return 0;
}

int endpoints_open(struct endpoints *endpoints, struct server *server, const struct service_manager *manager,
                   const struct options *options, struct error *error)
{
    const bool passed = manager->socket_count > 0;

    *endpoints = (struct endpoints){.server = server};
    if (open_passed(endpoints, manager, error))
        return -1;
    for (size_t i = 0; i < options->listen.count && (options->listen_given || !passed); i++) {
        struct listen_spec spec;

        if (listen_spec_parse(&spec, options->listen.items[i], error) ||
            open_endpoint(endpoints, &spec, error))
            return -1;
    }
    if (!options->socket_dir || (passed && !options->socket_dir_given))
        return 0;
    return open_socket_files(endpoints, options->socket_dir, error);
}

void endpoints_route(struct endpoints *endpoints, struct services *services)
{
    for (size_t i = 0; i < endpoints->count; i++) {
        struct endpoint *endpoint = &endpoints->list[i];

        endpoint->router = routes_new(services, endpoint->services);
        endpoint->handler = router_handler(endpoint->router);
    }
}

void endpoints_free(struct endpoints *endpoints)
{
    for (size_t i = 0; i < endpoints->count; i++)
        router_free(endpoints->list[i].router);
    endpoints->count = 0;
}

#define DEFAULT_URL "http://localhost:8090"

/* Is it this machine itself, or every address of it? Brackets of a v6 host are allowed. */
static bool is_local(const char *host, size_t len)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::]", "::1", "::"};

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (strlen(hosts[i]) == len && memcmp(hosts[i], host, len) == 0)
            return true;
    return false;
}

void endpoints_public_url(const struct endpoints *endpoints, char *url, size_t size)
{
    static const char scheme[] = "http://";
    struct server_endpoint endpoint;

    snprintf(url, size, DEFAULT_URL);
    for (size_t i = 0; server_endpoint(endpoints->server, i, &endpoint); i++) {
        const char *host, *port;

        if (!endpoint.url)
            continue;
        host = endpoint.url + sizeof scheme - 1;
        port = strrchr(endpoint.url, ':');
        if (is_local(host, (size_t)(port - host)))
            snprintf(url, size, "http://localhost%s", port);
        else
            snprintf(url, size, "%s", endpoint.url);
        return;
    }
}

void endpoints_expected_url(const struct options *options, char *url, size_t size)
{
    struct error ignored = {.kind = ERROR_NONE}; /* options_parse has checked each */
    struct listen_spec spec;

    snprintf(url, size, DEFAULT_URL);
    for (size_t i = 0; i < options->listen.count; i++) {
        if (listen_spec_parse(&spec, options->listen.items[i], &ignored) || spec.kind != LISTEN_TCP)
            continue;
        if (is_local(spec.address, strlen(spec.address)))
            snprintf(url, size, "http://localhost:%u", spec.port);
        else
            snprintf(url, size, strchr(spec.address, ':') ? "http://[%s]:%u" : "http://%s:%u", spec.address,
                     spec.port);
        return;
    }
}

const char *endpoints_path(const struct server_endpoint *endpoint, char *room)
{
    return realpath(endpoint->path, room) ? room : endpoint->path;
}

void endpoints_write_ready(const struct endpoints *endpoints, struct buf *out)
{
    struct server_endpoint endpoint;
    char path[PATH_MAX];

    json_text_member_uint(out, '{', "pid", (uint64_t)getpid());
    json_text_key(out, ',', "endpoints");
    buf_append_byte(out, '[');
    for (size_t i = 0; server_endpoint(endpoints->server, i, &endpoint); i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        if (endpoint.url)
            json_text_member(out, '{', "url", endpoint.url);
        else
            json_text_member(out, '{', "path", endpoints_path(&endpoint, path));
        buf_append_byte(out, '}');
    }
    buf_append_text(out, "]}\n");
}

void endpoints_status(const struct endpoints *endpoints, char *text, size_t size)
{
    struct server_endpoint endpoint;
    size_t count = 0;

    while (server_endpoint(endpoints->server, count, &endpoint))
        count++;
    if (!server_endpoint(endpoints->server, 0, &endpoint))
        snprintf(text, size, "Serving nowhere");
    else if (count == 1)
        snprintf(text, size, "Serving %s", endpoint.url ? endpoint.url : endpoint.path);
    else
        snprintf(text, size, "Serving %s and %zu more", endpoint.url ? endpoint.url : endpoint.path,
                 count - 1);
}
