#include "sim/vmm/vm_url.h"

#include <stdlib.h>

#define HTTPS_PORT 443
#define HTTP_PORT 80

static bool is_host_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

/* The host and port of a URL (RFC 3986, 3.2). A scheme's own port counts as none, which means that of
 * HTTPS. Returns false if it is not a URL with a domain. */
static bool read_url(const char *url, struct span *host, unsigned *port)
{
    const char *authority = strstr(url, "://"), *at;
    const bool is_http = strncmp(url, "http://", 7) == 0;
    const char *rest;

    if (!authority)
        return false;
    authority += 3;
    at = memchr(authority, '@', strcspn(authority, "/?#"));
    authority = at ? at + 1 : authority;
    *host = SPAN_NONE;
    while (is_host_byte((uint8_t)authority[host->len]))
        host->len++;
    host->data = (const uint8_t *)authority;
    rest = authority + host->len;
    *port = HTTPS_PORT;
    if (*rest == ':') {
        const size_t digits = strspn(++rest, "0123456789");
        const unsigned long number = strtoul(rest, NULL, 10);

        if (digits > 5 || number > UINT16_MAX)
            return false;
        *port = digits == 0 || (is_http && number == HTTP_PORT) ? HTTPS_PORT : (unsigned)number;
        rest += digits;
    }
    return host->len > 0 && strchr("/?#", *rest);
}

char *vm_url_of_app(const struct vm *vm, struct arena *arena)
{
    struct span host;
    unsigned port;

    if (!vm->has_gateway || !vm->instance_id[0] || vm->settings.gateway_urls.count == 0 ||
        !read_url(vm->settings.gateway_urls.items[0], &host, &port))
        return NULL;
    return port == HTTPS_PORT ? arena_printf(arena, "https://%s-%d.%.*s", vm->instance_id, VM_URL_AGENT_PORT,
                                             (int)host.len, (const char *)host.data)
                              : arena_printf(arena, "https://%s-%d.%.*s:%u", vm->instance_id,
                                             VM_URL_AGENT_PORT, (int)host.len, (const char *)host.data, port);
}
