/* Records that come back, and broken ones. */
#include "test/unit/vm_record_fixture.h"

static void what_was_written_comes_back(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct vm *vm = vm_record_fixture_new(), *read;
    struct buf text, again;

    (void)state;
    vm_record_fixture_write(vm, &text);
    read = vm_record_read(buf_span(&text), &error);
    if (!read)
        fail_msg("%s", error.text);
    assert_false(read->has_process);
    assert_int_equal(read->settings.compose.data[read->settings.compose.len], 0);
    vm_record_fixture_write(read, &again);
    assert_int_equal(text.len, again.len);
    assert_memory_equal(text.data, again.data, text.len);
    vm_free(vm);
    vm_free(read);
    buf_free(&text);
    buf_free(&again);
}

static void try(const uint8_t *data, size_t len)
{
    struct error error = {.kind = ERROR_NONE};
    char *copy = memcpy(malloc(len + 1), data, len);
    struct vm *vm;

    vm = vm_record_read(span_of(copy, len), &error);
    assert_true(vm ? error.kind == ERROR_NONE : error.kind == ERROR_INPUT && error.text[0]);
    if (vm)
        vm_free(vm);
    free(copy);
}

/* Neither a cut nor a changed byte does any harm. */
static void every_byte_is_checked(void **state)
{
    static const uint8_t others[] = {0, '"', '}', ',', '-', '9', 0xff};
    struct vm *vm = vm_record_fixture_new();
    struct buf text;

    (void)state;
    vm_record_fixture_write(vm, &text);
    for (size_t at = 0; at < text.len; at++) {
        const uint8_t byte = text.data[at];

        try(text.data, at);
        for (size_t i = 0; i < sizeof others; i++) {
            text.data[at] = others[i];
            try(text.data, text.len);
        }
        text.data[at] = byte;
    }
    buf_free(&text);
    vm_free(vm);
}

/* The record with one text replaced. */
static void assert_refused(const char *old, const char *new, const char *sentence)
{
    struct error error = {.kind = ERROR_NONE};
    struct vm *vm = vm_record_fixture_new();
    char *written, *changed, *at;
    struct buf text;
    size_t len;

    vm_record_fixture_write(vm, &text);
    written = buf_take(&text, &len);
    at = strstr(written, old);
    assert_non_null(at);
    changed = malloc(len + strlen(new) + 1);
    sprintf(changed, "%.*s%s%s", (int)(at - written), written, new, at + strlen(old));
    assert_null(vm_record_read(span_text(changed), &error));
    assert_string_equal(error.text, sentence);
    vm_free(vm);
    free(written);
    free(changed);
}

static void members_are_checked(void **state)
{
    (void)state;
    assert_refused("\"version\":1", "\"version\":2",
                   "version must be 1: another release of the simulator wrote this");
    assert_refused("01234567-89ab", "01234567_89ab", "id must be a UUID in lower case");
    assert_refused("01234567-89ab-4def-8123-456789abcdef", "0123", "id must be a UUID in lower case");
    assert_refused("\"app_id\":\"01", "\"app_id\":\"", "app_id must have 20 bytes, but has 19");
    assert_refused("\"name\":\"a", "\"name\":\"/",
                   "Invalid name: / (b) $c: use letters, digits, spaces and any of -_.@~!$^()");
    assert_refused("\"vcpu\":3", "\"vcpu\":0", "vcpu must be between 1 and 4096, not 0");
    assert_refused("\"vcpu\":3", "\"vcpu\":4294967296", "vcpu must be a whole number from 0 to 4294967295");
    assert_refused("\"ports\":[", "\"ports\":[1,", "ports must contain only objects");
    assert_refused("\"networks\":[", "\"networks\":[1,", "networks must contain only objects");
    assert_refused("\"udp\"", "\"sctp\"", "protocol must be tcp or udp");
    assert_refused("\"host_port\":53", "\"host_port\":65536",
                   "host_port must be a whole number from 0 to 65535");
    assert_refused("\"00ff10\"", "\"00ff1\"", "encrypted_env must be hex, two digits per byte");
    assert_refused("[\"https://kms\"]", "[1]", "kms_urls must contain only strings");
    assert_refused("[\"https://kms\"]", "{}", "kms_urls must be an array");
    assert_refused("\"tdx\"", "1", "simulated_tee must be a string");
    assert_refused("\"hugepages\":true", "\"hugepages\":1", "hugepages must be true or false");
    assert_refused("\"hugepages\":true,", "", "the member hugepages is missing");
    assert_refused("{\"event\":\"boot.progress\"", "1,{\"event\":\"\"", "events must contain only objects");
}

static void lists_have_an_end(void **state)
{
    char many[4096] = "\"gpu_slots\":[\"\"";

    (void)state;
    for (int i = 0; i < VM_LIST_MAX; i++)
        strcat(many, ",\"\"");
    strcat(many, "]");
    assert_refused("\"gpu_slots\":[\"01:00.0\"]", many, "gpu_slots has 65 entries; at most 64 are allowed");
}

/* Each byte of the longest texts takes six. */
static void the_largest_request_can_be_kept(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    char *large = malloc(VM_TEXT_BYTES_MAX + 1);
    struct vm *vm = vm_record_fixture_new(), *read;
    struct vm_settings settings = vm->settings;
    struct buf text;

    (void)state;
    memset(large, 1, VM_TEXT_BYTES_MAX);
    large[VM_TEXT_BYTES_MAX] = '\0';
    settings.compose = settings.encrypted_env = span_of(large, VM_TEXT_BYTES_MAX);
    settings.user_config = large;
    vm->settings = settings;
    vm_record_fixture_write(vm, &text);
    read = vm_record_read(buf_span(&text), &error);
    assert_non_null(read);
    assert_int_equal(read->settings.compose.len, VM_COMPOSE_BYTES_MAX);
    vm_free(read);
    vm_free(vm);
    buf_free(&text);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_comes_back),
        cmocka_unit_test(every_byte_is_checked),
        cmocka_unit_test(members_are_checked),
        cmocka_unit_test(lists_have_an_end),
        cmocka_unit_test(the_largest_request_can_be_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
