#include "sim/td/report_data.h"

#include "crypto/hash.h"

int report_data_pad(struct span data, uint8_t out[static REPORT_DATA_BYTES], struct error *error)
{
    if (data.len > REPORT_DATA_BYTES)
        return error_input(error,
                           "Report data is too long: %zu bytes, at most %d fit in a quote; hash it first",
                           data.len, REPORT_DATA_BYTES);
    memset(out, 0, REPORT_DATA_BYTES);
    if (data.len)
        memcpy(out, data.data, data.len);
    return 0;
}

static int take_raw(struct span data, uint8_t out[static REPORT_DATA_BYTES], struct error *error)
{
    if (data.len != REPORT_DATA_BYTES)
        return error_input(error,
                           "invalid content length: raw report data must have exactly %d bytes, not %zu",
                           REPORT_DATA_BYTES, data.len);
    memcpy(out, data.data, REPORT_DATA_BYTES);
    return 0;
}

int report_data_hash(const char *algorithm, const char *prefix, struct span data,
                     uint8_t out[static REPORT_DATA_BYTES], struct error *error)
{
    const struct bytes parts[] = {{prefix, strlen(prefix)}, {":", 1}, {data.data, data.len}};
    enum hash_algorithm hash;

    if (strcmp(algorithm, "raw") == 0)
        return take_raw(data, out, error);
    if (hash_by_name(algorithm, &hash))
        return error_quote(error, "invalid hash algorithm: ", span_text(algorithm),
                           "; use sha256, sha384, sha512, sha3-256, sha3-384, sha3-512, keccak256, "
                           "keccak384, keccak512 or raw");
    memset(out, 0, REPORT_DATA_BYTES);
    hash_parts(hash, parts, sizeof parts / sizeof *parts, out);
    return 0;
}
