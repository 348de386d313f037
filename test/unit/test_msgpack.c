/* MessagePack at every width of its heads, written and read, and heads that claim what is not
 * there. */
#include "sim/format/msgpack.h"

#include "test/unit/buf_fixture.h"

static void numbers_take_the_shortest_form(void **state)
{
    static const struct {
        uint64_t value;
        const char *hex;
    } cases[] = {
        {0, "00"},
        {127, "7f"},
        {128, "cc80"},
        {255, "ccff"},
        {256, "cd0100"},
        {65535, "cdffff"},
        {65536, "ce00010000"},
        {UINT32_MAX, "ceffffffff"},
        {UINT64_C(1) << 32, "cf0000000100000000"},
        {UINT64_MAX, "cfffffffffffffffff"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct span rest;
        uint64_t value;

        buf_reset(&out);
        msgpack_write_uint(&out, cases[i].value);
        assert_hex_equal(out.data, out.len, cases[i].hex);
        rest = buf_span(&out);
        assert_true(msgpack_read_uint(&rest, &value));
        assert_true(value == cases[i].value);
        assert_int_equal(rest.len, 0);
        for (size_t len = 0; len < out.len; len++) {
            rest = span_of(out.data, len);
            assert_false(msgpack_read_uint(&rest, &value));
        }
    }
}

static void heads_take_the_shortest_form(void **state)
{
    static const struct {
        size_t len;
        const char *text, *bin, *map, *array;
    } cases[] = {
        {0, "a0", "c400", "80", "90"},
        {15, "af", "c40f", "8f", "9f"},
        {16, "b0", "c410", "de0010", "dc0010"},
        {31, "bf", "c41f", "de001f", "dc001f"},
        {32, "d920", "c420", "de0020", "dc0020"},
        {255, "d9ff", "c4ff", "de00ff", "dc00ff"},
        {256, "da0100", "c50100", "de0100", "dc0100"},
        {65535, "daffff", "c5ffff", "deffff", "dcffff"},
        {65536, "db00010000", "c600010000", "df00010000", "dd00010000"},
    };
    uint8_t *data = calloc(1, 65536);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_reset(&out);
        msgpack_write_text(&out, span_of(data, cases[i].len));
        assert_hex_equal(out.data, out.len - cases[i].len, cases[i].text);
        buf_reset(&out);
        msgpack_write_bin(&out, data, cases[i].len);
        assert_hex_equal(out.data, out.len - cases[i].len, cases[i].bin);
        buf_reset(&out);
        msgpack_write_map(&out, cases[i].len);
        assert_hex_equal(out.data, out.len, cases[i].map);
        buf_reset(&out);
        msgpack_write_array(&out, cases[i].len);
        assert_hex_equal(out.data, out.len, cases[i].array);
    }
    free(data);
}

/* Texts, bin, arrays and maps at every width of their heads. */
static void containers_are_read_as_they_were_written(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536};
    uint8_t *data = calloc(1, 65536);
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct span rest, got;
        size_t count;

        buf_reset(&out);
        msgpack_write_text(&out, span_of(data, sizes[i]));
        msgpack_write_bin(&out, data, sizes[i]);
        msgpack_write_map(&out, sizes[i]);
        msgpack_write_array(&out, sizes[i]);
        for (size_t e = 0; e < sizes[i]; e++)
            msgpack_write_uint(&out, e & 0xff);
        rest = buf_span(&out);
        assert_true(msgpack_read_text(&rest, &got) && got.len == sizes[i]);
        assert_true(msgpack_read_bytes(&rest, &arena, &got) && got.len == sizes[i]);
        assert_true(msgpack_read_map(&rest, &count) && count == sizes[i]);
        assert_true(msgpack_read_bytes(&rest, &arena, &got) && got.len == sizes[i]);
        for (size_t e = 0; e < sizes[i]; e++)
            assert_int_equal(got.data[e], e & 0xff);
        assert_int_equal(rest.len, 0);
    }
    arena_free(&arena);
    free(data);
}

static void bytes_as_integers(void **state)
{
    static const size_t sizes[] = {16, 256, 65535};
    uint8_t *data = malloc(65535);
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < 65535; i++)
        data[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct span rest, got;
        size_t head;

        buf_reset(&out);
        msgpack_write_array(&out, sizes[i]);
        head = out.len;
        msgpack_write_integers(&out, span_of(data, sizes[i]));
        assert_in_range(out.len - head, sizes[i], 2 * sizes[i]);
        rest = buf_span(&out);
        assert_true(msgpack_read_bytes(&rest, &arena, &got));
        assert_true(span_equal(got, span_of(data, sizes[i])));
        assert_int_equal(rest.len, 0);
    }
    buf_reset(&out);
    msgpack_write_integers(&out, span_of(data + 120, 16));
    assert_hex_equal(out.data, out.len, "78797a7b7c7d7e7fcc80cc81cc82cc83cc84cc85cc86cc87");
    arena_free(&arena);
    free(data);
}

/* Room is made only for what is there. */
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
        BUF_TEST(numbers_take_the_shortest_form),           BUF_TEST(heads_take_the_shortest_form),
        BUF_TEST(containers_are_read_as_they_were_written), BUF_TEST(bytes_as_integers),
        cmocka_unit_test(a_head_that_claims_too_much),      cmocka_unit_test(what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
