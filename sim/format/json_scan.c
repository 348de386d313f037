#include "sim/format/json_scan.h"

#include "sim/base/json_text.h"
#include "sim/base/utf8.h"
#include "sim/base/value_count.h"

#define SHORT_BYTES 16
#define SPACES UINT64_C(0x2020202020202020)

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

void json_scan_space(struct json_scan *scan)
{
    uint64_t word = 0;

    while (scan->at < scan->end && is_space(*scan->at)) {
        scan->at++;
        for (; scan->end - scan->at >= (ptrdiff_t)sizeof word; scan->at += sizeof word) {
            memcpy(&word, scan->at, sizeof word);
            if (word != SPACES)
                break;
        }
    }
}

bool json_scan_counted(struct json_scan *scan, uint8_t byte)
{
    return json_scan_token(scan, byte) && ++scan->count <= VALUE_COUNT_MAX;
}

/* --- strings --- */

static bool read_unit(struct json_scan *scan, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t byte = json_scan_next(scan);

        if (is_digit(byte))
            *unit = *unit << 4 | (uint32_t)(byte - '0');
        else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
            *unit = *unit << 4 | (uint32_t)((byte | 0x20) - 'a' + 10);
        else
            return false;
        scan->at++;
    }
    return true;
}

/* What follows \u: a character, or two surrogates for one. */
static bool read_character(struct json_scan *scan, uint32_t *character)
{
    uint32_t low;

    if (!read_unit(scan, character) || (*character >= 0xdc00 && *character < 0xe000))
        return false;
    if (*character < 0xd800 || *character > 0xdfff)
        return *character != 0 || scan->allows_nul;
    if (!json_scan_take(scan, '\\') || !json_scan_take(scan, 'u') || !read_unit(scan, &low) || low < 0xdc00 ||
        low > 0xdfff)
        return false;
    *character = 0x10000 + ((*character & 0x3ff) << 10 | (low & 0x3ff));
    return true;
}

/* Appends at *out. */
static void put_character(uint8_t **out, uint32_t c)
{
    const uint8_t last = (uint8_t)((c & 0x3f) | 0x80);

    if (c < 0x80) {
        *(*out)++ = (uint8_t)c;
        return;
    }
    if (c < 0x800) {
        *(*out)++ = (uint8_t)(c >> 6 | 0xc0);
    } else {
        if (c < 0x10000) {
            *(*out)++ = (uint8_t)(c >> 12 | 0xe0);
        } else {
            *(*out)++ = (uint8_t)(c >> 18 | 0xf0);
            *(*out)++ = (uint8_t)((c >> 12 & 0x3f) | 0x80);
        }
        *(*out)++ = (uint8_t)((c >> 6 & 0x3f) | 0x80);
    }
    *(*out)++ = last;
}

/* After the backslash. */
static bool read_escape(struct json_scan *scan, uint8_t **out)
{
    static const uint8_t bytes[UINT8_MAX + 1] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                                 ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    const uint8_t name = json_scan_next(scan);
    uint32_t character;

    if (bytes[name]) {
        scan->at++;
        *(*out)++ = bytes[name];
        return true;
    }
    if (!json_scan_take(scan, 'u') || !read_character(scan, &character))
        return false;
    put_character(out, character);
    return true;
}

/* Characters that are written as they are, to the quote or backslash that ends them. Looks at many bytes at
 * once only where there are many of ASCII. */
static bool skip_plain(struct json_scan *scan)
{
    int row = SHORT_BYTES; /* of ASCII */

    for (;;) {
        size_t left = (size_t)(scan->end - scan->at), size = 1;

        if (row == SHORT_BYTES) {
            scan->at += json_text_plain(scan->at, left);
            left = (size_t)(scan->end - scan->at);
            row = 0;
        }
        if (left == 0 || *scan->at < 0x20)
            return false;
        if (*scan->at == '"' || *scan->at == '\\')
            return true;
        row++;
        if (*scan->at >= 0x80) {
            size = utf8_beyond_ascii(scan->at, left);
            row = 0;
        }
        if (size == 0)
            return false;
        scan->at += size;
    }
}

/* The same, appended at *out: a few bytes one by one, because escapes are often close together. */
static bool copy_plain(struct json_scan *scan, uint8_t **out)
{
    const uint8_t *from;

    for (int i = 0; i < SHORT_BYTES; i++) {
        const uint8_t byte = json_scan_next(scan);

        if (byte == '"' || byte == '\\')
            return true;
        if (byte < 0x20 || byte >= 0x80)
            break;
        *(*out)++ = byte;
        scan->at++;
    }
    from = scan->at;
    if (!skip_plain(scan))
        return false;
    memcpy(*out, from, (size_t)(scan->at - from));
    *out += scan->at - from;
    return true;
}

/* From the first backslash on; `from` is where the string begins. No escape is shorter than the text that it
 * means, so there is room for the text where the input would have it. */
static bool read_escaped(struct json_scan *scan, const uint8_t *from, struct span *text)
{
    bool is_right = true;
    uint8_t *start, *out;

    buf_reset(&scan->unescaped);
    start = buf_reserve(&scan->unescaped, (size_t)(scan->end - from));
    out = start + (scan->at - from);
    memcpy(start, from, (size_t)(scan->at - from));
    while (is_right && !json_scan_take(scan, '"')) {
        scan->at++;
        is_right = read_escape(scan, &out) && copy_plain(scan, &out);
    }
    scan->unescaped.len = (size_t)(out - start); /* which is wiped for the next one, and in the end */
    *text = buf_span(&scan->unescaped);
    return is_right;
}

bool json_scan_text(struct json_scan *scan, struct span *text)
{
    const uint8_t *from = scan->at;

    if (!skip_plain(scan))
        return false;
    if (*scan->at == '\\')
        return read_escaped(scan, from, text);
    *text = span_of(from, (size_t)(scan->at - from));
    scan->at++;
    return true;
}

/* --- numbers --- */

static bool skip_digits(struct json_scan *scan)
{
    const uint8_t *from = scan->at;

    while (is_digit(json_scan_next(scan)))
        scan->at++;
    return scan->at > from;
}

/* Takes the characters of a number. */
static bool skip_number(struct json_scan *scan, bool *is_real)
{
    *is_real = false;
    (void)json_scan_take(scan, '-');
    if (!json_scan_take(scan, '0') && !skip_digits(scan))
        return false;
    if (json_scan_take(scan, '.')) {
        *is_real = true;
        if (!skip_digits(scan))
            return false;
    }
    if ((json_scan_next(scan) | 0x20) != 'e')
        return true;
    *is_real = true;
    scan->at++;
    if (!json_scan_take(scan, '-'))
        (void)json_scan_take(scan, '+');
    return skip_digits(scan);
}

bool json_scan_number(struct json_scan *scan, struct span *number, bool *is_real)
{
    const uint8_t *from = scan->at;

    if (!skip_number(scan, is_real) || is_digit(json_scan_next(scan)))
        return false;
    *number = span_of(from, (size_t)(scan->at - from));
    return true;
}
