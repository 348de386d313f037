#include "sim/tdx/quote_parse.h"

#include "sim/base/cursor.h"

static const uint8_t qe_vendor[] = QUOTE_QE_VENDOR_INTEL;

static int check_header(const uint8_t *quote, struct error *error)
{
    unsigned version = bytes_get_le16(quote + QUOTE_VERSION_OFFSET);
    unsigned key = bytes_get_le16(quote + QUOTE_KEY_TYPE_OFFSET);
    uint32_t tee = bytes_get_le32(quote + QUOTE_TEE_TYPE_OFFSET);

    if (version != QUOTE_VERSION)
        return error_input(error, "the quote has version %u; only version %d is supported", version,
                           QUOTE_VERSION);
    if (key != QUOTE_KEY_TYPE_ECDSA_P256)
        return error_input(error, "the attestation key type is %u, not %d (ECDSA P-256)", key,
                           QUOTE_KEY_TYPE_ECDSA_P256);
    if (tee != QUOTE_TEE_TYPE_TDX)
        return error_input(error, "the TEE type is 0x%x, not 0x%x (TDX)", (unsigned)tee, QUOTE_TEE_TYPE_TDX);
    if (memcmp(quote + QUOTE_QE_VENDOR_OFFSET, qe_vendor, sizeof qe_vendor) != 0)
        return error_input(error, "the QE vendor id is not Intel's");
    return 0;
}

static void read_report(const uint8_t *quote, struct quote_parts *parts)
{
    parts->tee_tcb_svn = span_of(quote + QUOTE_TEE_TCB_SVN_OFFSET, QUOTE_TEE_TCB_SVN_BYTES);
    parts->mrsigner_seam = span_of(quote + QUOTE_MRSIGNER_SEAM_OFFSET, QUOTE_MRSIGNER_SEAM_BYTES);
    parts->seam_attributes = span_of(quote + QUOTE_SEAM_ATTRIBUTES_OFFSET, QUOTE_ATTRIBUTES_BYTES);
    parts->td_attributes = span_of(quote + QUOTE_TD_ATTRIBUTES_OFFSET, QUOTE_ATTRIBUTES_BYTES);
    parts->owner = span_of(quote + QUOTE_OWNER_OFFSET, QUOTE_OWNER_BYTES);
    parts->report_data = span_of(quote + QUOTE_REPORT_DATA_OFFSET, QUOTE_REPORT_DATA_BYTES);
    memcpy(parts->registers.mrtd, quote + QUOTE_MRTD_OFFSET, REGISTER_BYTES);
    memcpy(parts->registers.rtmr, quote + QUOTE_RTMR_OFFSET, sizeof parts->registers.rtmr);
    memcpy(parts->registers.config_id, quote + QUOTE_OWNER_OFFSET, sizeof parts->registers.config_id);
}

static int cut(struct error *error, const char *where)
{
    return error_input(error, "the quote is truncated in %s", where);
}

/* A type, a length and that many bytes, which must be the rest of the input. */
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
        return error_input(error, "%s should have %u bytes, but has %zu", what, (unsigned)len, rest->len);
    *data = *rest;
    return 0;
}

static int read_qe(struct span rest, struct quote_parts *parts, struct error *error)
{
    uint16_t auth_len;

    if (!cursor_take(&rest, SGX_REPORT_BYTES, &parts->qe_report) ||
        !cursor_take(&rest, P256_SIGNATURE_BYTES, &parts->qe_signature))
        return cut(error, "the QE report");
    if (!cursor_take_le16(&rest, &auth_len) || !cursor_take(&rest, auth_len, &parts->qe_auth))
        return cut(error, "the QE authentication data");
    return take_certification(&rest, QUOTE_CERTIFICATION_PCK_CHAIN, "the PCK certificate chain",
                              &parts->pck_chain, error);
}

static int check_padding(struct span rest, struct error *error)
{
    for (size_t i = 0; i < rest.len; i++)
        if (rest.data[i] != 0)
            return error_input(error, "non-zero bytes after the quote");
    return 0;
}

int quote_parse(struct span quote, struct quote_parts *parts, struct error *error)
{
    struct span rest = quote, signature = SPAN_NONE, certification = SPAN_NONE;
    uint32_t len;

    if (quote.len > QUOTE_BYTES_MAX)
        return error_input(error, "the quote has %zu bytes; at most %d are allowed", quote.len,
                           QUOTE_BYTES_MAX);
    if (!cursor_take(&rest, QUOTE_SIGNED_BYTES, &parts->signed_part))
        return cut(error, "its header or TD report");
    if (check_header(quote.data, error))
        return -1;
    read_report(quote.data, parts);
    if (!cursor_take_le32(&rest, &len) || !cursor_take(&rest, len, &signature))
        return cut(error, "the signature data");
    if (check_padding(rest, error))
        return -1;
    if (!cursor_take(&signature, P256_SIGNATURE_BYTES, &parts->signature) ||
        !cursor_take(&signature, P256_PUBLIC_BYTES, &parts->attestation_key))
        return cut(error, "the signature or attestation key");
    if (take_certification(&signature, QUOTE_CERTIFICATION_QE_REPORT, "the QE certification data",
                           &certification, error))
        return -1;
    return read_qe(certification, parts, error);
}
