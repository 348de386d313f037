#include "sim/base/utf8.h"

#include <string.h>

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

size_t utf8_read(const uint8_t *bytes, size_t len, uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size;
    uint32_t c;

    if (len == 0)
        return 0;
    if (bytes[0] < 0x80) {
        *character = bytes[0];
        return 1;
    }
    if (bytes[0] >= 0xc2 && bytes[0] < 0xe0) {
        size = 2;
        c = bytes[0] & 0x1f;
    } else if (bytes[0] >= 0xe0 && bytes[0] < 0xf0) {
        size = 3;
        c = bytes[0] & 0x0f;
    } else if (bytes[0] >= 0xf0 && bytes[0] < 0xf5) {
        size = 4;
        c = bytes[0] & 0x07;
    } else {
        return 0;
    }
    if (len < size)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(bytes[i]))
            return 0;
        c = c << 6 | (bytes[i] & 0x3f);
    }
    if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    *character = c;
    return size;
}

/* --- many characters ---
 *
 * A machine takes them byte by byte, in a time that does not depend on what they are, where branches would be as
 * slow as a text is irregular. A state is a place in bits; the row of a byte has, at the place of each state, the
 * next one. What a row does not say leads to WRONG, from where nothing leads on. */
enum state { WRONG = 0, START = 6, LAST = 12, LAST_2 = 18, LAST_3 = 24, E0 = 30, ED = 36, F0 = 42, F4 = 48 };

#define GO(from, to) ((uint64_t)(to) << (from))
#define LAST_BYTES (GO(LAST, START) | GO(LAST_2, LAST) | GO(LAST_3, LAST_2))

/* clang-format off */

/* The rows of all bytes beyond ASCII, as in section 4 of the RFC. */
#define BEYOND_ASCII                                              \
    [0x80 ... 0x8f] = LAST_BYTES | GO(ED, LAST) | GO(F4, LAST_2), \
    [0x90 ... 0x9f] = LAST_BYTES | GO(ED, LAST) | GO(F0, LAST_2), \
    [0xa0 ... 0xbf] = LAST_BYTES | GO(E0, LAST) | GO(F0, LAST_2), \
    [0xc2 ... 0xdf] = GO(START, LAST),                            \
    [0xe0]          = GO(START, E0),                              \
    [0xe1 ... 0xec] = GO(START, LAST_2),                          \
    [0xed]          = GO(START, ED),                              \
    [0xee ... 0xef] = GO(START, LAST_2),                          \
    [0xf0]          = GO(START, F0),                              \
    [0xf1 ... 0xf3] = GO(START, LAST_3),                          \
    [0xf4]          = GO(START, F4)

/* clang-format on */

static unsigned next(const uint64_t table[static UINT8_MAX + 1], unsigned state, uint8_t byte)
{
    return (unsigned)(table[byte] >> state) & 63;
}

static unsigned after_word(const uint64_t table[static UINT8_MAX + 1], unsigned state, const uint8_t *bytes)
{
    for (size_t i = 0; i < sizeof(uint64_t); i++)
        state = next(table, state, bytes[i]);
    return state;
}

bool utf8_valid(const void *text, size_t len)
{
    static const uint64_t table[UINT8_MAX + 1] = {[0 ... 0x7f] = GO(START, START), BEYOND_ASCII};
    const uint8_t *bytes = text;
    unsigned state = START;
    size_t at = 0;
    uint64_t word;

    for (; len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, bytes + at, sizeof word);
        if (state != START || word & UINT64_C(0x8080808080808080))
            state = after_word(table, state, bytes + at);
    }
    for (; at < len; at++)
        state = next(table, state, bytes[at]);
    return state == START;
}

/* One by one to `end`, or to what is wrong. whole: where the last whole character ends. */
static size_t take_bytes(const uint64_t table[static UINT8_MAX + 1], unsigned *state, const uint8_t *bytes,
                         size_t at, size_t end, size_t *whole)
{
    for (; at < end; at++) {
        const unsigned after = next(table, *state, bytes[at]);

        if (after == WRONG)
            break;
        if (after == START)
            *whole = at + 1;
        *state = after;
    }
    return at;
}

/* The first bytes alone, because there may be no more. */
size_t utf8_unescaped(const uint8_t *bytes, size_t len)
{
    static const uint64_t table[UINT8_MAX + 1] = {
        [0x20 ... 0x21] = GO(START, START), /* to the quote */
        [0x23 ... 0x5b] = GO(START, START), /* to the backslash */
        [0x5d ... 0x7f] = GO(START, START),
        BEYOND_ASCII,
    };
    const size_t few = len < sizeof(uint64_t) ? len : sizeof(uint64_t);
    unsigned state = START, after;
    size_t whole = 0, at = take_bytes(table, &state, bytes, 0, few, &whole);

    if (at < few)
        return whole;
    for (; len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        after = after_word(table, state, bytes + at);
        if (after == WRONG)
            break;
        state = after;
    }
    whole = at;
    if (state != START)
        while (is_continuation(bytes[--whole]))
            ;
    (void)take_bytes(table, &state, bytes, at, len, &whole);
    return whole;
}
