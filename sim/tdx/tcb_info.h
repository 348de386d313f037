/* TCB info of the platform: the levels of its security versions, and what each level is worth
 * (Intel PCS API, version 4, "Get SGX TCB Info" and "Get TDX TCB Info"). */
#ifndef TDX_TCB_INFO_H
#define TDX_TCB_INFO_H

#include "sim/tdx/tcb_document.h"

/* The `id` of a TCB info: "SGX" or "TDX". */
const char *tcb_info_id(enum tcb_tee tee);

/* {"tcbInfo":{...},"signature":"..."}, NUL-terminated and on the heap. */
char *tcb_info_render(const struct platform *platform, const struct scenario *scenario,
                      const struct tcb_edition *edition);

#endif
