#include "sim/services/fault_control.h"

#include <strings.h>

#include "sim/services/registry.h"

struct found {
    const char *service, *dot; /* empty where no service was named */
    const char *method;
};

typedef int compare_names(const char *a, const char *b, size_t size); /* strncmp or strncasecmp */

/* "GetQuote" or "DstackGuest.GetQuote" in one service. */
static bool find_in(const ProtobufCServiceDescriptor *descriptor, const char *name, compare_names *compare,
                    struct found *found)
{
    const char *dot = strchr(name, '.'), *method = dot ? dot + 1 : name;
    const char *service = descriptor->short_name;
    size_t service_len = dot ? (size_t)(dot - name) : 0;

    if (dot && (strlen(service) != service_len || compare(service, name, service_len) != 0))
        return false;
    for (unsigned i = 0; i < descriptor->n_methods; i++) {
        const char *known = descriptor->methods[i].name;

        if (compare(known, method, strlen(method) + 1) == 0) {
            *found = (struct found){dot ? service : "", dot ? "." : "", known};
            return true;
        }
    }
    return false;
}

/* Among the services that are controls, or among the others. */
static bool find_method(bool is_control, const char *name, compare_names *compare, struct found *found)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (service->methods && service->is_control == is_control &&
            find_in(service->methods->descriptor, name, compare, found))
            return true;
    return false;
}

static int check_control(const char *name, struct error *error)
{
    struct found found;

    if (!find_method(true, name, strncmp, &found))
        return 0;
    return error_input(error, "the Simulator's own methods have no faults, so that nobody locks himself out");
}

static int check_path(const char *path, struct error *error)
{
    static const char methods[] = "/prpc/";

    if (strchr(path, '?'))
        return error_input(error, "the path of a fault ends before its '?'");
    if (strncmp(path, methods, sizeof methods - 1) != 0)
        return 0;
    return check_control(path + sizeof methods - 1, error);
}

int fault_control_check_method(const char *name, struct error *error)
{
    struct found found;

    if (name[0] == '\0' || find_method(false, name, strncmp, &found))
        return 0;
    if (name[0] == '/')
        return check_path(name, error);
    if (check_control(name, error))
        return -1;
    if (find_method(false, name, strncasecmp, &found))
        return error_input(error, "there is no method %s; did you mean %s%s%s?", name, found.service,
                           found.dot, found.method);
    return error_input(
        error, "there is no method %s that can have a fault; GetQuote, Tappd.Info or a path are such", name);
}

int fault_control_set(struct faults *faults, const struct seed *seed, struct fault *fault,
                      struct error *error)
{
    uint64_t state;

    if (fault_control_check_method(fault->method, error))
        return -1;
    seed_bytes(seed, "fault", span_text(fault->method), (uint8_t *)&state, sizeof state);
    fault->random ^= state;
    return faults_set(faults, fault, error);
}
