/* OS images by what a vm_config says of them, and every way it can be a lie. */
#include "crypto/hash.h"
#include "sim/image/vm_config.h"
#include "sim/verify/replay.h"
#include "test/unit/verify_fixture.h"

static int verify_image(struct td *td, const char *vm_config, struct error *error)
{
    const struct evidence evidence = {
        .events = td->state.log.events,
        .count = td->state.log.count,
        .vm_config = span_text(vm_config),
    };
    uint8_t os_image_hash[OS_IMAGE_HASH_BYTES];
    struct arena arena;
    int result;

    *error = (struct error){.kind = ERROR_NONE};
    arena_init(&arena);
    result = image_verify(&evidence, &td->state.registers, &arena, os_image_hash, error);
    arena_free(&arena);
    if (result == 0)
        assert_memory_equal(os_image_hash, td->identity.os_image_hash, OS_IMAGE_HASH_BYTES);
    return result;
}

static void assert_image_refused(struct td *td, const char *vm_config, const char *reason)
{
    struct error error;

    assert_int_equal(verify_image(td, vm_config, &error), -1);
    assert_contains(error.text, reason);
}

/* The vm_config with one member set to another value (which is taken over), or left out. */
static char *with(struct td *td, const char *member, json_t *value)
{
    json_t *root = json_loads(td->identity.vm_config.plain, 0, NULL);
    char *text;

    if (value)
        json_object_set_new(root, member, value);
    else
        json_object_del(root, member);
    text = json_dumps(root, 0);
    json_decref(root);
    return text;
}

static void refuse_with(struct td *td, const char *member, json_t *value, const char *reason)
{
    char *text = with(td, member, value);

    assert_image_refused(td, text, reason);
    free(text);
}

static void the_td_s_own(void **state)
{
    struct td *td = *state;
    struct error error;

    assert_int_equal(verify_image(td, td->identity.vm_config.plain, &error), 0);
    memcpy(td->state.registers.mrtd, td->image.mrtd_two_pass, REGISTER_BYTES);
    assert_int_equal(verify_image(td, td->identity.vm_config.plain, &error), 0);
    td->state.registers.mrtd[0] ^= 1;
    assert_image_refused(td, td->identity.vm_config.plain, "MRTD does not match");
}

static void the_log_has_each_acpi_event_once(void **state)
{
    struct td *td = *state;
    struct event_log *log = &td->state.log;
    struct event *events = malloc((log->count + 1) * sizeof *events), *own = log->events;
    size_t at = 0;

    while (!event_is_acpi(&own[at]))
        at++;
    memcpy(events, own, log->count * sizeof *events);
    events[log->count++] = own[at];
    log->events = events;
    assert_image_refused(td, td->identity.vm_config.plain, "the event log has two events named ");
    log->events = own;
    log->count--;
    free(events);
}

static void every_register_counts(void **state)
{
    struct td *td = *state;

    for (int i = 0; i < 3; i++) {
        char reason[96];
        snprintf(reason, sizeof reason,
                 "RTMR%d computed from the image and vm_config differs from the quote's", i);
        td->state.registers.rtmr[i][0] ^= 1;
        assert_image_refused(td, td->identity.vm_config.plain, reason);
        td->state.registers.rtmr[i][0] ^= 1;
    }
}

static void members_of_vm_config(void **state)
{
    struct td *td = *state;

    assert_image_refused(td, "", "vm_config is missing");
    assert_image_refused(td, "[]", "vm_config: must be a JSON object");
    refuse_with(td, "tdx_attestation_variant", json_string("legacy"),
                "vm_config: the image cannot be checked offline: its measurements are of the legacy variant");
    refuse_with(td, "tdx_attestation_variant", NULL, "the image cannot be checked offline");
    refuse_with(td, "tdx_attestation_variant", json_string("full"),
                "is \"full\"; only \"lite\" is supported");
    refuse_with(td, "ovmf_variant", json_string("stable202505"), "ovmf_variant must be");
    refuse_with(td, "memory_size", json_integer(0x90000000), "memory_size must be 0x80000000 or at least");
    refuse_with(td, "memory_size", json_integer(0x100000000), "RTMR0 computed");
    refuse_with(td, "memory_size", json_integer(INT64_MAX), "memory_size must be a whole number");
    refuse_with(td, "os_image_hash", json_string("00"), "os_image_hash must have 32 bytes");
    refuse_with(td, "tdx_measurement", NULL, "tdx_measurement is missing");
    refuse_with(td, "tdx_measurement", json_pack("{ss,ss}", "checksum_file", "*", "measurement", ""),
                "tdx_measurement: checksum_file must be base64");
}

