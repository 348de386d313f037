/* The URL of an app that a gateway serves. */
#include "sim/vmm/vm_url.h"

#include "test/unit/vmm_fixture.h"

#define INSTANCE "abcdefabcdefabcdefabcdefabcdefabcdefabcd"
#define START "https://" INSTANCE "-8090."

static struct vm *vm;
static struct arena arena;

static int set_up(void **state)
{
    const struct vm_settings settings = vmm_fixture_settings("a");

    (void)state;
    arena_init(&arena);
    vm = vm_new(&settings);
    vm->has_gateway = true;
    strcpy(vm->instance_id, INSTANCE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vm_free(vm);
    arena_free(&arena);
    return 0;
}

static const char *url_with(const char *gateway)
{
    const char *const urls[] = {gateway, "https://second"};

    vm->settings.gateway_urls = (struct vm_texts){urls, 2};
    return vm_url_of_app(vm, &arena);
}

static void domain_and_port_are_the_gateways(void **state)
{
    static const struct {
        const char *gateway, *expected;
    } cases[] = {
        {"https://gateway.example.com", START "gateway.example.com"},
        {"https://gateway.example.com:443/", START "gateway.example.com"},
        {"https://gateway.example.com:9443/prpc?a", START "gateway.example.com:9443"},
        {"http://g:80", START "g"},
        {"http://g:8080#a", START "g:8080"},
        {"https://user:word@g:8443", START "g:8443"},
        {"https://g:", START "g"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(url_with(cases[i].gateway), cases[i].expected);
}

static void what_is_no_url_gives_none(void **state)
{
    static const char *const urls[] = {"",
                                       "example.com",
                                       "https://",
                                       "https://:443",
                                       "https://a b",
                                       "https://g:65536",
                                       "https://g:1x",
                                       "https://[::1]"};

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_null(url_with(urls[i]));
}

static void without_one_of_its_parts_there_is_none(void **state)
{
    (void)state;
    assert_null(vm_url_of_app(vm, &arena));
    assert_non_null(url_with("https://g"));
    vm->has_gateway = false;
    assert_null(url_with("https://g"));
    vm->has_gateway = true;
    vm->instance_id[0] = '\0';
    assert_null(url_with("https://g"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(domain_and_port_are_the_gateways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_url_gives_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_one_of_its_parts_there_is_none, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
