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

size_t utf8_beyond_ascii(const uint8_t *bytes, size_t len)
{
    uint32_t character;
    size_t at = 0;

    while (at < len && bytes[at] >= 0x80) {
        /* The most frequent form first, without a call. */
        const bool is_pair =
            len - at >= 2 && bytes[at] >= 0xc2 && bytes[at] < 0xe0 && is_continuation(bytes[at + 1]);
        const size_t size = is_pair ? 2 : utf8_read(bytes + at, len - at, &character);

        if (size == 0)
            break;
        at += size;
    }
    return at;
}

/* ASCII from the start, eight bytes at once: perhaps not all of it. */
static size_t skip_ascii(const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    uint64_t word;

    for (; len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, bytes + at, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    return at;
}

bool utf8_valid(const void *text, size_t len)
{
    const uint8_t *bytes = text;
    size_t at = 0;

    while (at < len) {
        const size_t from = at;

        at += skip_ascii(bytes + at, len - at);
        while (at < len && bytes[at] < 0x80)
            at++;
        at += utf8_beyond_ascii(bytes + at, len - at);
        if (at == from)
            return false;
    }
    return true;
}
