#include "sim/services/fault_control.h"

#include <strings.h>

#include "proto/dstack_guest.pb-c.h"
#include "proto/guest_api.pb-c.h"
#include "proto/kms.pb-c.h"
#include "proto/tappd.pb-c.h"
#include "proto/verifier.pb-c.h"
#include "proto/worker.pb-c.h"

static const ProtobufCServiceDescriptor *const services[] = {
    &dstack__dstack_guest__descriptor, &dstack__tappd__descriptor, &dstack__worker__descriptor,
    &dstack__guest_api__descriptor,    &dstack__kms__descriptor,   &dstack__verifier__descriptor,
};

/* These have no faults, so that nobody locks himself out. */
static const ProtobufCServiceDescriptor *const controls[] = {&dstack__simulator__descriptor};

struct found {
    const char *service, *dot; /* empty where no service was named */
    const char *method;
};

/* "GetQuote" or "DstackGuest.GetQuote" among so many services; compare is strncmp or strncasecmp. */
static bool find_method(const ProtobufCServiceDescriptor *const *list, size_t count, const char *name,
                        int (*compare)(const char *a, const char *b, size_t size), struct found *found)
{
    const char *dot = strchr(name, '.'), *method = dot ? dot + 1 : name;
    size_t service_len = dot ? (size_t)(dot - name) : 0;

    for (size_t i = 0; i < count; i++) {
        const char *service = list[i]->short_name;

        if (dot && (strlen(service) != service_len || compare(service, name, service_len) != 0))
            continue;
        for (unsigned k = 0; k < list[i]->n_methods; k++) {
            const char *known = list[i]->methods[k].name;

            if (compare(known, method, strlen(method) + 1) == 0) {
                *found = (struct found){dot ? service : "", dot ? "." : "", known};
                return true;
            }
        }
    }
    return false;
}

static int check_control(const char *name, struct error *error)
{
    struct found found;

    if (!find_method(controls, 1, name, strncmp, &found))
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
    const size_t count = sizeof services / sizeof *services;
    struct found found;

    if (name[0] == '\0' || find_method(services, count, name, strncmp, &found))
        return 0;
    if (name[0] == '/')
        return check_path(name, error);
    if (check_control(name, error))
        return -1;
    if (find_method(services, count, name, strncasecmp, &found))
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

static int copy_text(const char *field, char *out, size_t size, const char *text, struct error *error)
{
    size_t len = strlen(text);

    if (len >= size)
        return error_input(error, "%s has at most %zu bytes, not %zu", field, size - 1, len);
    memcpy(out, text, len + 1);
    return 0;
}

int fault_control_read(struct fault *fault, const Dstack__SetFaultArgs *args, struct error *error)
{
    *fault = (struct fault){
        .status = args->status,
        .delay_ms = args->delay_ms,
        .drop = args->drop,
        .cut = args->cut,
        .times = args->times,
        .percent = args->percent,
        .random = args->seed,
    };
    if (copy_text("method", fault->method, sizeof fault->method, args->method, error) ||
        copy_text("message", fault->message, sizeof fault->message, args->message, error))
        return -1;
    return 0;
}

Dstack__Fault **fault_control_list(const struct faults *faults, struct arena *arena, size_t *count)
{
    Dstack__Fault **list = arena_alloc(arena, (faults->count + 1) * sizeof *list);

    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->list[i];

        list[i] = arena_alloc(arena, sizeof **list);
        *list[i] = (Dstack__Fault)DSTACK__FAULT__INIT;
        list[i]->method = arena_copy(arena, fault->method, strlen(fault->method));
        list[i]->status = fault->status;
        list[i]->message = arena_copy(arena, fault->message, strlen(fault->message));
        list[i]->delay_ms = fault->delay_ms;
        list[i]->drop = fault->drop;
        list[i]->cut = fault->cut;
        list[i]->times = fault->times;
        list[i]->percent = fault->percent;
        list[i]->hits = fault->hits;
    }
    *count = faults->count;
    return list;
}
