/* Between the VMM's messages and what the VMM works with. */
#ifndef SERVICES_VMM_MESSAGES_H
#define SERVICES_VMM_MESSAGES_H

#include "proto/vmm.pb-c.h"
#include "sim/rpc/call.h"
#include "sim/vmm/vmm.h"

/* Reads what to deploy. Points into the message and the arena. */
MUST_CHECK int vmm_messages_read(const Dstack__VmConfiguration *message, struct arena *arena,
                                 struct vm_settings *settings, struct error *error);

/* Applies an update to settings: what is empty or absent stays as it is. */
MUST_CHECK int vmm_messages_update(const Dstack__UpdateVmRequest *message, struct arena *arena,
                                   struct vm_settings *settings, struct error *error);

/* An app id of a request: 40 hex digits, with or without 0x. Out: lower case, in the arena. */
MUST_CHECK int vmm_messages_app_id(const char *text, struct arena *arena, char **app_id, struct error *error);

/* Whether its name, id, app id or image has a text in it. */
bool vmm_messages_has(const struct vm *vm, const char *keyword);

/* How a VM is shown. is_brief: without its configuration. The message points into VM and arena. */
Dstack__VmInfo *vmm_messages_describe(const struct vm *vm, bool is_brief, struct arena *arena);

#endif
