/* TCB evaluation by Intel's rules (Intel PCS API version 4, "Get TDX TCB Info" and
 * "Get TD QE Identity"): finds the TCB level that a platform's security versions reach. */
#ifndef VERIFY_TCB_H
#define VERIFY_TCB_H

#include <jansson.h>

#include "sim/base/arena.h"
#include "sim/tdx/scenario.h"
#include "sim/tdx/pck.h"
#include "sim/tdx/quote_parse.h"

#define TCB_ADVISORIES_MAX 64 /* further ones are dropped */

struct tcb_result {
    enum tcb_status status;
    char *advisories[TCB_ADVISORIES_MAX]; /* in the arena, each once */
    size_t advisory_count;
};

/* Finds the quoting enclave's level. Its identity must match the document in all bits of the
 * masks, and its ISVSVN must reach a level. */
MUST_CHECK int tcb_check_qe(const json_t *identity, const uint8_t qe_report[static SGX_REPORT_BYTES],
                            struct arena *arena, struct tcb_result *result, struct error *error);

/* Finds the levels of the platform and its TDX module. The first level whose versions are all
 * reached counts; reaching none is an error. */
MUST_CHECK int tcb_check_platform(const json_t *tcb_info, const struct pck *pck,
                                  const struct quote_parts *quote, struct arena *arena,
                                  struct tcb_result *result, struct error *error);

/* Lowers the platform's status according to one of its parts, and adds the part's advisories. */
void tcb_converge(struct tcb_result *platform, const struct tcb_result *part);

#endif
