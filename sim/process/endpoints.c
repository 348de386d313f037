#include "sim/process/endpoints.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fnv1a.h"
#include "sim/base/memory.h"
#include "sim/process/hosts.h"
#include "sim/process/socket_files.h"
#include "sim/process/socket_name.h"

/* The services of a set that are offered: none that controls if --no-control is given. */
static unsigned served(const struct endpoints *endpoints, unsigned set)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if ((service->is_control || service->deploys) && endpoints->options->no_control)
            set &= ~(1u << i);
    return set;
}

static struct listener *open_listener(const struct endpoints *endpoints, const struct listen_spec *spec,
                                      struct error *error)
{
    struct listeners *listeners = server_listeners(endpoints->server);

    if (spec->kind == LISTEN_TCP)
        return listener_open_tcp(listeners, spec->address, spec->port, error);
    return listener_open_unix(listeners, spec->address,
                              socket_files_mode(endpoints->options, served(endpoints, spec->services)),
                              error);
}

/* Returns NULL if listener is NULL because it could not be opened. */
static struct endpoint *add_endpoint(struct endpoints *endpoints, struct listener *listener,
                                     const struct listen_spec *spec)
{
    struct endpoint *endpoint;

    if (!listener)
        return NULL;
    endpoint = memory_zalloc(sizeof *endpoint);
    endpoint->previous = endpoints->last;
    *(endpoints->last ? &endpoints->last->next : &endpoints->first) = endpoint;
    endpoints->last = endpoint;
    endpoint->endpoints = endpoints;
    endpoint->listener = listener;
    endpoint->spec = *spec;
    return endpoint;
}

static struct endpoint *open_endpoint(struct endpoints *endpoints, const struct listen_spec *spec,
                                      struct error *error)
{
    return add_endpoint(endpoints, open_listener(endpoints, spec, error), spec);
}

/* Says whose address it is, and how to start without these sockets. */
static int error_socket_file(const struct options *options, const char *name, struct error *error)
{
    char given[OPTIONS_NAME_MAX];

    for (size_t i = 0; i < OPTIONS_SOCKETS; i++)
        if (options->sockets[i].name && strcmp(options->sockets[i].name, name) == 0)
            return error_context(error, "%s.address of --config", options->sockets[i].setting);
    options_given_as(options, &options->socket_dir, given);
    return error_advice(error, "%s%snone starts without these sockets", given,
                        strncmp(given, "--", 2) == 0 ? " " : "=");
}

/* Of the file of --config come only the sockets of a TD. */
static bool is_opened(const struct options *options, size_t index)
{
    return socket_files_is_of_td(index) || !options->config ||
           options_is_given(options, &options->socket_dir);
}

static int open_socket_files(struct endpoints *endpoints, struct error *error)
{
    const char *name;

    for (size_t i = 0; (name = socket_files_name(i)); i++) {
        struct listen_spec spec;
        struct endpoint *endpoint;

        if (!is_opened(endpoints->options, i))
            continue;
        if (socket_files_address(endpoints->options, i, &spec, error))
            return -1;
        socket_name_services(&spec, name, endpoints->options->strict);
        if (!(endpoint = open_endpoint(endpoints, &spec, error)))
            return error_socket_file(endpoints->options, name, error);
        endpoint->is_socket_file = true;
        endpoint->is_of_td = socket_files_is_of_td(i);
    }
    return 0;
}

static int open_passed(struct endpoints *endpoints, const struct service_manager *manager,
                       struct error *error)
{
    const struct options *options = endpoints->options;

    for (size_t i = 0; i < manager->socket_count; i++) {
        const char *name = manager->socket_names[i];
        const int fd = SERVICE_MANAGER_FIRST_FD + (int)i;
        struct listen_spec spec = {.kind = LISTEN_UNIX};
        struct endpoint *endpoint = NULL;

        socket_name_services(&spec, name, options->strict);
        if (socket_name_check(name, error) == 0)
            endpoint = add_endpoint(endpoints,
                                    listener_open_fd(server_listeners(endpoints->server), fd, error), &spec);
        if (!endpoint)
            return error_context(error, "the service manager's socket %.100s", name);
        endpoint->is_socket_file = socket_files_services(name, false) != NULL;
    }
    return 0;
}

