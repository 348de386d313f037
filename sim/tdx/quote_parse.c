#include "sim/tdx/quote_parse.h"

#include "sim/base/cursor.h"

#define VERSION 4
#define KEY_ECDSA_P256 2
#define TEE_TDX 0x81u
#define REPORT_OFFSET 48

/* Kinds of certification data. */
enum { CERTIFICATION_PCK_CHAIN = 5, CERTIFICATION_QE_REPORT = 6 };

static const uint8_t intel_qe[16] = {
    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
};

static int check_header(const uint8_t *header, struct error *error)
{
    unsigned version = bytes_get_le16(header), key = bytes_get_le16(header + 2);
    uint32_t tee = bytes_get_le32(header + 4);

    if (version != VERSION)
        return error_input(error, "the quote has version %u; only version 4 is read here", version);
    if (key != KEY_ECDSA_P256)
        return error_input(error, "the attestation key type is %u, not 2 (ECDSA P-256)", key);
    if (tee != TEE_TDX)
        return error_input(error, "the TEE type is 0x%x, not 0x81 (TDX)", (unsigned)tee);
    if (memcmp(header + 12, intel_qe, sizeof intel_qe) != 0)
        return error_input(error, "the QE vendor id is not Intel's");
    return 0;
}

/* The TD report's fields, by their offset in it. */
static void read_report(const uint8_t *report, struct quote_parts *parts)
{
    parts->tee_tcb_svn = span_of(report, 16);
    parts->mrsigner_seam = span_of(report + 64, 48);
    parts->seam_attributes = span_of(report + 112, 8);
    parts->td_attributes = span_of(report + 120, 8);
    parts->owner = span_of(report + 184, 144);
    parts->report_data = span_of(report + 520, QUOTE_REPORT_DATA_BYTES);
    memcpy(parts->registers.mrtd, report + 136, REGISTER_BYTES);
    memcpy(parts->registers.rtmr, report + 328, sizeof parts->registers.rtmr);
}

static int cut(struct error *error, const char *where)
{
    return error_input(error, "the quote is cut short in %s", where);
}

/* A kind, a length, and so many bytes: all that is left of *rest. */
static int take_certification(struct span *rest, unsigned kind, const char *what, struct span *data,
                              struct error *error)
{
    uint16_t got;
    uint32_t len;

    if (!cursor_take_le16(rest, &got) || !cursor_take_le32(rest, &len))
        return cut(error, what);
    if (got != kind)
        return error_input(error, "the type of %s is %u, not %u", what, got, kind);
    if (len != rest->len)
        return error_input(error, "%s should have %u bytes, but %zu are there", what, (unsigned)len,
                           rest->len);
    *data = *rest;
    return 0;
}

static int read_qe(struct span rest, struct quote_parts *parts, struct error *error)
{
    uint16_t auth_len;

    if (!cursor_take(&rest, PLATFORM_QE_REPORT_BYTES, &parts->qe_report) ||
        !cursor_take(&rest, P256_SIGNATURE_BYTES, &parts->qe_signature))
        return cut(error, "the QE report");
    if (!cursor_take_le16(&rest, &auth_len) || !cursor_take(&rest, auth_len, &parts->qe_auth))
        return cut(error, "the QE authentication data");
    return take_certification(&rest, CERTIFICATION_PCK_CHAIN, "the PCK certificate chain", &parts->pck_chain,
                              error);
}

static int check_padding(struct span rest, struct error *error)
{
    for (size_t i = 0; i < rest.len; i++)
        if (rest.data[i] != 0)
            return error_input(error, "behind the quote stand bytes that are not zero");
    return 0;
}

int quote_parse(struct span quote, struct quote_parts *parts, struct error *error)
{
    struct span rest = quote, signature = NO_SPAN, certification = NO_SPAN;
    uint32_t len;

    if (quote.len > QUOTE_BYTES_MAX)
        return error_input(error, "the quote has %zu bytes; at most %d are read", quote.len, QUOTE_BYTES_MAX);
    if (!cursor_take(&rest, QUOTE_SIGNED_BYTES, &parts->signed_part))
        return cut(error, "its header or TD report");
    if (check_header(quote.data, error))
        return -1;
    read_report(quote.data + REPORT_OFFSET, parts);
    if (!cursor_take_le32(&rest, &len) || !cursor_take(&rest, len, &signature))
        return cut(error, "the signature data");
    if (check_padding(rest, error))
        return -1;
    if (!cursor_take(&signature, P256_SIGNATURE_BYTES, &parts->signature) ||
        !cursor_take(&signature, P256_PUBLIC_BYTES, &parts->attestation_key))
        return cut(error, "the signature or attestation key");
    if (take_certification(&signature, CERTIFICATION_QE_REPORT, "the QE certification data", &certification,
                           error))
        return -1;
    return read_qe(certification, parts, error);
}
