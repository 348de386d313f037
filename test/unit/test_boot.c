/* The boot of a TD: the events of RTMR3, and the texts that describe the TD. */
#include "sim/td/boot.h"

#include "test/unit/td_fixture.h"

enum { FIRST_RUNTIME_EVENT = 20 };

static void runtime_events_in_their_order(void **state)
{
    const struct td *td = *state;
    const struct {
        const char *name;
        struct span payload;
    } sequence[] = {
        {"system-preparing", SPAN_NONE},
        {"app-id", span_of(td->identity.app_id, 20)},
        {"compose-hash", span_of(td->app.compose_hash, 32)},
        {"instance-id", span_of(td->identity.instance_id, 20)},
        {"boot-mr-done", SPAN_NONE},
        {"os-image-hash", span_of(td->identity.os_image_hash, 32)},
        {"key-provider", span_text(td->identity.key_provider_info.plain)},
        {"storage-fs", span_text("zfs")},
        {"system-ready", SPAN_NONE},
    };

    assert_int_equal(td->state.log.count, FIRST_RUNTIME_EVENT + 9);
    for (size_t i = 0; i < 9; i++) {
        const struct event *event = &td->state.log.events[FIRST_RUNTIME_EVENT + i];

        assert_int_equal(event->imr, 3);
        assert_string_equal(event->name, sequence[i].name);
        assert_true(span_equal(span_of(event->payload, event->payload_len), sequence[i].payload));
    }
}

static void assert_event(const struct td *td, size_t index, const char *name, const char *payload)
{
    const struct event *event = &td->state.log.events[FIRST_RUNTIME_EVENT + index];

    assert_string_equal(event->name, name);
    if (payload)
        assert_hex_equal(event->payload, event->payload_len, payload);
}