static int open_listed(struct endpoints *endpoints, struct error *error)
{
    const struct options *options = endpoints->options;
    char given[OPTIONS_NAME_MAX];

    for (size_t i = 0; i < options->listen_count; i++)
        if (!open_endpoint(endpoints, &options->listen[i], error)) {
            options_given_as(options, &options->listen, given);
            return error_context(error, "%s", given);
        }
    return 0;
}

static int open_kms(struct endpoints *endpoints, struct error *error)
{
    const struct options *options = endpoints->options;
    char given[OPTIONS_NAME_MAX];
    struct endpoint *endpoint;
    struct listen_spec spec;

    if (!options->kms_listen)
        return 0;
    if (listen_spec_parse(&spec, options->kms_listen, error) == 0 &&
        listen_spec_parse_services(&spec, "kms", error) == 0 &&
        (endpoint = open_endpoint(endpoints, &spec, error))) {
        endpoint->is_kms = true;
        return 0;
    }
    options_given_as(options, &options->kms_listen, given);
    return error_context(error, "%s", given);
}

static int open_all(struct endpoints *endpoints, const struct service_manager *manager, struct error *error)
{
    const struct options *options = endpoints->options;
    const bool passed = manager->socket_count > 0;

    if (open_passed(endpoints, manager, error))
        return -1;
    if ((!passed || options_is_given(options, &options->listen)) && open_listed(endpoints, error))
        return -1;
    if (!options->socket_dir || (passed && !options_is_given(options, &options->socket_dir)))
        return 0;
    return open_socket_files(endpoints, error);
}

int endpoints_open(struct endpoints *endpoints, struct server *server, const struct service_manager *manager,
                   const struct options *options, struct error *error)
{
    *endpoints = (struct endpoints){.server = server, .options = options};
    return open_all(endpoints, manager, error) || open_kms(endpoints, error) ? -1 : 0;
}

static void free_endpoint(struct endpoint *endpoint)
{
    router_free(endpoint->router);
    free(endpoint);
}

/* --- owners --- */

static size_t bucket_of(const void *owner)
{
    return fnv1a(&owner, sizeof owner) % ENDPOINTS_BUCKETS;
}

static void set_owner(struct endpoint *endpoint, void *owner)
{
    struct endpoint **bucket = &endpoint->endpoints->by_owner[bucket_of(owner)];

    endpoint->owner = owner;
    endpoint->next_of_bucket = *bucket;
    *bucket = endpoint;
}

/* The newest of an owner, or the next older one. */
static struct endpoint *skip_others(struct endpoint *endpoint, const void *owner)
{
    while (endpoint && endpoint->owner != owner)
        endpoint = endpoint->next_of_bucket;
    return endpoint;
}

static void forget(struct endpoint *endpoint)
{
    struct endpoints *endpoints = endpoint->endpoints;
    struct endpoint **at = &endpoints->by_owner[bucket_of(endpoint->owner)];

    *(endpoint->previous ? &endpoint->previous->next : &endpoints->first) = endpoint->next;
    *(endpoint->next ? &endpoint->next->previous : &endpoints->last) = endpoint->previous;
    while (*at && *at != endpoint)
        at = &(*at)->next_of_bucket;
    if (*at)
        *at = endpoint->next_of_bucket;
    free_endpoint(endpoint);
}

static void on_gone(void *data)
{
    struct endpoint *endpoint = data;
    struct endpoints *endpoints = endpoint->endpoints;
    void *owner = endpoint->owner;

    forget(endpoint);
    if (owner && !skip_others(endpoints->by_owner[bucket_of(owner)], owner))
        endpoints->on_released(endpoints->data, owner);
}

/* --- serving --- */

static bool has_control(unsigned set)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (set & 1u << i && service->is_control)
            return true;
    return false;
}

static bool has_vmm(unsigned set)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (set & 1u << i && service->deploys)
            return true;
    return false;
}

static bool is_tcp(const struct endpoint *endpoint)
{
    struct listener_address address;

    return listener_find_address(endpoint->listener, 0, &address) && address.url;
}

/* Over TLS, and without what belongs to a TD. Any name is served: a page of another site would find the wrong
 * one in the certificate. */
