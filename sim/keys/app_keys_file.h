/* Writes the file of a guest's keys, .appkeys.json, as a guest under a KMS does. app_keys_parse reads it. */
#ifndef KEYS_APP_KEYS_FILE_H
#define KEYS_APP_KEYS_FILE_H

#include "sim/base/buf.h"
#include "sim/keys/app_keys.h"

/* Appends the JSON text. keys: of a KMS, with all of keys->kms. */
void app_keys_file_write(const struct app_keys *keys, struct buf *out);

#endif
