/* The platform in messages: SetPlatformArgs, SimulatorStatus and DashboardState name its settings alike. */
#ifndef SERVICES_PLATFORM_MESSAGE_H
#define SERVICES_PLATFORM_MESSAGE_H

#include "sim/rpc/call.h"
#include "sim/td/td.h"

/* Fills in a message that has all of them. Out: strings in the arena and the scenario, which must
 * stay until the reply. */
void platform_message_fill(const struct scenario *scenario, bool is_debug, struct arena *arena,
                           ProtobufCMessage *message);

/* Reads them. Empty statuses are UpToDate; an empty quote version leaves the scenario's. In and
 * out: *scenario, of which nothing else stays. Errors begin with the field's name. */
MUST_CHECK int platform_message_read(const ProtobufCMessage *message, struct scenario *scenario,
                                     bool *is_debug, struct error *error);

#endif
