#include "sim/http/http_target.h"

/* Some clients send an absolute target. */
static struct span take_authority(struct span text, struct http_target *target)
{
    const uint8_t *scheme = text.len && text.data[0] != '/' ? memmem(text.data, text.len, "://", 3) : NULL;
    const uint8_t *path, *end;

    if (!scheme)
        return text;
    end = text.data + text.len;
    for (path = scheme + 3; path < end && *path != '/' && *path != '?'; path++)
        ;
    target->is_absolute = true;
    target->authority = span_of(scheme + 3, (size_t)(path - (scheme + 3)));
    return span_of(path, (size_t)(end - path));
}

struct http_target http_target_split(struct span text)
{
    struct http_target target = {.is_absolute = false};
    struct span rest = take_authority(text, &target);
    const uint8_t *mark = rest.len ? memchr(rest.data, '?', rest.len) : NULL;

    target.path = mark ? span_of(rest.data, (size_t)(mark - rest.data)) : rest;
    target.query = mark ? span_of(mark + 1, rest.len - target.path.len - 1) : SPAN_NONE;
    if (target.path.len == 0)
        target.path = span_text("/");
    return target;
}
