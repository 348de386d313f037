/* A vm_config written, and read back; test_image_verify.c has those that are refused. */
#include "sim/image/vm_config.h"

#include "sim/base/embedded.h"
#include "test/unit/vectors.h"

/* All but tdx_measurement. */
#define MEMBERS                                                                                              \
    "\"tdx_attestation_variant\":\"lite\",\"memory_size\":2147483648,\"os_image_hash\":"                     \
    "\"0000000000000000000000000000000000000000000000000000000000000000\""

static void what_was_written_is_read(void **state)
{
    const struct embedded_file *file = embedded_find(embedded_fixtures, "os-image.json");
    const struct machine machine = {.cpu_count = 2, .memory_size = MACHINE_MEMORY_SPLIT_FROM};
    struct error error = {.kind = ERROR_NONE};
    struct measurement_document document;
    struct vm_config config;
    struct os_image image;
    struct arena arena;
    size_t len;
    char *text;

    (void)state;
    arena_init(&arena);
    assert_int_equal(os_image_parse(&image, span_of(file->data, file->len), &error), 0);
    measurement_document_write(&image, &document);
    text = vm_config_write(&document, &machine, &len);
    assert_int_equal(strlen(text), len);
    assert_non_null(strstr(text, ",\"cpu_count\":2,\"memory_size\":2952790016,"
                                 "\"tdx_attestation_variant\":\"lite\","));
    assert_int_equal(vm_config_read(span_of(text, len), &arena, &config, &error), 0);
    assert_true(config.memory_size == MACHINE_MEMORY_SPLIT_FROM);
    assert_memory_equal(config.os_image_hash, document.os_image_hash, OS_IMAGE_HASH_BYTES);
    assert_true(span_is(config.checksum_file, document.checksum_file));
    assert_true(span_equal(config.measurement, buf_span(&document.measurement)));
    free(text);
    buf_free(&document.measurement);
    arena_free(&arena);
}

static void a_legacy_machine_names_no_variant(void **state)
{
    const struct machine machine = {.cpu_count = 1, .memory_size = 1 << 30, .is_legacy = true};
    struct measurement_document document = {.os_image_hash = {1}, .checksum_file = "sum"};
    size_t len;
    char *text;

    (void)state;
    buf_init(&document.measurement, SIZE_MAX);
    buf_append_text(&document.measurement, "cbor");
    text = vm_config_write(&document, &machine, &len);
    assert_string_equal(text, "{\"os_image_hash\":"
                              "\"0100000000000000000000000000000000000000000000000000000000000000\","
                              "\"cpu_count\":1,\"memory_size\":1073741824,"
                              "\"tdx_measurement\":{\"checksum_file\":\"c3Vt\",\"measurement\":\"Y2Jvcg==\"},"
                              "\"ovmf_variant\":\"pre202505\"}");
    buf_free(&document.measurement);
    free(text);
}

static void a_deployment_says_what_the_vmm_gave_it(void **state)
{
    const struct machine machine = {.cpu_count = 1,
                                    .memory_size = 1 << 30,
                                    .is_legacy = true,
                                    .deployed_image = "dstack-0.5.11",
                                    .has_hugepages = true,
                                    .gpu_count = 2};
    struct measurement_document document = {.os_image_hash = {1}};
    size_t len;
    char *text;

    (void)state;
    buf_init(&document.measurement, SIZE_MAX);
    text = vm_config_write(&document, &machine, &len);
    assert_non_null(strstr(text, ",\"spec_version\":1,\"pci_hole64_size\":0,\"hugepages\":true,"
                                 "\"num_gpus\":2,\"num_nvswitches\":0,\"hotplug_off\":false,"
                                 "\"host_share_mode\":\"9p\",\"image\":\"dstack-0.5.11\"}"));
    free(text);
}

static void a_missing_measurement_is_named_once(void **state)
{
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"{" MEMBERS "}", "the member tdx_measurement is missing"},
        {"{" MEMBERS ",\"tdx_measurement\":1}", "tdx_measurement must be an object"},
        {"{" MEMBERS ",\"tdx_measurement\":{}}", "tdx_measurement: the member checksum_file is missing"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct vm_config config;

        assert_int_equal(vm_config_read(span_text(cases[i].text), &arena, &config, &error), -1);
        assert_string_equal(error.text, cases[i].sentence);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_legacy_machine_names_no_variant),
        cmocka_unit_test(a_deployment_says_what_the_vmm_gave_it),
        cmocka_unit_test(a_missing_measurement_is_named_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
