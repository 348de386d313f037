/* Numbers as ECMAScript prints them: those of RFC 8785, appendix B, each place where the notation changes,
 * and powers of two, where the shortest text is not always the nearest one. */
#include "sim/format/jcs_number.h"

#include "test/unit/buf_fixture.h"

struct number {
    double value;
    const char *text;
};

static void check(const struct number *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        jcs_number_write(&out, numbers[i].value);
        assert_out(numbers[i].text);
    }
}

#define CHECK(numbers) check(numbers, sizeof(numbers) / sizeof *(numbers))

static double of_bits(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static void the_numbers_of_the_rfc(void **state)
{
    static const struct {
        uint64_t bits;
        const char *text;
    } numbers[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        jcs_number_write(&out, of_bits(numbers[i].bits));
        assert_out(numbers[i].text);
    }
}

static void the_notation_follows_the_size(void **state)
{
    static const struct number numbers[] = {
        {1, "1"},           {-10, "-10"},
        {123456, "123456"}, {1e20, "100000000000000000000"},
        {1e22, "1e+22"},    {1.5, "1.5"},
        {100.25, "100.25"}, {0.5, "0.5"},
        {0.001, "0.001"},   {0.0000015, "0.0000015"},
        {1.5e-7, "1.5e-7"}, {-12e-8, "-1.2e-7"},
        {1e-100, "1e-100"}, {4.5, "4.5"},
        {2e-3, "0.002"},    {134217729, "134217729"},
    };

    (void)state;
    CHECK(numbers);
}

/* The nearest decimal with these 16 digits reads back as the double below. */
static void powers_of_two(void **state)
{
    static const struct number numbers[] = {
        {0x1p-24, "5.960464477539063e-8"},
        {0x1p-44, "5.684341886080802e-14"},
        {0x1p89, "6.189700196426902e+26"},
        {0x1p976, "6.386688990511104e+293"},
    };

    (void)state;
    CHECK(numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUF_TEST(the_numbers_of_the_rfc),
        BUF_TEST(the_notation_follows_the_size),
        BUF_TEST(powers_of_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
