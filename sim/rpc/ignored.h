/* Collects the members of a request that its message does not have. They are ignored, as by the real
 * agent; the log names them, so that a misspelt one is found. */
#ifndef RPC_IGNORED_H
#define RPC_IGNORED_H

#include <protobuf-c/protobuf-c.h>

#include "sim/base/span.h"
#include "sim/http/http_remarks.h"

/* Adds a member, with the field of the descriptor that it may have meant. A name that is already
 * there, or that there is no room for, is only counted. */
void ignored_add(struct http_ignored *ignored, const ProtobufCMessageDescriptor *descriptor,
                 struct span name);

#endif
