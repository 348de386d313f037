/* The form of a record, which later releases have to read. */
#include "test/unit/vm_record_fixture.h"

static void every_member_has_its_place(void **state)
{
    struct vm *vm = vm_record_fixture_new();
    struct buf text;
    char *written;
    size_t len;

    (void)state;
    vm_record_fixture_write(vm, &text);
    written = buf_take(&text, &len);
    assert_string_equal(
        written,
        "{\"version\":1,\"id\":\"01234567-89ab-4def-8123-456789abcdef\",\"run\":7,\"number\":12,"
        "\"app_id\":\"0123456789012345678901234567890123456789\","
        "\"instance_seed\":\"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\","
        "\"instance_id\":\"abcdefabcdefabcdefabcdefabcdefabcdefabcd\",\"name\":\"a (b) $c\","
        "\"image\":\"dstack-0.5.11\",\"compose_file\":\"{\\\"name\\\":\\\"\\u00e4\\\\n\\u007f\\\"}\\n\","
        "\"vcpu\":3,\"memory\":4096,\"disk_size\":21,"
        "\"ports\":[{\"protocol\":\"udp\",\"host_port\":53,\"vm_port\":5353,\"host_address\":\"\"},"
        "{\"protocol\":\"tcp\",\"host_port\":8080,\"vm_port\":8090,\"host_address\":\"0.0.0.0\"}],"
        "\"encrypted_env\":\"00ff10\",\"user_config\":\"{\\\"a\\\":1}\",\"kms_urls\":[\"https://kms\"],"
        "\"gateway_urls\":[\"https://g1\",\"https://g2\"],\"gpu_slots\":[\"01:00.0\"],"
        "\"gpu_attach_mode\":\"listed\",\"networks\":[{\"mode\":\"user\",\"bridge_name\":\"\"},"
        "{\"mode\":\"bridge\",\"bridge_name\":\"br0\"}],\"simulated_tee\":\"tdx\",\"hugepages\":true,"
        "\"pin_numa\":true,\"no_tee\":true,\"started\":true,\"has_run\":true,\"boots\":3,\"saved_run\":8,"
        "\"started_at\":1700000000001,\"exited_at\":1700000000002,\"boot_progress\":\"done\","
        "\"boot_error\":\"an error that was\",\"shutdown_progress\":\"powering off\","
        "\"events\":[{\"event\":\"boot.progress\",\"body\":\"done\",\"timestamp\":1700000000003},"
        "{\"event\":\"other\",\"body\":\"\\\"quoted\\\"\",\"timestamp\":1700000000004}]}\n");
    free(written);
    vm_free(vm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_has_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
