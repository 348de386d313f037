#include "sim/tsm/tsm_gate.h"

static void serve(void *context, struct exchange *exchange)
{
    const struct tsm_gate *gate = context;

    tsm_dir_collect(gate->dir);
    gate->inner.serve(gate->inner.context, exchange);
}

struct http_handler tsm_gate_handler(struct tsm_gate *gate, struct http_handler inner, struct tsm_dir *dir)
{
    if (!dir)
        return inner;
    *gate = (struct tsm_gate){inner, dir};
    return (struct http_handler){.serve = serve, .context = gate, .hosts = inner.hosts};
}
