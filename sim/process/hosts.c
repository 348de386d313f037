#include "sim/process/hosts.h"

#include <string.h>

_Static_assert(HTTP_HOSTS_MAX >= OPTIONS_HOSTS_MAX + 2, "all of them fit");

static void add(struct http_hosts *hosts, struct span name)
{
    hosts->names[hosts->count++] = name;
}

/* An address in brackets needs no place, because all addresses are served. */
static struct span name_of_url(const char *url)
{
    const char *name = strstr(url, "://") + strlen("://");

    return span_of(name, strcspn(name, ":/"));
}

void hosts_set(struct http_hosts *hosts, const struct options *options, const char *own)
{
    *hosts = (struct http_hosts){.count = 0};
    for (size_t i = 0; i < options->allow_host_count; i++)
        add(hosts, span_text(options->allow_hosts[i]));
    if (options->public_url)
        add(hosts, name_of_url(options->public_url));
    if (own)
        add(hosts, span_text(own));
}