static void on_0_6_the_gpu_policy_is_always_measured(void **state)
{
    struct td *td = td_fixture_0_6("{\"kms_enabled\":true}");

    (void)state;
    assert_int_equal(td->state.log.count, FIRST_RUNTIME_EVENT + 10);
    assert_event(td, 2, "compose-hash", NULL);
    assert_event(td, 3, "gpu-policy-hash",
                 "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    assert_event(td, 4, "instance-id", NULL);
    td_fixture_free(td);
}

/* SHA-256 of "echo one" and "echo two". */
static void on_0_6_so_are_init_scripts_in_their_order(void **state)
{
    struct td *td =
        td_fixture_0_6("{\"manifest_version\":\"3\",\"init_script\":[\"echo one\",\"echo two\"],"
                       "\"requirements\":{\"gpu_policy\":{\"attest_gpu\":true}},\"kms_enabled\":true}");

    (void)state;
    assert_int_equal(td->state.log.count, FIRST_RUNTIME_EVENT + 12);
    assert_event(td, 2, "compose-hash", NULL);
    assert_event(td, 3, "init-script-hash",
                 "5d103558eaead1115ccc8d98a33ccff8bb622fde768a7cfcef2cc9f7cf455f49");
    assert_event(td, 4, "init-script-hash",
                 "d70ea63d138edd7238f52c3004b81f18d35bee1c80a9ac37fb62335177eae602");
    assert_event(td, 5, "gpu-policy-hash",
                 "81f5d3ad40653341232238c4ca656bddddc297d6382ae2ab391e4bb36dd80b66");
    assert_event(td, 6, "instance-id", NULL);
    td_fixture_free(td);
}

static void the_app_chooses_version_2_of_the_log_on_0_6_only(void **state)
{
    struct td *td = td_fixture_0_6("{\"event_log_version\":2}"), *old;
    struct registers replayed;
    struct td_config config;

    (void)state;
    td_config_init(&config);
    config.app_compose = span_text("{\"event_log_version\":2}");
    old = td_fixture_cluster(NULL, &config)->first;
    for (size_t i = 0; i < td->state.log.count; i++) {
        const struct event *event = &td->state.log.events[i];

        assert_int_equal(event->version, event_is_runtime(event) ? EVENT_VERSION_2 : 0);
        assert_int_equal(event->preimage.len > 0, event_is_runtime(event));
    }
    for (size_t i = 0; i < old->state.log.count; i++)
        assert_int_not_equal(old->state.log.events[i].version, EVENT_VERSION_2);
    td_replay(td, &replayed);
    assert_memory_equal(replayed.rtmr, td->state.registers.rtmr, sizeof replayed.rtmr);
    td_reset(td);
    assert_int_equal(td->state.log.version, EVENT_VERSION_2);
    td_fixture_free(td);
    td_fixture_free(old);
}

static void the_key_provider_is_the_cas_public_key(void **state)
{
    const struct td *td = *state;
    static const char start[] = "{\"name\":\"kms\",\"id\":\"";
    uint8_t spki[X509_SPKI_BYTES];
    char expected[256];

    x509_key_spki(td->keys.ca.public_key, spki);
    memcpy(expected, start, sizeof start - 1);
    hex_encode(spki, sizeof spki, expected + sizeof start - 1);
    memcpy(expected + sizeof start - 1 + 2 * sizeof spki, "\"}", 3);
    assert_string_equal(td->identity.key_provider_info.plain, expected);
}

/* Byte for byte what verifiers accepted with the reference quote. */
static void vm_config_is_the_references(void **state)
{
    static const char expected[] =
        "{\"os_image_hash\":\"54079975c11c82df3ad3ba07a15ce983e9d31801d05fc99cdc07ef6d012e5c87\","
        "\"cpu_count\":1,\"memory_size\":2147483648,\"tdx_attestation_variant\":\"lite\","
        "\"tdx_measurement\":{\"checksum_file\":\"MDdiYTMyMTQ3ZTM4MThlOWVjM2U3MzkyMDJiNDgzMTgyYjExYmNlY2VlN"
        "WM1MGIzNTdiYTUyYTliODViYmRkZiAgbWVhc3VyZW1lbnQudGR4LmNib3IK\","
        "\"measurement\":\"o2d2ZXJzaW9uA2VpbWFnZaNuY21kbGluZV9zaGEzODRYMHcYGcbgCeljNClcbqJhnbyvmVOfF+veVxeZ"
        "L/Lt+qXIoU1Ms4QBIuxVex5UvozdwXNrZXJuZWxfYXV0aGVudGljb2RlWDDu4omTp0juo6GKwrX1l6Q1U7f0E9FbovoK4Qxhi+"
        "kX/e7r2ZtSn6c0lN7Uth03FRZtaW5pdHJkX3NoYTM4NFgwRqRajM2rUdMo0g5YOVVMPkWfTTrZME6ylTYRx7Wxo2gjrMVTka2G"
        "yVf0pSywQZ/fZHRkdmajZG92bWZpcHJlMjAyNTA1ZG1ydGSia3NpbmdsZV9wYXNzWDCTxkBFFfTzFxJcg/7kYfJJ0RdKQQ7hHU"
        "fjnv/YtJppWUx9INZTRo8JUpveAR0/8EZodHdvX3Bhc3NYMGQjNlXBDFU2qDOsJYJnVIIiWZBhb6g1KEMpM0qZe7QKaqEGHN3w"
        "gua3pkIVeuN9lGZ0ZF9ob2JKgBAJAwAJCQILBQ==\"},\"ovmf_variant\":\"pre202505\"}";

    assert_string_equal(((struct td *)*state)->identity.vm_config.plain, expected);
}

static struct td *boot_with(const char *machine, const char *instance)
{
    struct td_config config;

    td_config_init(&config);
    if (machine)
        config.machine = span_text(machine);
    config.instance = instance;
    return td_fixture_cluster(NULL, &config)->first;
}

/* Computed from the reference's inputs elsewhere. */
static void a_machine_of_4_gib_boots(void **state)
{
    static const char machine[] = "{\"cpu_count\":4,\"memory_size\":4294967296,\"cloud_vendor\":\"\","
                                  "\"cloud_product\":\"\"}";
    static const uint8_t report_data[REPORT_DATA_BYTES];
    struct td *td = boot_with(machine, "default"), *small = boot_with(NULL, "default");
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_hex_equal(td->state.log.events[0].digest, REGISTER_BYTES,
                     "c4b843a57b52f7e63f0b834a1042060f78b224f880b7def3"
                     "395f79a0f44e0db8c1d912c477c7d6b1f22f7c3f12cbe9da");
    assert_hex_equal(td->state.registers.rtmr[0], REGISTER_BYTES,
                     "989c2f942631603cf3b11e711d4833b3b5c2a4001bfadcee"
                     "b75b2e52cb1577dfdb35cc3700dbb9abf78006fbf168430c");
    assert_memory_equal(td_quote(td, report_data, &arena).data + 48 + 328, td->state.registers.rtmr[0],
                        REGISTER_BYTES);
    assert_memory_equal(td->state.registers.rtmr[1], small->state.registers.rtmr[1], 3 * REGISTER_BYTES);
    assert_memory_equal(td->identity.os_image_hash, small->identity.os_image_hash, 32);
    assert_non_null(strstr(td->identity.vm_config.plain, "\"cpu_count\":4,\"memory_size\":4294967296,"));
    arena_free(&arena);
    td_fixture_free(td);
    td_fixture_free(small);
}

static void instances_of_one_app_differ_in_their_id_alone(void **state)
{
    struct td *a = boot_with(NULL, "a"), *b = boot_with(NULL, "b"), *again = boot_with(NULL, "a");

    (void)state;
    assert_memory_not_equal(a->identity.instance_id, b->identity.instance_id, 20);
    assert_memory_equal(a->identity.instance_id, again->identity.instance_id, 20);
    assert_memory_equal(a->identity.app_id, b->identity.app_id, 20);
    assert_memory_equal(a->keys.k256_key, b->keys.k256_key, 32);
    assert_memory_not_equal(a->state.registers.rtmr[3], b->state.registers.rtmr[3], REGISTER_BYTES);
    assert_memory_equal(&a->state.registers, &again->state.registers, sizeof a->state.registers);
    td_fixture_free(a);
    td_fixture_free(b);
    td_fixture_free(again);
}

static const struct event *find_event(const struct td *td, const char *name)
{
    for (size_t i = FIRST_RUNTIME_EVENT; i < td->state.log.count; i++)
        if (strcmp(td->state.log.events[i].name, name) == 0)
            return &td->state.log.events[i];
    fail_msg("%s is missing", name);
    return NULL;
}

static void the_app_decides_on_instance_id_and_file_system(void **state)
{
    struct td_config config;
    struct td *td;

    (void)state;
    td_config_init(&config);
    config.app_compose = span_text("{\"kms_enabled\":true,\"no_instance_id\":true,\"storage_fs\":\"ext4\"}");
    td = td_fixture_cluster(NULL, &config)->first;
    assert_int_equal(td->state.log.count, FIRST_RUNTIME_EVENT + 9);
    assert_int_equal(find_event(td, "instance-id")->payload_len, 0);
    assert_int_equal(identity_instance(&td->identity).len, 0);
    assert_true(span_equal(identity_which(&td->identity), span_of(td->identity.app_id, 20)));
    assert_memory_equal(find_event(td, "storage-fs")->payload, "ext4", 4);
    td_fixture_free(td);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runtime_events_in_their_order, td_setup, td_teardown),
        cmocka_unit_test(on_0_6_the_gpu_policy_is_always_measured),
        cmocka_unit_test(on_0_6_so_are_init_scripts_in_their_order),
        cmocka_unit_test(the_app_chooses_version_2_of_the_log_on_0_6_only),
        cmocka_unit_test_setup_teardown(the_key_provider_is_the_cas_public_key, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(vm_config_is_the_references, td_setup, td_teardown),
        cmocka_unit_test(a_machine_of_4_gib_boots),
        cmocka_unit_test(instances_of_one_app_differ_in_their_id_alone),
        cmocka_unit_test(the_app_decides_on_instance_id_and_file_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
