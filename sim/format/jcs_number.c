#include "sim/format/jcs_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS_MAX 17       /* identify every double */
#define PLAIN_DIGITS_MAX 21 /* from here on, the notation is exponential, */
#define PLAIN_ZEROS_MAX 6   /* as it is with that many zeros after the point */

/* The value digits * 10^exponent. */
struct decimal {
    unsigned long long digits;
    int exponent;
};

static double value_of(const struct decimal *decimal)
{
    char text[40];

    snprintf(text, sizeof text, "%llue%d", decimal->digits, decimal->exponent);
    return strtod(text, NULL);
}

/* The nearest decimal with that many digits. */
static struct decimal round_to(double value, int digits)
{
    struct decimal decimal = {0, 0};
    char text[40];

    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    for (const char *at = text; *at != 'e'; at++)
        if (*at != '.')
            decimal.digits = 10 * decimal.digits + (unsigned long long)(*at - '0');
    decimal.exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10) - (digits - 1);
    return decimal;
}

/* Next to a power of two, doubles are closer together below it than above. There, the nearest
 * decimal may read back as a neighbour while the second nearest reads back as the value. */
static bool reads_back(struct decimal *decimal, double value)
{
    double read = value_of(decimal);

    if (read == value)
        return true;
    decimal->digits += read < value ? 1 : -1ull;
    return value_of(decimal) == value;
}

static struct decimal shortest(double value)
{
    struct decimal decimal;

    for (int digits = 1; digits < DIGITS_MAX; digits++) {
        decimal = round_to(value, digits);
        if (reads_back(&decimal, value))
            return decimal;
    }
    return round_to(value, DIGITS_MAX);
}

static void write_zeros(struct buf *out, int count)
{
    for (; count > 0; count--)
        buf_append_byte(out, '0');
}

/* point: where the decimal point is, counted in digits from the first one. */
static void write_notation(struct buf *out, const char *digits, int point)
{
    int count = (int)strlen(digits);

    if (count <= point && point <= PLAIN_DIGITS_MAX) {
        buf_append_text(out, digits);
        write_zeros(out, point - count);
    } else if (0 < point && point <= PLAIN_DIGITS_MAX) {
        buf_printf(out, "%.*s.%s", point, digits, digits + point);
    } else if (-PLAIN_ZEROS_MAX < point && point <= 0) {
        buf_append_text(out, "0.");
        write_zeros(out, -point);
        buf_append_text(out, digits);
    } else {
        buf_append_byte(out, (uint8_t)digits[0]);
        if (count > 1)
            buf_printf(out, ".%s", digits + 1);
        buf_printf(out, "e%+d", point - 1);
    }
}

void jcs_number_write(struct buf *out, double value)
{
    struct decimal decimal;
    char digits[24];

    if (value == 0) { /* and minus zero */
        buf_append_byte(out, '0');
        return;
    }
    if (value < 0)
        buf_append_byte(out, '-');
    decimal = shortest(fabs(value));
    snprintf(digits, sizeof digits, "%llu", decimal.digits);
    write_notation(out, digits, (int)strlen(digits) + decimal.exponent);
}
