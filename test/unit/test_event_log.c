/* Runtime events against the reference log, and the limits of the log. */
#include "sim/tdx/event_log.h"

#include "test/unit/vectors.h"

/* The RTMR3 events of the log that independent verifiers accepted. */
static const struct {
    const char *name, *payload, *digest;
} reference[] = {
    {"system-preparing", "",
     "f9974020ef507068183313d0ca808e0d1ca9b2d1ad0c61f5784e7157c362c06536f5ddacdad4451693f48fcc72fff624"},
    {"app-id", "0229d37e33daae149bf40543a5ce1db4459d10f8",
     "c78ce8edaf1f603cafa54ad52fedfa4594746c5400acd5a48bf613da8188f27eee9910e3fe355f27a975125dfc4da0e6"},
    {"compose-hash", "0229d37e33daae149bf40543a5ce1db4459d10f830d5139279aa2bfd5f6485a1",
     "43e0f41e685c35e8269583e7a7a03c558bfcca143de46d463e66e90d7e2362b17ef3c5442b47e4fa580a58cdb50d2b8a"},
    {"instance-id", "26ef83be87f3a6621c9d3d9a88392cb3971ae5b0",
     "4b3bee2102a08f01c23be498ac00521f4ff265dce54efb191da0c44063c0928fb5905f2d5f89f2b902431944d668bca7"},
    {"boot-mr-done", "",
     "98bd7e6bd3952720b65027fd494834045d06b4a714bf737a06b874638b3ea00ff402f7f583e3e3b05e921c8570433ac6"},
    {"os-image-hash", "54079975c11c82df3ad3ba07a15ce983e9d31801d05fc99cdc07ef6d012e5c87",
     "6a5e972e6fd5f4b4a92877315d86264e61ca6fd4745aa408df5dea6ac70243309476633fa1c0a349b90983ded246e1a9"},
    {"key-provider", "7b226e616d65223a226b6d73222c226964223a223030227d",
     "4c533e1da9ef220b1a2581bf419aba4d93ffa6add346fa06fe9e77481c4424c22cbce417d5c27de8547cc7ed3c4bdc45"},
    {"storage-fs", "7a6673",
     "ba51104636900268b0e059fa3d266419d079d1e94aea26fb9fcbb8d764bf4c89a67ac271b8a0d1a3989945132a111fc7"},
    {"system-ready", "",
     "1a76b2a80a0be71eae59f80945d876351a7a3fb8e9fd1ff1cede5734aa84ea11fd72b4edfbb6f04e5a85edd114c751bd"},
};
static const char reference_rtmr3[] =
    "3f33dd645492907e0ab4638b2c716b8993137b4e58449351a44fdb197cff9a00533066b41bc8d91d6a7638f96415c34d";

struct fixture {
    struct event_log log;
    struct registers registers;
    struct error error;
};

static int start(void **state)
{
    static struct fixture fixture;

    fixture = (struct fixture){.error = {.kind = ERROR_NONE}};
    event_log_init(&fixture.log);
    *state = &fixture;
    return 0;
}

static int finish(void **state)
{
    event_log_free(&((struct fixture *)*state)->log);
    return 0;
}

static int emit(struct fixture *f, const char *name, struct span payload)
{
    f->error.kind = ERROR_NONE;
    return event_log_emit(&f->log, &f->registers, name, payload, &f->error);
}

static void the_reference_boot_gives_its_rtmr3(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof reference / sizeof *reference; i++) {
        uint8_t payload[32];
        size_t len = strlen(reference[i].payload) / 2;
        const struct event *event;

        from_hex(reference[i].payload, payload, len);
        assert_int_equal(emit(f, reference[i].name, span_of(payload, len)), 0);
        event = &f->log.events[i];
        assert_int_equal(event->imr, 3);
        assert_int_equal(event->type, 134217729);
        assert_string_equal(event->name, reference[i].name);
        assert_int_equal(event->payload_len, len);
        assert_memory_equal(event->payload, payload, len);
        assert_hex_equal(event->digest, REGISTER_BYTES, reference[i].digest);
    }
    assert_hex_equal(f->registers.rtmr[3], REGISTER_BYTES, reference_rtmr3);
}

static void a_boot_event_keeps_its_digest(void **state)
{
    struct fixture *f = *state;
    char name[] = "n";
    uint8_t payload[] = {1, 2};
    struct event event = {.imr = 1, .type = 4, .name = name, .payload = payload, .payload_len = 2};
    struct registers expected = f->registers;

    memset(event.digest, 0xab, sizeof event.digest);
    registers_extend(&expected, 1, event.digest);
    event_log_measure(&f->log, &f->registers, &event);
    name[0] = 'x';
    payload[0] = 9;
    assert_string_equal(f->log.events[0].name, "n");
    assert_hex_equal(f->log.events[0].payload, 2, "0102");
    assert_int_equal(f->log.events[0].type, 4);
    assert_memory_equal(f->log.events[0].digest, event.digest, REGISTER_BYTES);
    assert_memory_equal(&f->registers, &expected, sizeof expected);
    assert_int_equal(f->log.bytes, 3);
}

