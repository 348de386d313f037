#include "sim/process/socket_name.h"
#include "test/unit/registry_fixture.h"

static void assert_services(const char *name, unsigned services, bool names_services)
{
    struct listen_spec spec = {.kind = LISTEN_UNIX, .names_services = !names_services};

    socket_name_services(&spec, name, false);
    assert_int_equal(spec.services, services);
    assert_int_equal(spec.names_services, names_services);
}

static void names_of_services(void **state)
{
    (void)state;
    assert_services("guest", only("guest"), true);
    assert_services("worker,kms", only("worker") | only("kms"), true);
    assert_services("all", registry_all(), false);
    assert_services("guest,all", registry_all(), false);
    assert_services("dstack,tappd,worker,guest,kms,vmm,collateral,verifier,simulator", registry_all(), true);
}

static void names_of_sockets(void **state)
{
    (void)state;
    assert_services("dstack.sock", only("dstack") | only("tappd"), true);
    assert_services("tappd.sock", only("dstack") | only("tappd"), true);
    assert_services("external.sock", only("worker"), true);
    assert_services("guest.sock", only("guest"), true);
    assert_services("vmm.sock", only("vmm"), true);
}

static void assert_strict(const char *name, unsigned services)
{
    struct listen_spec spec = {.kind = LISTEN_UNIX};

    socket_name_services(&spec, name, true);
    assert_int_equal(spec.services, services);
    assert_true(spec.names_services);
}

static void sockets_of_a_real_td(void **state)
{
    (void)state;
    assert_strict("dstack.sock", only("dstack"));
    assert_strict("tappd.sock", only("tappd"));
    assert_strict("external.sock", only("worker"));
    assert_strict("guest.sock", only("guest"));
    assert_strict("dstack,tappd", only("dstack") | only("tappd"));
}

static void other_names(void **state)
{
    (void)state;
    assert_services("dstack-simulator.socket", registry_all(), false);
    assert_services("unknown", registry_all(), false);
    assert_services("guest.sock2", registry_all(), false);
    assert_services("", registry_all(), false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_services),
        cmocka_unit_test(names_of_sockets),
        cmocka_unit_test(sockets_of_a_real_td),
        cmocka_unit_test(other_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
