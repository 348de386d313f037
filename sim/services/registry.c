#include "sim/services/registry.h"

#include <stdio.h>

/* One row per service, in the order in which they are listed for users. */
#define SERVICES(ROW)                                                                                        \
    ROW(guest_agent)                                                                                         \
    ROW(tappd)                                                                                               \
    ROW(worker)                                                                                              \
    ROW(guest_api)                                                                                           \
    ROW(kms)                                                                                                 \
    ROW(vmm)                                                                                                 \
    ROW(collateral)                                                                                          \
    ROW(verifier)                                                                                            \
    ROW(simulator)

#define DECLARE(file) extern const struct service file##_service;
#define POINT(file) &file##_service,

SERVICES(DECLARE)

static const struct service *const rows[] = {SERVICES(POINT)};

#define COUNT (sizeof rows / sizeof *rows)

_Static_assert(COUNT <= 32, "a set is an unsigned");

const struct service *registry_service(size_t index)
{
    return index < COUNT ? rows[index] : NULL;
}

/* Whether it accompanies a service before the end-th. */
static bool is_companion_before(const struct service *service, size_t end)
{
    for (size_t i = 0; i < end; i++)
        for (const struct service *const *each = rows[i]->companions; each && *each; each++)
            if (*each == service)
                return true;
    return false;
}

const struct service *registry_with_methods(size_t index)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (rows[i]->methods && index-- == 0)
            return rows[i];
        for (const struct service *const *each = rows[i]->companions; each && *each; each++)
            if (!is_companion_before(*each, i) && index-- == 0)
                return *each;
    }
    return NULL;
}

const char *registry_name(size_t index)
{
    return index < COUNT ? rows[index]->name : NULL;
}

unsigned registry_all(void)
{
    return UINT32_MAX >> (32 - COUNT);
}

static bool is_all(const char *name, size_t len)
{
    return len == 3 && memcmp(name, "all", 3) == 0;
}

unsigned registry_set(const char *name, size_t len)
{
    if (is_all(name, len))
        return registry_all();
    for (size_t i = 0; i < COUNT; i++)
        if (strlen(rows[i]->name) == len && memcmp(rows[i]->name, name, len) == 0)
            return 1u << i;
    return 0;
}

const char *registry_read(const char *names, struct registry_choice *choice)
{
    *choice = (struct registry_choice){.is_named = true};
    for (;; names++) {
        size_t len = strcspn(names, ",");
        unsigned set = registry_set(names, len);

        if (!set)
            return names;
        choice->set |= set;
        if (is_all(names, len))
            choice->is_named = false;
        names += len;
        if (!*names)
            return NULL;
    }
}

void registry_names(char *out, size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < COUNT && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s",
                                i == 0           ? ""
                                : i == COUNT - 1 ? " and "
                                                 : ", ",
                                rows[i]->name);
}
