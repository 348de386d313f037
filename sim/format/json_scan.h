/* The tokens of JSON (RFC 8259): what json_read.h makes values of. */
#ifndef FORMAT_JSON_SCAN_H
#define FORMAT_JSON_SCAN_H

#include "sim/base/buf.h"
#include "sim/base/span.h"

/* Tokens are read from `at` on, up to `end`. Where one is wrong, functions return false; then `at` is near
 * the place. */
struct json_scan {
    const uint8_t *at, *end;
    struct buf unescaped; /* the last string that had escapes: it may be a secret, to be wiped */
    size_t count;         /* as value_count_allows_json counts */
    bool allows_nul;      /* in strings, as \u0000 */
};

/* The next byte, or 0 at the end. */
static inline uint8_t json_scan_next(const struct json_scan *scan)
{
    return scan->at < scan->end ? *scan->at : 0;
}

static inline bool json_scan_take(struct json_scan *scan, uint8_t byte)
{
    if (scan->at == scan->end || *scan->at != byte)
        return false;
    scan->at++;
    return true;
}

void json_scan_space(struct json_scan *scan);

/* Takes a byte and the space after it, as between values. */
static inline bool json_scan_token(struct json_scan *scan, uint8_t byte)
{
    if (!json_scan_take(scan, byte))
        return false;
    json_scan_space(scan);
    return true;
}

/* Takes a character that opens or separates values. There is an end to how many. */
bool json_scan_counted(struct json_scan *scan, uint8_t byte);

/* Takes a string, after its opening quote. Out: text, in the input or valid until the next string. */
bool json_scan_text(struct json_scan *scan, struct span *text);

/* Takes a number. Out: its characters; is_real: it has a fraction or an exponent. */
bool json_scan_number(struct json_scan *scan, struct span *number, bool *is_real);

#endif
