#include "sim/host/network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host/lines.h"

#define ADDRESSES_MAX 64 /* of each kind */

static void read_dns(struct host_network *network, struct arena *arena)
{
    char *text = lines_read("/etc/resolv.conf", arena);
    char *line;

    network->dns_servers = arena_alloc(arena, ADDRESSES_MAX * sizeof *network->dns_servers);
    while ((line = lines_next(&text)) && network->dns_server_count < ADDRESSES_MAX) {
        char server[64];

        if (sscanf(line, " nameserver %63s", server) == 1)
            network->dns_servers[network->dns_server_count++] = arena_copy(arena, server, strlen(server));
    }
}

/* Lines of /proc/net/route: interface, destination, gateway, flags, ..., in hex. */
static void read_gateways(struct host_network *network, struct arena *arena)
{
    char *text = lines_read("/proc/net/route", arena);
    char *line;

    network->gateways = arena_alloc(arena, ADDRESSES_MAX * sizeof *network->gateways);
    while ((line = lines_next(&text)) && network->gateway_count < ADDRESSES_MAX) {
        char address[INET_ADDRSTRLEN];
        unsigned destination, gateway;

        /* NOLINTNEXTLINE(cert-err34-c): the kernel writes 32 bits */
        if (sscanf(line, "%*s %x %x", &destination, &gateway) != 2 || destination != 0 || gateway == 0)
            continue;
        inet_ntop(AF_INET, &gateway, address, sizeof address);
        network->gateways[network->gateway_count++] = arena_copy(arena, address, strlen(address));
    }
}

static struct host_interface *find_interface(struct host_network *network, const char *name,
                                             struct arena *arena)
{
    struct host_interface *interface;

    for (size_t i = 0; i < network->interface_count; i++)
        if (strcmp(network->interfaces[i].name, name) == 0)
            return &network->interfaces[i];
    if (network->interface_count == ADDRESSES_MAX)
        return NULL;
    interface = &network->interfaces[network->interface_count++];
    *interface = (struct host_interface){.name = arena_copy(arena, name, strlen(name))};
    interface->addresses = arena_alloc(arena, ADDRESSES_MAX * sizeof *interface->addresses);
    return interface;
}

static uint32_t count_bits(const uint8_t *mask, size_t len)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < len; i++)
        bits += (uint32_t)__builtin_popcount(mask[i]);
    return bits;
}

static void add_address(struct host_interface *interface, const struct ifaddrs *found, struct arena *arena)
{
    bool is_v6 = found->ifa_addr->sa_family == AF_INET6;
    size_t offset = is_v6 ? offsetof(struct sockaddr_in6, sin6_addr) : offsetof(struct sockaddr_in, sin_addr);
    char text[INET6_ADDRSTRLEN] = "";
    struct host_address *address;

    if (interface->address_count == ADDRESSES_MAX)
        return;
    address = &interface->addresses[interface->address_count++];
    inet_ntop(found->ifa_addr->sa_family, (const uint8_t *)found->ifa_addr + offset, text, sizeof text);
    address->address = arena_copy(arena, text, strlen(text));
    address->prefix = found->ifa_netmask
                          ? count_bits((const uint8_t *)found->ifa_netmask + offset, is_v6 ? 16 : 4)
                          : (is_v6 ? 128 : 32);
}

/* Lines of /proc/net/dev: name: rx bytes packets errs drop fifo frame compressed
 * multicast tx bytes packets errs ... */
static void read_counters(struct host_network *network, char *text)
{
    unsigned long long rx, rx_errors, tx, tx_errors;
    char name[IF_NAMESIZE];
    char *line;

    while ((line = lines_next(&text))) {
        /* NOLINTNEXTLINE(cert-err34-c): the kernel writes 64 bits */
        if (sscanf(line, " %15[^:]: %llu %*u %llu %*u %*u %*u %*u %*u %llu %*u %llu", name, &rx, &rx_errors,
                   &tx, &tx_errors) != 5)
            continue;
        for (size_t i = 0; i < network->interface_count; i++) {
            struct host_interface *interface = &network->interfaces[i];

            if (strcmp(interface->name, name) != 0)
                continue;
            interface->rx_bytes = rx;
            interface->rx_errors = rx_errors;
            interface->tx_bytes = tx;
            interface->tx_errors = tx_errors;
        }
    }
}

static void read_interfaces(struct host_network *network, struct arena *arena)
{
    struct ifaddrs *list = NULL;

    network->interfaces = arena_alloc(arena, ADDRESSES_MAX * sizeof *network->interfaces);
    if (getifaddrs(&list) != 0)
        return;
    for (const struct ifaddrs *found = list; found; found = found->ifa_next) {
        struct host_interface *interface = find_interface(network, found->ifa_name, arena);
        int family = found->ifa_addr ? found->ifa_addr->sa_family : AF_UNSPEC;

        if (interface && (family == AF_INET || family == AF_INET6))
            add_address(interface, found, arena);
    }
    freeifaddrs(list);
    read_counters(network, lines_read("/proc/net/dev", arena));
}

void network_read(struct host_network *network, struct arena *arena)
{
    *network = (struct host_network){.dns_servers = NULL};
    read_dns(network, arena);
    read_gateways(network, arena);
    read_interfaces(network, arena);
}
