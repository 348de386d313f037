/* How hashes differ: where they are used, nothing but time would show that they do not. */
#include "sim/base/keyed_hash.h"

#include <stdio.h>

#include "crypto/random.h"
#include "test/unit/vectors.h"

static int order(const void *a, const void *b)
{
    const uint32_t *left = a, *right = b;

    return *left < *right ? -1 : *left > *right;
}

static size_t count_different(uint32_t *numbers, size_t count)
{
    size_t different = 1;

    qsort(numbers, count, sizeof *numbers, order);
    for (size_t i = 1; i < count; i++)
        different += numbers[i] != numbers[i - 1];
    return different;
}

/* Were the number of a table and a text only put together, each text here would undo its table. */
static void no_text_undoes_its_table(void **state)
{
    uint32_t hashes[2000];
    const uint32_t count = sizeof hashes / sizeof *hashes;

    (void)state;
    for (unsigned turn = 0; turn < 20; turn++)
        for (size_t half = 0; half < 2; half++) {
            uint64_t key[2];

            random_bytes((uint8_t *)key, sizeof key);
            for (uint32_t table = 0; table < count; table++) {
                uint32_t text[2] = {0x61616161, 0x61616161};

                text[half] ^= table;
                hashes[table] = keyed_hash(key, table, span_of(text, sizeof text));
            }
            assert_true(count_different(hashes, count) >= count - 2);
        }
}

/* As texts of chance would be: 65,000 in 131,072 places meet in a fifth of all cases. */
static void texts_that_are_alike_are_in_different_places(void **state)
{
    static const char *const forms[] = {"%07u", "%0140u", "%u", "n%015u", "%08x"};
    static uint32_t places[65000];
    const uint32_t count = sizeof places / sizeof *places;

    (void)state;
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++)
        for (unsigned turn = 0; turn < 4; turn++) {
            uint64_t key[2];

            random_bytes((uint8_t *)key, sizeof key);
            for (uint32_t i = 0; i < count; i++) {
                char text[160];

                snprintf(text, sizeof text, forms[form], i);
                places[i] = keyed_hash(key, 0, span_text(text)) >> 15;
            }
            assert_in_range(count_different(places, count), 50500, 52000);
        }
}

static void every_byte_counts(void **state)
{
    static const uint64_t key[2] = {0x0123456789abcdef, 0xfedcba9876543210};
    uint8_t text[40] = {0};

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        const uint32_t hash = keyed_hash(key, 0, span_of(text, len));

        assert_int_not_equal(hash, keyed_hash(key, 0, span_of(text, len + 1)));
        assert_int_not_equal(hash, keyed_hash(key, 1, span_of(text, len)));
        for (size_t at = 0; at < len; at++) {
            text[at] = 1;
            assert_int_not_equal(hash, keyed_hash(key, 0, span_of(text, len)));
            text[at] = 0;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_undoes_its_table),
        cmocka_unit_test(texts_that_are_alike_are_in_different_places),
        cmocka_unit_test(every_byte_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
