#include "crypto/pem.h"

#include <stdint.h>
#include <string.h>

#include "crypto/base64.h"

#define GROUP_BYTES 3 /* of base64, 4 characters */
#define LINE_BYTES 48
#define LINE_CHARS BASE64_CHARS(LINE_BYTES)

static const char begin_line[] = "-----BEGIN ";
static const char end_line[] = "-----END ";
static const char dashes[] = "-----\n";

static size_t line_count(size_t len)
{
    return (len + LINE_BYTES - 1) / LINE_BYTES;
}

size_t pem_chars(const char *label, size_t len)
{
    size_t labels = strlen(begin_line) + strlen(end_line) + 2 * (strlen(label) + strlen(dashes));

    return labels + BASE64_CHARS(len) + line_count(len);
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

/* Breaks base64 that ends where the lines will end into lines that begin at `to`. */
static char *break_lines(char *to, const char *base64, size_t chars)
{
    while (chars > 0) {
        const size_t take = chars < LINE_CHARS ? chars : LINE_CHARS;

        memmove(to, base64, take);
        to[take] = '\n';
        to += take + 1;
        base64 += take;
        chars -= take;
    }
    return to;
}

/* Base64 is in groups of three bytes, so parts that begin with a group can be encoded for themselves. */
static void encode_around(const uint8_t *der, size_t len, size_t secret, size_t secret_len, char *to)
{
    const size_t begin = secret / GROUP_BYTES * GROUP_BYTES;
    const size_t rest = (secret + secret_len + GROUP_BYTES - 1) / GROUP_BYTES * GROUP_BYTES;
    const size_t end = rest < len ? rest : len;

    to += base64_encode(der, begin, to);
    to += base64_encode_secret(der + begin, end - begin, to);
    base64_encode(der + end, len - end, to);
}

size_t pem_encode_secret(const char *label, const void *der, size_t len, size_t secret, size_t secret_len,
                         char *out)
{
    char *to = put_label(out, begin_line, label);
    char *base64 = to + line_count(len);

    encode_around(der, len, secret, secret_len, base64);
    to = break_lines(to, base64, BASE64_CHARS(len));
    return (size_t)(put_label(to, end_line, label) - out);
}

size_t pem_encode(const char *label, const void *der, size_t len, char *out)
{
    return pem_encode_secret(label, der, len, 0, 0, out);
}
