/* What the documents about TCB levels share: TCB info and QE identity, as Intel's PCS serves them
 * (Intel PCS API, version 4), signed by the simulator's own TCB signing key. */
#ifndef TDX_TCB_DOCUMENT_H
#define TDX_TCB_DOCUMENT_H

#include "sim/base/buf.h"
#include "sim/tdx/evaluation.h"
#include "sim/tdx/platform.h"
#include "sim/tdx/scenario.h"

/* The platform is documented twice, for enclaves and for TDs. */
enum tcb_tee { TCB_TEE_SGX, TCB_TEE_TDX };
#define TCB_TEES 2

/* What distinguishes documents of the same name. */
struct tcb_edition {
    enum tcb_tee tee;
    enum evaluation_set set;
    int64_t now; /* Unix seconds, of the dates in it */
};

/* The status of a part in that edition. */
enum tcb_status tcb_document_part_status(const struct scenario *scenario, const struct tcb_edition *edition,
                                         enum scenario_part part);

/* The names of the two documents, and their versions. */
#define TCB_DOCUMENT_INFO "tcbInfo"
#define TCB_DOCUMENT_INFO_VERSION 3
#define TCB_DOCUMENT_QE_IDENTITY "enclaveIdentity"
#define TCB_DOCUMENT_QE_IDENTITY_VERSION 2

/* Begins the document: its id and version, and its dates as of `now` (Unix seconds). */
void tcb_document_begin(struct buf *out, const char *id, unsigned version, const struct scenario *scenario,
                        int64_t now);

/* A date such as "2024-03-13T00:00:00Z". */
void tcb_document_date(struct buf *out, const char *name, int64_t seconds);

/* A member with bytes in upper-case hex, as in Intel's documents. */
void tcb_document_hex(struct buf *out, char separator, const char *name, const void *bytes, size_t len);

/* What a level ends with: its date and status, and the scenario's advisories if they belong to
 * it. They belong to what has a status other than UpToDate or, if nothing has, to the platform. */
struct tcb_level_end {
    bool is_newest; /* or else one that a TCB recovery event has put out of date */
    enum tcb_status status;
    bool has_advisories;
};
void tcb_document_end_level(struct buf *out, const struct scenario *scenario,
                            const struct tcb_edition *edition, const struct tcb_level_end *end);

/* tcbLevels of an enclave or a TDX module, by ISVSVN. It has the first one; the second one is the
 * newest. */
void tcb_document_isv_levels(struct buf *out, const struct scenario *scenario,
                             const struct tcb_edition *edition, enum scenario_part part,
                             const unsigned isv_svns[static 2]);

/* {"<name>":<inner>,"signature":"<r || s>"}: the signature is over inner's bytes. Frees inner. The
 * result is NUL-terminated and on the heap. */
char *tcb_document_sign(const char *name, struct buf *inner, const struct p256_key *key);

#endif