static void serve_kms(struct endpoint *endpoint, const struct site *site)
{
    endpoint->site = *site;
    endpoint->site.has_control = false;
    endpoint->site.is_strict = endpoint->endpoints->options->strict;
    endpoint->site.shut_down = NULL;
    endpoint->router = routes_new_kms(&endpoint->site);
    listener_serve(endpoint->listener, &(struct listener_service){
                                           .tls = endpoint->endpoints->kms_tls,
                                           .handler = router_handler(endpoint->router),
                                           .on_gone = on_gone,
                                           .data = endpoint,
                                       });
}

static void serve(struct endpoint *endpoint, const struct site *site)
{
    unsigned set = served(endpoint->endpoints, endpoint->spec.services);
    struct http_handler handler;

    endpoint->site = *site;
    endpoint->site.has_control = has_control(set);
    endpoint->site.has_vmm = has_vmm(set);
    endpoint->site.is_strict = endpoint->endpoints->options->strict;
    endpoint->site.is_reduced = endpoint->site.is_strict && endpoint->is_socket_file;
    if (!endpoint->spec.names_services)
        endpoint->site.shut_down = NULL;
    endpoint->router = routes_new(&endpoint->site, set);
    handler = app_version_handler(&endpoint->app_version, router_handler(endpoint->router), set, site->td);
    handler = tsm_gate_handler(&endpoint->tsm_gate, handler, endpoint->endpoints->tsm);
    hosts_set(&endpoint->hosts, endpoint->endpoints->options, endpoint->spec.address);
    handler.hosts = is_tcp(endpoint) ? &endpoint->hosts : NULL;
    listener_serve(endpoint->listener,
                   &(struct listener_service){.handler = handler, .on_gone = on_gone, .data = endpoint});
}

void endpoints_serve(struct endpoints *endpoints, const struct site *site)
{
    for (struct endpoint *endpoint = endpoints->first; endpoint; endpoint = endpoint->next)
        (endpoint->is_kms ? serve_kms : serve)(endpoint, site);
}

int endpoints_add(struct endpoints *endpoints, const struct listen_spec *spec, const struct site *site,
                  void *owner, struct error *error)
{
    struct endpoint *endpoint = open_endpoint(endpoints, spec, error);

    if (!endpoint)
        return -1;
    set_owner(endpoint, owner);
    serve(endpoint, site);
    return 0;
}

void endpoints_give(struct endpoints *endpoints, void *owner)
{
    for (struct endpoint *endpoint = endpoints->first; endpoint; endpoint = endpoint->next)
        if (endpoint->is_of_td)
            set_owner(endpoint, owner);
}

bool endpoints_find_owned(const struct endpoints *endpoints, const void *owner,
                          struct listener_address *address)
{
    const struct endpoint *endpoint = skip_others(endpoints->by_owner[bucket_of(owner)], owner);

    for (; endpoint; endpoint = skip_others(endpoint->next_of_bucket, owner))
        if (listener_find_address(endpoint->listener, 0, address) && address->url)
            return true;
    return false;
}

bool endpoints_close_owned(struct endpoints *endpoints, void *owner)
{
    struct endpoint *endpoint = skip_others(endpoints->by_owner[bucket_of(owner)], owner);
    const bool is_any = endpoint != NULL;

    for (; endpoint; endpoint = skip_others(endpoint->next_of_bucket, owner))
        listener_close(endpoint->listener);
    return is_any;
}

void endpoints_free(struct endpoints *endpoints)
{
    struct endpoint *next;

    for (struct endpoint *endpoint = endpoints->first; endpoint; endpoint = next) {
        next = endpoint->next;
        free_endpoint(endpoint);
    }
    endpoints->first = endpoints->last = NULL;
}

bool endpoints_address(const struct endpoints *endpoints, size_t index, struct listener_address *address)
{
    for (const struct endpoint *endpoint = endpoints->first; endpoint; endpoint = endpoint->next)
        for (size_t i = 0; listener_find_address(endpoint->listener, i, address); i++)
            if (index-- == 0)
                return true;
    return false;
}

bool endpoints_find(const struct endpoints *endpoints, unsigned services, bool is_tcp,
                    struct listener_address *address)
{
    for (const struct endpoint *endpoint = endpoints->first; endpoint; endpoint = endpoint->next)
        if (!endpoint->is_kms && served(endpoints, endpoint->spec.services) & services &&
            listener_find_address(endpoint->listener, 0, address) && (address->url != NULL) == is_tcp)
            return true;
    return false;
}

const char *endpoints_path(const struct listener_address *address, char *room)
{
    return realpath(address->path, room) ? room : address->path;
}
