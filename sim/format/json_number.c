#include "sim/format/json_number.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SMALL_DIGITS 18
#define FINITE_DIGITS 308
#define EXPONENT_DIGITS 4

/* An integer of so few digits that it cannot overflow. */
static json_t *small_integer(struct span number)
{
    const bool is_negative = *number.data == '-';
    json_int_t value = 0;

    for (size_t i = is_negative; i < number.len; i++)
        value = 10 * value + (number.data[i] - '0');
    return json_integer(is_negative ? -value : value);
}

/* Whether a number is finite, as far as it shows without its value: below 10^308, by its digits before the
 * point and its exponent. */
static bool is_surely_finite(struct span number)
{
    size_t at = 0, magnitude;

    while (at < number.len && number.data[at] != '.' && (number.data[at] | 0x20) != 'e')
        at++;
    magnitude = at;
    while (at < number.len && (number.data[at] | 0x20) != 'e')
        at++;
    if (at + 1 < number.len && number.data[at + 1] == '-')
        return magnitude <= FINITE_DIGITS;
    at += at + 1 < number.len && number.data[at + 1] == '+';
    if (number.len > at + 1 + EXPONENT_DIGITS)
        return false;
    for (size_t exponent = 0; ++at < number.len;) {
        exponent = 10 * exponent + (size_t)(number.data[at] - '0');
        if (at + 1 == number.len)
            magnitude += exponent;
    }
    return magnitude <= FINITE_DIGITS;
}

static json_t *real_number(const char *digits)
{
    double value = strtod(digits, NULL); /* the program never sets another locale than C */

    return isinf(value) ? NULL : json_real(value);
}

static json_t *whole_number(const char *digits)
{
    long long value;

    errno = 0;
    value = strtoll(digits, NULL, 10);
    return errno == ERANGE ? NULL : json_integer(value);
}

json_t *json_number_read(struct span number, bool is_real, bool is_only_checked)
{
    char digits[JSON_NUMBER_CHARS_MAX + 1];

    if (!is_real && number.len < SMALL_DIGITS)
        return is_only_checked ? json_null() : small_integer(number);
    if (is_real && is_only_checked && is_surely_finite(number))
        return json_null();
    memcpy(digits, number.data, number.len);
    digits[number.len] = '\0';
    return is_real ? real_number(digits) : whole_number(digits);
}
