#include "sim/net/address.h"

#include <stdio.h>

#include "sim/host/names.h"

void address_write(const struct sockaddr_storage *address, char text[static ADDRESS_BYTES])
{
    char host[46] = "?";

    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
        uv_ip6_name(in6, host, sizeof host);
        snprintf(text, ADDRESS_BYTES, "[%s]:%u", host, ntohs(in6->sin6_port));
    } else if (address->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        uv_ip4_name(in, host, sizeof host);
        snprintf(text, ADDRESS_BYTES, "%s:%u", host, ntohs(in->sin_port));
    } else {
        snprintf(text, ADDRESS_BYTES, "?");
    }
}

int address_look_up(const char *host, uint16_t port, struct sockaddr_storage *address)
{
    struct names_found found;
    int result = names_look_up(host, port, &found);

    if (result == 0)
        *address = found.addresses[0].storage;
    return result;
}

void address_of_socket(const uv_tcp_t *socket, char text[static ADDRESS_BYTES])
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    int len = sizeof address;

    if (uv_tcp_getsockname(socket, (struct sockaddr *)&address, &len) != 0)
        address.ss_family = AF_UNSPEC;
    address_write(&address, text);
}

void address_of_peer(const uv_tcp_t *socket, char text[static ADDRESS_BYTES])
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    int len = sizeof address;

    if (uv_tcp_getpeername(socket, (struct sockaddr *)&address, &len) != 0)
        address.ss_family = AF_UNSPEC;
    address_write(&address, text);
}
