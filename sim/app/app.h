/* The app a TD runs: its app-compose file and the identity that follows from it. */
#ifndef APP_APP_H
#define APP_APP_H

#include "sim/app/app_compose.h"
#include "sim/keys/app_id.h"

#define APP_INSTANCE_ID_BYTES 20
#define APP_COMPOSE_HASH_BYTES 32
#define APP_COMPOSE_FILE_BYTES_MAX (1024 * 1024)

struct app {
    char *compose; /* exactly the file's bytes, and a NUL */
    size_t compose_len;
    struct app_compose says;                      /* what is in it */
    uint8_t compose_hash[APP_COMPOSE_HASH_BYTES]; /* SHA-256 of compose */
};

/* Reads an app-compose.json: a JSON object in UTF-8, with the members of app_compose.h. Copies what
 * it keeps; free it with app_free. */
MUST_CHECK int app_parse(struct app *app, struct span compose, struct error *error);
void app_free(struct app *app);

#endif
