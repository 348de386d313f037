/* Has a request answered only after what was written in the directory of --tsm-dir has been taken in: a client
 * that has extended a register there finds it extended in the answer. */
#ifndef TSM_TSM_GATE_H
#define TSM_TSM_GATE_H

#include "sim/http/exchange.h"
#include "sim/tsm/tsm_dir.h"

struct tsm_gate {
    struct http_handler inner;
    struct tsm_dir *dir;
};

/* dir: or NULL, which makes no difference to the inner handler. All that is passed in outlives the result. */
struct http_handler tsm_gate_handler(struct tsm_gate *gate, struct http_handler inner, struct tsm_dir *dir);

#endif
