/* MessagePack of the library's writer, and heads that claim what is not there. */
#include "sim/format/msgpack_read.h"

#include <msgpack.h>

#include "test/unit/vectors.h"

static void numbers(void **state)
{
    static const uint64_t values[] = {
        0, 127, 128, 255, 256, 65535, 65536, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        msgpack_sbuffer out;
        msgpack_packer packer;
        struct span rest;
        uint64_t value;
        msgpack_sbuffer_init(&out);
        msgpack_packer_init(&packer, &out, msgpack_sbuffer_write);
        msgpack_pack_uint64(&packer, values[i]);
        rest = span_of(out.data, out.size);
        assert_true(msgpack_read_uint(&rest, &value));
        assert_true(value == values[i]);
        assert_int_equal(rest.len, 0);
        for (size_t len = 0; len < out.size; len++) {
            rest = span_of(out.data, len);
            assert_false(msgpack_read_uint(&rest, &value));
        }
        msgpack_sbuffer_destroy(&out);
    }
}

/* Texts, bin, arrays and maps at every width of their heads. */
static void containers(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536};
    uint8_t *data = calloc(1, 65536);
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        msgpack_sbuffer out;
        msgpack_packer packer;
        struct span rest, got;
        size_t count;
        msgpack_sbuffer_init(&out);
        msgpack_packer_init(&packer, &out, msgpack_sbuffer_write);
        msgpack_pack_str(&packer, sizes[i]);
        msgpack_pack_str_body(&packer, data, sizes[i]);
        msgpack_pack_bin(&packer, sizes[i]);
        msgpack_pack_bin_body(&packer, data, sizes[i]);
        msgpack_pack_map(&packer, sizes[i]);
        msgpack_pack_array(&packer, sizes[i]);
        for (size_t e = 0; e < sizes[i]; e++)
            msgpack_pack_uint8(&packer, (uint8_t)e);
        rest = span_of(out.data, out.size);
        assert_true(msgpack_read_text(&rest, &got) && got.len == sizes[i]);
        assert_true(msgpack_read_bytes(&rest, &arena, &got) && got.len == sizes[i]);
        assert_true(msgpack_read_map(&rest, &count) && count == sizes[i]);
        assert_true(msgpack_read_bytes(&rest, &arena, &got) && got.len == sizes[i]);
        for (size_t e = 0; e < sizes[i]; e++)
            assert_int_equal(got.data[e], e & 0xff);
        assert_int_equal(rest.len, 0);
        msgpack_sbuffer_destroy(&out);
    }
    arena_free(&arena);
    free(data);
}

/* Room is made for what is there alone. */
static void a_head_that_claims_too_much(void **state)
{
    static const uint8_t claim[] = {0xdd, 0x7f, 0xff, 0xff, 0xff, 0x00};
    struct span rest = span_of(claim, sizeof claim), got;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_false(msgpack_read_bytes(&rest, &arena, &got));
    assert_null(arena.blocks);
    arena_free(&arena);
}

static void what_is_not_there(void **state)
{
    static const char *const texts[] = {"",         "ddffffffff", "ddffffffff00", "dcffff", "9201",
                                        "91cd0100", "91c0",       "c6ffffffff",   "c501",   "dbffffffff",
                                        "d9ff",     "a2ff",       "c1",           "e0"};
    struct arena arena;
    uint8_t room[16];

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t len = strlen(texts[i]) / 2;
        struct span rest, got;
        from_hex(texts[i], room, len);
        rest = span_of(room, len);
        assert_false(msgpack_read_text(&rest, &got));
        rest = span_of(room, len);
        assert_false(msgpack_read_bytes(&rest, &arena, &got));
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(containers),
        cmocka_unit_test(a_head_that_claims_too_much),
        cmocka_unit_test(what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
