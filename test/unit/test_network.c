/* The network as the machine has it, by what every machine has: the loopback interface. */
#include "sim/host/network.h"

#include <arpa/inet.h>

#include "test/unit/vectors.h"

static const struct host_interface *find(const struct host_network *network, const char *name)
{
    for (size_t i = 0; i < network->interface_count; i++)
        if (strcmp(network->interfaces[i].name, name) == 0)
            return &network->interfaces[i];
    return NULL;
}

static void the_loopback_interface_has_its_address_once(void **state)
{
    const struct host_interface *loopback;
    struct host_network network;
    struct arena arena;
    size_t found = 0;

    (void)state;
    arena_init(&arena);
    network_read(&network, &arena);
    loopback = find(&network, "lo");
    assert_non_null(loopback);
    for (size_t i = 0; i < loopback->address_count; i++) {
        if (strcmp(loopback->addresses[i].address, "127.0.0.1") == 0) {
            assert_int_equal(loopback->addresses[i].prefix, 8);
            found++;
        }
    }
    assert_int_equal(found, 1);
    assert_true(loopback->rx_bytes == loopback->tx_bytes); /* what it sends it receives */
    arena_free(&arena);
}

static void gateways_are_addresses(void **state)
{
    struct host_network network;
    struct in_addr address;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    network_read(&network, &arena);
    for (size_t i = 0; i < network.gateway_count; i++)
        assert_int_equal(inet_pton(AF_INET, network.gateways[i], &address), 1);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loopback_interface_has_its_address_once),
        cmocka_unit_test(gateways_are_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
