#include "sim/app/env.h"

void env_write_shell(const struct env *env, struct buf *out)
{
    for (size_t i = 0; i < env->count; i++) {
        buf_append_text(out, "export ");
        buf_append_text(out, env->vars[i].key);
        buf_append_text(out, "='");
        for (const char *at = env->vars[i].value; *at; at++)
            if (*at == '\'')
                buf_append_text(out, "'\\''");
            else
                buf_append_byte(out, (uint8_t)*at);
        buf_append_text(out, "'\n");
    }
}
