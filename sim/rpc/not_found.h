/* The answer where nothing is served: an unknown method of an API that is served here, or an
 * unknown path. Clients tell by the difference whether an API is there at all. */
#ifndef RPC_NOT_FOUND_H
#define RPC_NOT_FOUND_H

#include <protobuf-c/protobuf-c.h>

#include "sim/http/exchange.h"

/* A directory with the methods of one service. */
struct not_found_row {
    const char *directory;  /* begins and ends with '/' */
    bool has_service_names; /* a name in it may have a service in front: <Service>.<Method> */
    const ProtobufCServiceDescriptor *service;
    bool is_own; /* of the simulator: the real agent does not have it */
};

/* Initially all zero. */
struct not_found {
    struct not_found_row *rows;
    size_t count;
    size_t capacity;
};

void not_found_free(struct not_found *not_found);

/* What the row points to outlives not_found. */
void not_found_add(struct not_found *not_found, const struct not_found_row *row);

/* Answers 404: in a directory of methods "Service not found: <Method>" in the encoding of the
 * request, elsewhere a page without these words. The reason for the log names the method that was
 * probably meant, and so does the response if that method is the simulator's own: clients may match
 * on the words of the others. */
void not_found_serve(const struct not_found *not_found, struct exchange *exchange);

#endif
