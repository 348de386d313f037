/* The list of services. */
#ifndef SERVICES_REGISTRY_H
#define SERVICES_REGISTRY_H

#include "sim/services/service.h"

/* The index-th service, NULL past the last. A set of services is a mask of bits 1 << index. */
const struct service *registry_service(size_t index);

/* The index-th of all services with methods, companions included; NULL past the last. */
const struct service *registry_with_methods(size_t index);

/* The set of all services. */
unsigned registry_all(void);

/* The set that a name stands for: one service, or "all"; 0 for an unknown name. */
unsigned registry_set(const char *name, size_t len);

/* What a list of names means. */
struct registry_choice {
    unsigned set;
    bool is_named; /* services were named individually, without "all" */
};

/* Reads "dstack,kms" or "all". Returns NULL, or the start of the first unknown name. */
const char *registry_read(const char *names, struct registry_choice *choice);

/* The name of the index-th service, NULL past the last; a spelling_word. */
const char *registry_name(size_t index);

/* "dstack, tappd, ... and simulator"; at most size bytes. */
void registry_names(char *out, size_t size);

#endif
