/* The document that MRCONFIGID hashes in its third form: what a host launches, as a JSON object in
 * canonical form (see mr_config.h). */
#ifndef TD_LAUNCH_DOCUMENT_H
#define TD_LAUNCH_DOCUMENT_H

#include "sim/base/buf.h"
#include "sim/td/identity.h"

#define LAUNCH_DOCUMENT_VERSION 3
#define LAUNCH_DOCUMENT_MANIFEST_WITH_SCRIPTS 3 /* the first manifest_version whose scripts it lists */

/* Appends the document of a host. */
void launch_document_write(const struct app *app, const struct identity *identity, struct buf *out);

/* Checks a document as the guest does: it may leave out most members, but must not have unknown
 * ones, nor values other than this TD's. */
MUST_CHECK int launch_document_check(const struct app *app, const struct identity *identity,
                                     struct span document, struct error *error);

#endif
