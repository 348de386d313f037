#include "crypto/pem.h"

#include <stdint.h>
#include <string.h>

#include "crypto/base64.h"

#define LINE_BYTES 48 /* 64 characters */

static const char begin_line[] = "-----BEGIN ";
static const char end_line[] = "-----END ";
static const char dashes[] = "-----\n";

size_t pem_chars(const char *label, size_t len)
{
    size_t lines = (len + LINE_BYTES - 1) / LINE_BYTES;
    size_t labels = strlen(begin_line) + strlen(end_line) + 2 * (strlen(label) + strlen(dashes));

    return labels + BASE64_CHARS(len) + lines;
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

typedef size_t encoder(const void *data, size_t len, char *out);

static size_t encode(encoder *encode_line, const char *label, const void *der, size_t len, char *out)
{
    const uint8_t *from = der;
    char *to = put_label(out, begin_line, label);

    while (len > 0) {
        size_t take = len < LINE_BYTES ? len : LINE_BYTES;

        to += encode_line(from, take, to);
        *to++ = '\n';
        from += take;
        len -= take;
    }
    to = put_label(to, end_line, label);
    return (size_t)(to - out);
}

size_t pem_encode(const char *label, const void *der, size_t len, char *out)
{
    return encode(base64_encode, label, der, len, out);
}

size_t pem_encode_secret(const char *label, const void *der, size_t len, char *out)
{
    return encode(base64_encode_secret, label, der, len, out);
}