static void an_event_of_version_2_shows_its_preimage(void **state)
{
    static const char preimage[] = "{\"name\":\"compose-hash\",\"payload\":\"abcd\",\"type\":134217729}";
    struct fixture *f = *state;
    struct registers expected = f->registers;
    struct event_log copy;

    event_log_init(&copy);
    f->log.version = EVENT_VERSION_2;
    assert_int_equal(emit(f, "compose-hash", span_of("\xab\xcd", 2)), 0);
    assert_int_equal(f->log.events[0].version, EVENT_VERSION_2);
    assert_int_equal(f->log.events[0].type, EVENT_TYPE_RUNTIME);
    assert_hex_equal(f->log.events[0].digest, REGISTER_BYTES,
                     "9dde1673f544faa94b921825209593ddde08d0baf9cd6990"
                     "175dffaf3081f1bb10311d56de189491feb33842a050ad7b");
    registers_extend(&expected, 3, f->log.events[0].digest);
    assert_memory_equal(&f->registers, &expected, sizeof expected);
    event_log_copy(&copy, &f->log);
    event_log_free(&f->log);
    assert_int_equal(copy.version, EVENT_VERSION_2);
    assert_true(span_is(copy.events[0].preimage, preimage));
    event_log_free(&copy);
}

static void an_event_of_version_1_does_not(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(emit(f, "compose-hash", SPAN_NONE), 0);
    assert_int_equal(f->log.events[0].version, EVENT_VERSION_1);
    assert_int_equal(f->log.events[0].preimage.len, 0);
}

static void refuses(struct fixture *f, const char *name, struct span payload, const char *reason)
{
    const struct registers before = f->registers;
    const size_t count = f->log.count, bytes = f->log.bytes;

    assert_int_equal(emit(f, name, payload), -1);
    assert_int_equal(f->error.kind, ERROR_INPUT);
    if (!strstr(f->error.text, reason))
        fail_msg("%s: %s", reason, f->error.text);
    assert_int_equal(f->log.count, count);
    assert_int_equal(f->log.bytes, bytes);
    assert_memory_equal(&f->registers, &before, sizeof before);
}

static void names_and_payloads_have_a_longest(void **state)
{
    struct fixture *f = *state;
    static char name[EVENT_NAME_BYTES_MAX + 2];
    static uint8_t payload[EVENT_PAYLOAD_BYTES_MAX + 1];

    memset(name, 'n', sizeof name - 1);
    refuses(f, "", SPAN_NONE, "event must be a name");
    refuses(f, name, SPAN_NONE, "event has 257 bytes; at most 256");
    refuses(f, "n", span_of(payload, sizeof payload), "payload has 65537 bytes; at most 65536");
    name[EVENT_NAME_BYTES_MAX] = '\0';
    assert_int_equal(emit(f, name, span_of(payload, EVENT_PAYLOAD_BYTES_MAX)), 0);
}

static void the_log_has_a_last_event(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < EVENT_LOG_EVENTS_MAX; i++)
        assert_int_equal(emit(f, "e", SPAN_NONE), 0);
    refuses(f, "e", SPAN_NONE, "it holds at most 4096 events");
}

static void the_log_has_a_last_byte(void **state)
{
    struct fixture *f = *state;
    static uint8_t payload[EVENT_PAYLOAD_BYTES_MAX];

    for (int i = 0; i < EVENT_LOG_BYTES_MAX / EVENT_PAYLOAD_BYTES_MAX; i++)
        assert_int_equal(emit(f, "e", span_of(payload, sizeof payload - 1)), 0);
    assert_int_equal(f->log.bytes, EVENT_LOG_BYTES_MAX);
    refuses(f, "e", SPAN_NONE, "it holds at most 1048576 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_reference_boot_gives_its_rtmr3, start, finish),
        cmocka_unit_test_setup_teardown(a_boot_event_keeps_its_digest, start, finish),
        cmocka_unit_test_setup_teardown(an_event_of_version_2_shows_its_preimage, start, finish),
        cmocka_unit_test_setup_teardown(an_event_of_version_1_does_not, start, finish),
        cmocka_unit_test_setup_teardown(names_and_payloads_have_a_longest, start, finish),
        cmocka_unit_test_setup_teardown(the_log_has_a_last_event, start, finish),
        cmocka_unit_test_setup_teardown(the_log_has_a_last_byte, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
