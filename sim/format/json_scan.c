#include "sim/format/json_scan.h"

#include "crypto/bytes.h"
#include "sim/base/json_text.h"
#include "sim/base/utf8.h"
#include "sim/base/value_count.h"

#define SHORT_BYTES 4
#define WORD_BYTES 8
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

#define DELETE 0x7f /* the one that stands for itself in a JSON string, but not in what we write */

static bool is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte <= DELETE && byte != '"' && byte != '\\';
}

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

static bool is_at_end_of_plain(const struct json_scan *scan)
{
    return json_scan_next(scan) == '"' || json_scan_next(scan) == '\\';
}

/* To the quote or backslash that ends characters which are written as they are. */
static bool skip_plain(struct json_scan *scan)
{
    scan->at += json_text_plain(scan->at, (size_t)(scan->end - scan->at));
    if (is_at_end_of_plain(scan))
        return true;
    scan->at += utf8_unescaped(scan->at, (size_t)(scan->end - scan->at));
    return is_at_end_of_plain(scan);
}

/* What two characters mean that are an escape, or 0. */
static uint8_t short_escape(const uint8_t *at, const uint8_t *end)
{
    static const uint8_t bytes[UINT8_MAX + 1] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                                 ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};

    return end - at >= 2 && *at == '\\' ? bytes[at[1]] : 0;
}

/* Copies a whole word, where there is one: what is too much of it is overwritten, or wiped in the end. */
static void copy_few(uint8_t *out, const uint8_t *from, size_t size, const uint8_t *end)
{
    if (size <= WORD_BYTES && end - from >= WORD_BYTES)
        memcpy(out, from, WORD_BYTES);
    else
        memcpy(out, from, size);
}

/* Takes another escape, or characters of which the first is not ASCII, and appends what they mean at *out. */
static bool copy_next(struct json_scan *scan, uint8_t **out)
{
    const uint8_t *from = scan->at;
    uint32_t character;
    size_t size;

    if (json_scan_take(scan, '\\')) {
        if (!json_scan_take(scan, 'u') || !read_character(scan, &character))
            return false;
        put_character(out, character);
        return true;
    }
    size = utf8_unescaped(from, (size_t)(scan->end - from));
    copy_few(*out, from, size, scan->end);
    *out += size;
    scan->at += size;
    return is_at_end_of_plain(scan);
}

/* Takes short escapes and some ASCII characters, which are often close together, and appends what they mean. */
static void copy_close(struct json_scan *scan, uint8_t **out)
{
    const uint8_t *at = scan->at, *const end = scan->end;
    uint8_t *to = *out;
    int row = 0; /* of characters that are written as they are */

    for (;;) {
        const uint8_t meant = short_escape(at, end);

        if (meant) {
            *to++ = meant;
            at += 2;
            row = 0;
        } else if (at == end || !is_plain(*at)) {
            break;
        } else if (row++ < SHORT_BYTES || end - at < WORD_BYTES || *at == DELETE) {
            *to++ = *at++;
        } else {
            const size_t plain = json_text_plain_of_eight(at);

            memcpy(to, at, WORD_BYTES); /* as copy_few */
            to += plain;
            at += plain;
        }
    }
    scan->at = at;
    *out = to;
}

/* From the first backslash on; `from` is where the string begins. No escape is shorter than the text that it
 * means, so there is room for the text where the input would have it. */
static bool read_escaped(struct json_scan *scan, const uint8_t *from, struct span *text)
{
    bool is_right = true;
    uint8_t *start, *out;
    size_t left;

    buf_reset(&scan->unescaped);
    start = buf_reserve(&scan->unescaped, (size_t)(scan->end - from));
    out = start + (scan->at - from);
    memcpy(start, from, (size_t)(scan->at - from));
    while (is_right) {
        copy_close(scan, &out);
        if (json_scan_take(scan, '"'))
            break;
        is_right = copy_next(scan, &out);
    }
    left = (size_t)(scan->end - from) - (size_t)(out - start);
    bytes_wipe(out, left < WORD_BYTES ? left : WORD_BYTES); /* see copy_few */
    scan->unescaped.len = (size_t)(out - start);            /* wiped for the next one, and in the end */
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
