/* The app a TD runs: its app-compose file and the identity that follows from it. */
#ifndef APP_APP_H
#define APP_APP_H

#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/keys/app_id.h"

#define APP_INSTANCE_ID_BYTES 20
#define APP_COMPOSE_HASH_BYTES 32
#define APP_COMPOSE_FILE_BYTES_MAX (1024 * 1024)

struct app {
    char *compose; /* exactly the file's bytes, and a NUL */
    size_t compose_len;
    char *name;
    bool public_tcbinfo;                          /* may anyone read TCB info and vm_config? */
    bool public_logs;                             /* and the containers' logs? */
    uint8_t compose_hash[APP_COMPOSE_HASH_BYTES]; /* SHA-256 of compose */
};

/* Reads an app-compose.json: a JSON object in UTF-8. `name`, `public_tcbinfo` and `public_logs`
 * default to empty, true and false, as in dstack. Copies what it keeps; free it with app_free. */
MUST_CHECK int app_parse(struct app *app, struct span compose, struct error *error);
void app_free(struct app *app);

#endif