/* A vm_config around a measurement document, with hashes that fit it. The TD's
 * os-image-hash event is made to fit as well. */
static char *around(struct td *td, const char *line_format, const struct buf *document)
{
    struct measurement_document whole;
    char digits[65] = {0};
    uint8_t digest[32];
    size_t len;
    char *text;

    whole.measurement = *document;
    hash_sha256(document->data, document->len, digest);
    hex_encode(digest, 32, digits);
    snprintf(whole.checksum_file, sizeof whole.checksum_file, line_format, digits);
    hash_sha256(whole.checksum_file, strlen(whole.checksum_file), whole.os_image_hash);
    memcpy(td->identity.os_image_hash, whole.os_image_hash, 32);
    for (size_t i = 0; i < td->state.log.count; i++)
        if (strcmp(td->state.log.events[i].name, "os-image-hash") == 0)
            td->state.log.events[i].payload = td->identity.os_image_hash;
    text = vm_config_write(&whole, &td->machine, &len);
    return text;
}

#define LINE "%.64s  measurement.tdx.cbor\n"

static void the_checksum_file(void **state)
{
    struct td *td = *state;
    struct measurement_document own;
    struct error error;
    char *text;

    measurement_document_write(&td->image, &own);
    text = around(td, "first line\n" LINE "last line", &own.measurement);
    assert_int_equal(verify_image(td, text, &error), 0);
    free(text);
    text = around(td, "%.64s measurement.tdx.cbor\n", &own.measurement);
    assert_image_refused(td, text, "checksum_file has no line for measurement.tdx.cbor");
    free(text);
    text = around(td, "00%.62s  measurement.tdx.cbor\n", &own.measurement);
    assert_image_refused(td, text, "SHA-256 of measurement.tdx.cbor does not match");
    free(text);
    assert_image_refused(td, td->identity.vm_config.plain, "the os-image-hash event does not hold");
    refuse_with(td, "os_image_hash",
                json_string("0000000000000000000000000000000000000000000000000000000000000000"),
                "os_image_hash is not the SHA-256 of its checksum_file");
    buf_free(&own.measurement);
}

/* Cut at every length and with every byte changed, it is refused. What is in it is
 * copied to exactly its size, so that a sanitizer sees a read past it. */
static void the_measurement_document(void **state)
{
    struct td *td = *state;
    struct measurement_document own;
    struct error error;
    char *text;

    measurement_document_write(&td->image, &own);
    for (size_t len = 0; len < own.measurement.len; len++) {
        struct buf cut = own.measurement;
        cut.len = len;
        text = around(td, LINE, &cut);
        assert_int_equal(verify_image(td, text, &error), -1);
        free(text);
    }
    for (size_t i = 0; i < own.measurement.len; i++) {
        own.measurement.data[i] ^= 0x81;
        text = around(td, LINE, &own.measurement);
        /* Of the two MRTDs only one counts. */
        if (verify_image(td, text, &error) == 0)
            assert_true(memmem(own.measurement.data, own.measurement.len, td->image.mrtd_two_pass,
                               REGISTER_BYTES) == NULL);
        free(text);
        own.measurement.data[i] ^= 0x81;
    }
    buf_append_byte(&own.measurement, 0);
    text = around(td, LINE, &own.measurement);
    assert_image_refused(td, text, "trailing bytes after the measurement: 1");
    free(text);
    buf_free(&own.measurement);
}

static void the_acpi_events(void **state)
{
    struct td *td = *state;

    for (size_t i = 0; i < td->state.log.count; i++) {
        struct event *event = &td->state.log.events[i];
        if (!event_is_acpi(event))
            continue;
        event->digest[0] ^= 1;
        assert_image_refused(td, td->identity.vm_config.plain, "RTMR0 computed");
        event->digest[0] ^= 1;
        event->type = 11;
        assert_image_refused(td, td->identity.vm_config.plain, "the event log has no event named acpi-");
        event->type = 10;
    }
}

#define TD_TEST(name) cmocka_unit_test_setup_teardown(name, td_setup, td_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TD_TEST(the_td_s_own),
        TD_TEST(every_register_counts),
        TD_TEST(members_of_vm_config),
        TD_TEST(the_checksum_file),
        TD_TEST(the_measurement_document),
        TD_TEST(the_acpi_events),
        TD_TEST(the_log_has_each_acpi_event_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
