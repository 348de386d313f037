#include "crypto/base64.h"

#include <mbedtls/base64.h>
#include <nettle/base64.h>
#include <stdlib.h>

size_t base64_encode(const void *data, size_t len, char *out)
{
    if (len > 0)
        base64_encode_raw(out, len, data);
    return BASE64_ENCODE_RAW_LENGTH(len);
}

size_t base64_encode_secret(const void *data, size_t len, char *out)
{
    size_t written;

    if (mbedtls_base64_encode((unsigned char *)out, BASE64_CHARS(len) + 1, &written, data, len) != 0)
        abort();
    return written;
}

int base64_decode(const char *text, size_t len, void *out, size_t *out_len)
{
    struct base64_decode_ctx context;

    base64_decode_init(&context);
    *out_len = len;
    return base64_decode_update(&context, out_len, out, len, text) && base64_decode_final(&context) ? 0 : -1;
}

size_t base64_url_encode(const void *data, size_t len, char *out)
{
    char rest[BASE64_ENCODE_FINAL_LENGTH];
    struct base64_encode_ctx context;
    size_t written;

    if (len == 0)
        return 0;
    base64url_encode_init(&context);
    written = base64_encode_update(&context, out, len, data);
    /* Nettle would also write the padding, for which out has no room. */
    if (base64_encode_final(&context, rest) > 0)
        out[written++] = rest[0];
    return written;
}
