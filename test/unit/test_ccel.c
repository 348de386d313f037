/* The CCEL table of a boot, read as dstack's guest reads it. */
#include "sim/tdx/ccel.h"

#include "test/unit/td_fixture.h"

static uint32_t take32(const uint8_t **at)
{
    const uint8_t *p = *at;

    *at += 4;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The first bytes are those of a real machine's table. */
static void the_header_is_that_of_a_real_table(void **state)
{
    static const char header[] = "0100000003000000"
                                 "0000000000000000000000000000000000000000"
                                 "21000000"
                                 "53706563204944204576656e74303300"
                                 "00000000"
                                 "00020002"
                                 "01000000"
                                 "0c003000"
                                 "00";
    const struct td *td = *state;
    uint8_t expected[sizeof header / 2];
    struct buf table;

    buf_init(&table, SIZE_MAX);
    ccel_write(&td->state.log, &table);
    assert_int_equal(table.len, CCEL_BYTES);
    from_hex(header, expected, sizeof expected);
    assert_memory_equal(table.data, expected, sizeof expected);
    buf_free(&table);
}

static void its_replay_gives_the_boot_registers(void **state)
{
    struct td *td = *state;
    const uint8_t digest[REGISTER_BYTES] = {7};
    struct error error = {.kind = ERROR_NONE};
    struct registers before = td->state.registers, replayed = {.mrtd = {0}};
    struct buf table;
    const uint8_t *at;
    uint32_t imr, count = 0;

    assert_int_equal(td_extend(td, 2, digest, &error), 0); /* is in no log */
    buf_init(&table, SIZE_MAX);
    ccel_write(&td->state.log, &table);
    at = table.data + 65;
    for (; (imr = take32(&at)) != UINT32_MAX; count++) {
        assert_in_range(imr, 1, 3);
        (void)take32(&at);
        assert_int_equal(take32(&at), 1);
        assert_memory_equal(at, "\x0c", 2);
        registers_extend(&replayed, imr - 1, at + 2);
        at += 2 + REGISTER_BYTES;
        at += take32(&at);
    }
    assert_true(count > 10);
    assert_memory_equal(replayed.rtmr, before.rtmr, (size_t)RTMR_BOOT_COUNT * REGISTER_BYTES);
    for (; at < table.data + table.len; at++)
        assert_int_equal(*at, 0xff);
    buf_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_header_is_that_of_a_real_table, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(its_replay_gives_the_boot_registers, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
