#include "sim/services/fault_names.h"

#include <stdio.h>
#include <strings.h>

#include "sim/base/spelling.h"
#include "sim/rpc/proto_name.h"
#include "sim/services/registry.h"
#include "sim/vmm/vmm.h"

#define NAME_BYTES 64 /* of a service or a method, with NUL */

struct found {
    const char *service, *dot; /* empty if no service was named */
    const char *method;
};

typedef int compare_names(const char *a, const char *b, size_t size); /* strncmp or strncasecmp */

/* A service's name with the version of its package, if that has one. */
static const char *full_name(const ProtobufCServiceDescriptor *descriptor)
{
    return proto_name_short(descriptor->name, descriptor->package);
}

/* The service's name, with or without its version, as it is typed; NULL if it is not that service's. */
static const char *match_service(const ProtobufCServiceDescriptor *descriptor, const char *typed, size_t len,
                                 compare_names *compare)
{
    const char *names[] = {descriptor->short_name, full_name(descriptor)};

    for (size_t i = 0; i < 2; i++)
        if (strlen(names[i]) == len && compare(names[i], typed, len) == 0)
            return names[i];
    return NULL;
}

/* "GetQuote", "DstackGuest.GetQuote" or "v1.DstackGuest.GetKey" in one service. */
static bool find_in(const ProtobufCServiceDescriptor *descriptor, const char *name, compare_names *compare,
                    struct found *found)
{
    const char *dot = strrchr(name, '.'), *method = dot ? dot + 1 : name;
    const char *service = dot ? match_service(descriptor, name, (size_t)(dot - name), compare) : "";

    if (!service)
        return false;
    for (unsigned i = 0; i < descriptor->n_methods; i++) {
        const char *known = descriptor->methods[i].name;

        if (compare(known, method, strlen(method) + 1) == 0) {
            *found = (struct found){service, dot ? "." : "", known};
            return true;
        }
    }
    return false;
}

/* Searches the services that are controls, except for what accompanies them, or the others. */
static bool find_method(bool is_control, const char *name, compare_names *compare, struct found *found)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_with_methods(i)); i++)
        if (service->is_control == is_control && (service->name || !is_control) &&
            find_in(service->methods->descriptor, name, compare, found))
            return true;
    return false;
}

/* --- suggestions --- */

/* The index-th service that can have faults, NULL past the last. */
static const ProtobufCServiceDescriptor *descriptor_at(size_t index)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_with_methods(i)); i++)
        if (!service->is_control && index-- == 0)
            return service->methods->descriptor;
    return NULL;
}

static const char *service_at(size_t index)
{
    const ProtobufCServiceDescriptor *descriptor = descriptor_at(index);

    return descriptor ? full_name(descriptor) : NULL;
}

/* The index-th method of all these services, NULL past the last. */
static const char *method_at(size_t index)
{
    const ProtobufCServiceDescriptor *descriptor;

    for (size_t i = 0; (descriptor = descriptor_at(i)); i++) {
        if (index < descriptor->n_methods)
            return descriptor->methods[index].name;
        index -= descriptor->n_methods;
    }
    return NULL;
}

/* name: a method or, with a dot, a service and its method. */
static bool find_nearest(const char *name, struct found *found)
{
    const char *dot = strrchr(name, '.'), *typed = dot ? dot + 1 : name;
    const char *service = dot ? spelling_nearest(name, (size_t)(dot - name), service_at) : "";
    const char *method = spelling_nearest(typed, strlen(typed), method_at);
    char meant[2 * NAME_BYTES];

    if (!service || !method)
        return false;
    snprintf(meant, sizeof meant, "%.*s%s%.*s", NAME_BYTES - 1, service, dot ? "." : "", NAME_BYTES - 2,
             method);
    return find_method(false, meant, strncasecmp, found);
}

/* --- checking --- */

static int check_control(const char *name, struct error *error)
{
    struct found found;

    if (!find_method(true, name, strncmp, &found))
        return 0;
    return error_input(error, "faults cannot be set on Simulator methods, or you could lock yourself out");
}

static int check_path(const char *path, struct error *error)
{
    static const char methods[] = "/prpc/";
    struct found found;

    if (strchr(path, '?'))
        return error_input(error, "the path of a fault must not contain a query string");
    if (strncmp(path, methods, sizeof methods - 1) != 0 ||
        find_method(false, path + sizeof methods - 1, strncmp, &found))
        return 0;
    return check_control(path + sizeof methods - 1, error);
}

int fault_names_check(const char *name, struct error *error)
{
    struct found found;

    if (name[0] == '\0' || strcmp(name, VMM_BOOT_FAULT) == 0 || find_method(false, name, strncmp, &found))
        return 0;
    if (name[0] == '/')
        return check_path(name, error);
    if (check_control(name, error))
        return -1;
    if (find_nearest(name, &found))
        return error_quote(error, "no method ", span_text(name), "; did you mean %s%s%s?", found.service,
                           found.dot, found.method);
    return error_quote(error, "no method ", span_text(name),
                       " to set a fault on: use a name such as GetQuote or Tappd.Info, or a path");
}
