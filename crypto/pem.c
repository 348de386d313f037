#include "crypto/pem.h"

#include <nettle/base64.h>
#include <string.h>

#define LINE_BYTES 48 /* 64 characters */

static const char begin_line[] = "-----BEGIN ";
static const char end_line[] = "-----END ";
static const char dashes[] = "-----\n";

size_t pem_chars(const char *label, size_t len)
{
    size_t lines = (len + LINE_BYTES - 1) / LINE_BYTES;
    size_t labels = strlen(begin_line) + strlen(end_line) + 2 * (strlen(label) + strlen(dashes));
    return labels + BASE64_ENCODE_RAW_LENGTH(len) + lines;
}

static char *put(char *out, const char *text)
{
    size_t len = strlen(text);
    memcpy(out, text, len);
    return out + len;
}

static char *put_label(char *out, const char *kind, const char *label)
{
    return put(put(put(out, kind), label), dashes);
}

size_t pem_encode(const char *label, const void *der, size_t len, char *out)
{
    const uint8_t *from = der;
    char *to = put_label(out, begin_line, label);
    while (len > 0) {
        size_t take = len < LINE_BYTES ? len : LINE_BYTES;
        to += base64_encode(from, take, to);
        *to++ = '\n';
        from += take;
        len -= take;
    }
    to = put_label(to, end_line, label);
    return (size_t)(to - out);
}

size_t base64_encode(const void *data, size_t len, char *out)
{
    if (len > 0)
        base64_encode_raw(out, len, data);
    return BASE64_ENCODE_RAW_LENGTH(len);
}

int base64_decode(const char *text, size_t len, void *out, size_t *out_len)
{
    struct base64_decode_ctx context;
    base64_decode_init(&context);
    *out_len = len;
    return base64_decode_update(&context, out_len, out, len, text) && base64_decode_final(&context) ? 0 : -1;
}

size_t base64url_encode(const void *data, size_t len, char *out)
{
    if (len == 0)
        return 0;
    struct base64_encode_ctx context;
    base64url_encode_init(&context);
    size_t written = base64_encode_update(&context, out, len, data);
    /* The padding would be written too, for which out has no room. */
    char rest[BASE64_ENCODE_FINAL_LENGTH];
    if (base64_encode_final(&context, rest) > 0)
        out[written++] = rest[0];
    return written;
}
