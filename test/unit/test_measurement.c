/* The register bank against the reference quote that independent verifiers accepted. */
#include "sim/base/embedded.h"
#include "sim/image/measurement.h"
#include "sim/image/td_hob.h"
#include "test/unit/vectors.h"

static const char rtmr0[] =
    "b3affb6a025af8cfaed4256a517a4d5759f8d136be5df29c18e889f404f2aa94b38a88e76ce6b7842b3dfd19f24f1f1f";
static const char rtmr1[] =
    "7ab9db7df5c002ccf434b7f19c291737b26e316c18f6cb30d6d71ae54bc0846ed1cb0fdfc721ade2ee77101d71c69394";
static const char rtmr2[] =
    "0b3d57b3d45a56e985728d022ccc7e1ef9c16ddcdcfc87b7edbe05e69352cb35058bb9ae09f8f61c192ab8fe12298362";
static const char td_hob[] =
    "010038000000000009000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "309180000000000003003000000000000000000000000000000000000000000007000000070000000000000000000000"
    "000080000000000003003000000000000000000000000000000000000000000000000000070000000000800000000000"
    "009000000000000003003000000000000000000000000000000000000000000000000000070000000090800000000000"
    "0020000000000000030030000000000000000000000000000000000000000000000000000700000000b0800000000000"
    "00500000000000000300300000000000000000000000000000000000000000000700000007000000"
    "00008100000000000000"
    "7f7f00000000";

static struct os_image image;
static struct machine machine;

static int read_fixtures(void **state)
{
    const struct embedded_file *image_file = embedded_find(embedded_fixtures, "os-image.json");
    const struct embedded_file *machine_file = embedded_find(embedded_fixtures, "machine.json");
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_non_null(image_file);
    assert_non_null(machine_file);
    assert_int_equal(os_image_parse(&image, span_of(image_file->data, image_file->len), &error), 0);
    assert_int_equal(machine_parse(&machine, span_of(machine_file->data, machine_file->len), &error), 0);
    return 0;
}

static void boots_to_the_reference_registers(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct registers registers;
    struct event_log log;

    (void)state;
    event_log_init(&log);
    assert_int_equal(measurement_boot(&image, &machine, &log, &registers, &error), 0);
    assert_hex_equal(registers.rtmr[0], REGISTER_BYTES, rtmr0);
    assert_hex_equal(registers.rtmr[1], REGISTER_BYTES, rtmr1);
    assert_hex_equal(registers.rtmr[2], REGISTER_BYTES, rtmr2);
    assert_memory_equal(registers.mrtd, image.mrtd_single_pass, REGISTER_BYTES);
    assert_int_equal(log.count, 20);
    event_log_free(&log);
}

static void a_register_is_its_log_replayed(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct registers registers, replayed = {.mrtd = {0}};
    struct event_log log;

    (void)state;
    event_log_init(&log);
    assert_int_equal(measurement_boot(&image, &machine, &log, &registers, &error), 0);
    for (size_t i = 0; i < log.count; i++)
        registers_extend(&replayed, log.events[i].imr, log.events[i].digest);
    assert_memory_equal(replayed.rtmr, registers.rtmr, sizeof registers.rtmr);
    event_log_free(&log);
}

static void boot_legacy(uint64_t megabytes, uint8_t seed, struct registers *registers)
{
    const struct machine small = {.memory_size = megabytes << 20, .is_legacy = true, .legacy_seed = {seed}};
    struct error error = {.kind = ERROR_NONE};
    struct event_log log;

    event_log_init(&log);
    assert_int_equal(measurement_boot(&image, &small, &log, registers, &error), 0);
    event_log_free(&log);
}

