#include "sim/rpc/request_path.h"

#include <stdbool.h>

#include "sim/rpc/percent.h"

static bool is_plain(struct span path)
{
    for (size_t i = 0; i < path.len; i++)
        if (path.data[i] == '%' || (path.data[i] == '/' && i > 0 && path.data[i - 1] == '/'))
            return false;
    return true;
}

struct span request_path_read(struct span sent, struct arena *arena)
{
    uint8_t *to;
    size_t len = 0;

    if (is_plain(sent))
        return sent;
    to = arena_alloc(arena, sent.len);
    for (size_t i = 0; i < sent.len; i++) {
        int escaped = sent.data[i] == '%' ? percent_read(sent, i) : -1;

        if (sent.data[i] == '/' && len > 0 && to[len - 1] == '/')
            continue;
        if (escaped > 0 && escaped != '/') {
            to[len++] = (uint8_t)escaped;
            i += PERCENT_CHARS - 1;
        } else {
            to[len++] = sent.data[i];
        }
    }
    return span_of(to, len);
}
