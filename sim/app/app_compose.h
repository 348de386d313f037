/* app-compose.json, read once: what an app asks of the guest that runs it (dstack, "CVM boundaries":
 * app-compose.json).
 *
 * What manifest_version, init_script, event_log_version and requirements mean depends on the OS
 * image: they are only read here, and the boot of the image gives them their effect. */
#ifndef APP_APP_COMPOSE_H
#define APP_APP_COMPOSE_H

#include "sim/app/app_compose_data.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

/* Reads the file, which must be a JSON object. Members that dstack knows must have the right type
 * and value; unknown ones are listed. Free it with app_compose_free. */
MUST_CHECK int app_compose_parse(struct app_compose *compose, struct span json, struct error *error);
void app_compose_free(struct app_compose *compose);

/* Whether it asks for a gateway, by the member's name or by its old one. */
bool app_compose_wants_gateway(const struct app_compose *compose);

/* As app-compose.json and key_provider_info spell it, except that the latter says local-sgx. */
const char *app_compose_provider_name(enum app_key_provider provider);

#endif
