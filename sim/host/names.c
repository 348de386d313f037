#include "sim/host/names.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#if defined(LINKED_STATICALLY) && defined(__GLIBC__)
#include <nss.h>
#define ASKS_WITHOUT_MODULES
#endif

static int add(const char *host, const char *service, int flags, struct names_found *found)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
    struct addrinfo *first = NULL;
    int result = getaddrinfo(host, service, &hints, &first);

    if (result != 0)
        return result;
    for (const struct addrinfo *at = first; at && found->count < NAMES_ADDRESSES_MAX; at = at->ai_next) {
        struct names_address *address = &found->addresses[found->count++];

        memcpy(&address->storage, at->ai_addr, at->ai_addrlen);
        address->len = at->ai_addrlen;
    }
    freeaddrinfo(first);
    return 0;
}

/* Looks up a name. */
static int ask(const char *host, const char *service, struct names_found *found)
{
#ifdef ASKS_WITHOUT_MODULES
    __nss_configure_lookup("hosts", "files dns"); /* these two are parts of libc.a */
#endif
    return add(host, service, AI_NUMERICSERV, found);
}

/* With AI_NUMERICHOST no file is read and no name server asked. */
int names_read(const char *host, uint16_t port, struct names_found *found)
{
    const int is_literal = AI_NUMERICHOST | AI_NUMERICSERV;
    char service[8];
    int result;

    memset(found, 0, sizeof *found);
    snprintf(service, sizeof service, "%u", port);
    if (strcmp(host, "localhost") == 0) {
        result = add("127.0.0.1", service, is_literal, found);
        return result ? result : add("::1", service, is_literal, found);
    }
    return add(host, service, is_literal, found);
}

int names_look_up(const char *host, uint16_t port, struct names_found *found)
{
    char service[8];
    int result = names_read(host, port, found);

    snprintf(service, sizeof service, "%u", port);
    return result == EAI_NONAME ? ask(host, service, found) : result;
}
