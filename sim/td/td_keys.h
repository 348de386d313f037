/* A TD whose keys come from a KMS elsewhere. It is made with config.awaits_keys and boots up to the event
 * boot-mr-done; then it is given
 *
 *     its keys         td_keys_take, after which it is measured to the end of its boot
 *     its certificate  td_keys_certify, after which it serves */
#ifndef TD_TD_KEYS_H
#define TD_TD_KEYS_H

#include "sim/td/td.h"

/* Whether it has keys already: those of a file, for which another KMS signs. */
bool td_keys_are_given(const struct td *td);

/* Whether the certificates of this TD are signed by the KMS that gave it its keys. */
bool td_keys_has_remote_ca(const struct td *td);

/* Takes over what is in *keys, which is empty afterwards, if it succeeds. os_image_hash: what the KMS says.
 * Fails, and the TD goes on waiting, if its app pins another key provider, or if its environment cannot be
 * decrypted. */
MUST_CHECK int td_keys_take(struct td *td, struct app_keys *keys, struct span os_image_hash,
                            struct error *error);

/* chain: PEM, the TD's own certificate and the CAs above it. */
void td_keys_certify(struct td *td, const char *chain);

#endif
