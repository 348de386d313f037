/* MRCONFIGID: what the host says that it launches, in one of the forms of dstack's VMM:
 *
 *     1  01 || compose hash || zeros
 *     2  02 || Keccak-256(compose hash || app id || kind of key provider || its id) || zeros
 *     3  03 || SHA-256("dstack-mr-config-v3:" || 00 || document) || zeros
 *
 * Zeros alone mean that it is not set. */
#ifndef TD_MR_CONFIG_H
#define TD_MR_CONFIG_H

#include "sim/td/identity.h"
#include "sim/tdx/registers.h"

struct mr_config_launch {
    const struct app *app;
    const struct identity *identity;
    const char *document;  /* of form 3, as the host hands it over; or NULL */
    bool writes_documents; /* the host is of the 0.6 line: with a pinned key provider it makes one itself */
    bool is_left_zero;     /* as on hosts with use_mrconfigid = false */
};

/* The document that a sys-config.json hands over in its member mr_config, on the heap, or NULL. */
MUST_CHECK int mr_config_document(struct span sys_config, char **document, struct error *error);

/* Form 1 unless the app pins a key provider or the host hands over a document. Fails for a document
 * of another launch, and for a pinned key provider if MRCONFIGID is to be left zero. */
MUST_CHECK int mr_config_id(const struct mr_config_launch *launch, uint8_t id[static REGISTER_BYTES],
                            struct error *error);

#endif