/* Of a legacy machine, RTMR0 follows from its seed, and RTMR1 where QEMU changes the kernel. */
static void what_depends_on_qemu_is_synthetic(void **state)
{
    struct registers lite, one, other, larger;
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(measurement_recompute(&image, UINT64_C(0xb0000000), &lite, &error), 0);
    boot_legacy(1024, 1, &one);
    boot_legacy(1024, 2, &other);
    boot_legacy(0xb0000000 >> 20, 1, &larger);
    assert_memory_not_equal(one.rtmr[0], other.rtmr[0], REGISTER_BYTES);
    assert_memory_not_equal(one.rtmr[1], other.rtmr[1], REGISTER_BYTES);
    assert_memory_not_equal(one.rtmr[1], lite.rtmr[1], REGISTER_BYTES);
    assert_memory_not_equal(larger.rtmr[0], lite.rtmr[0], REGISTER_BYTES);
    assert_memory_equal(larger.rtmr[1], lite.rtmr[1], REGISTER_BYTES);
    assert_memory_equal(one.rtmr[2], lite.rtmr[2], REGISTER_BYTES);
    assert_memory_equal(one.mrtd, lite.mrtd, REGISTER_BYTES);
}

static void writes_the_reference_hob(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct buf out;

    (void)state;
    buf_init(&out, SIZE_MAX);
    assert_int_equal(
        td_hob_write(&out, span_of(image.td_hob_witness, image.td_hob_witness_len), 0x80000000, &error), 0);
    assert_hex_equal(out.data, out.len, td_hob);
    buf_free(&out);
}

/* 4 GiB: 2 GiB below the hole, the rest from 4 GiB on. */
static void splits_large_memory_around_the_hole(void **state)
{
    static const uint8_t last[] = {0x00, 0x00, 0x00, 0x00, 0x01, 0, 0, 0, 0x00, 0x00, 0x00, 0x80, 0, 0, 0, 0};
    struct error error = {.kind = ERROR_NONE};
    struct buf out;

    (void)state;
    buf_init(&out, SIZE_MAX);
    assert_int_equal(
        td_hob_write(&out, span_of(image.td_hob_witness, image.td_hob_witness_len), 0x100000000, &error), 0);
    assert_int_equal(out.len, sizeof td_hob / 2 + 48);
    assert_memory_equal(out.data + out.len - sizeof last, last, sizeof last);
    buf_free(&out);
}

static void refuses_broken_witnesses(void **state)
{
    static const struct {
        const char *hex, *expected;
    } cases[] = {
        {"8010", "truncated"},
        {"801009", "truncated"},
        {"801009ff", "truncated"},
        {"80100903000909020b", "truncated"},
        {"80100903000909020b0500", "trailing bytes after the TD HOB witness: 1"},
        {"80100902000901020b05", "address order"},
        {"8010090100ffffffffff3f", "too large"},
        {"80100901008080808001", "beyond the machine"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        uint8_t witness[32];
        size_t len = strlen(cases[i].hex) / 2;
        struct buf out;

        from_hex(cases[i].hex, witness, len);
        buf_init(&out, SIZE_MAX);
        assert_int_equal(td_hob_write(&out, span_of(witness, len), 0x80000000, &error), -1);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].hex, error.text);
        buf_free(&out);
    }
}

/* A page every two pages: each is a range, and so is each gap. */
static void refuses_more_ranges_than_fit(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    uint8_t witness[4 + 2 * 40] = {0x80, 0x10, 81, 40};
    struct buf out;

    (void)state;
    for (uint8_t i = 0; i < 40; i++)
        memcpy(witness + 4 + 2 * i, (uint8_t[]){(uint8_t)(2 * i + 1), 1}, 2);
    buf_init(&out, SIZE_MAX);
    assert_int_equal(td_hob_write(&out, span_of(witness, sizeof witness), 0x80000000, &error), -1);
    assert_string_equal(error.text, "the TD HOB witness has too many ranges; at most 64 resources fit");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boots_to_the_reference_registers),
        cmocka_unit_test(a_register_is_its_log_replayed),
        cmocka_unit_test(what_depends_on_qemu_is_synthetic),
        cmocka_unit_test(writes_the_reference_hob),
        cmocka_unit_test(splits_large_memory_around_the_hole),
        cmocka_unit_test(refuses_broken_witnesses),
        cmocka_unit_test(refuses_more_ranges_than_fit),
    };

    return cmocka_run_group_tests(tests, read_fixtures, NULL);
}
