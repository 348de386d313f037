#include "sim/tdx/quote_parse.h"

#include "sim/base/cursor.h"

static const uint8_t qe_vendor[] = QUOTE_QE_VENDOR_INTEL;

static int cut(struct error *error, const char *where)
{
    return error_input(error, "the quote is truncated in %s", where);
}

static int check_header(const uint8_t *quote, struct error *error)
{
    unsigned key = bytes_get_le16(quote + QUOTE_KEY_TYPE_OFFSET);
    uint32_t tee = bytes_get_le32(quote + QUOTE_TEE_TYPE_OFFSET);

    if (key != QUOTE_KEY_TYPE_ECDSA_P256)
        return error_input(error, "the attestation key type is %u, not %d (ECDSA P-256)", key,
                           QUOTE_KEY_TYPE_ECDSA_P256);
    if (tee != QUOTE_TEE_TYPE_TDX)
        return error_input(error, "the TEE type is 0x%x, not 0x%x (TDX)", (unsigned)tee, QUOTE_TEE_TYPE_TDX);
    if (memcmp(quote + QUOTE_QE_VENDOR_OFFSET, qe_vendor, sizeof qe_vendor) != 0)
        return error_input(error, "the QE vendor id is not Intel's");
    return 0;
}

/* Version 5, by the type and size of its body. */
static int read_body_head(struct span quote, enum quote_version *version, struct error *error)
{
    static const enum quote_version versions[] = {QUOTE_VERSION_5, QUOTE_VERSION_5_TD15};
    unsigned type;
    uint32_t size;

    if (quote.len < QUOTE_HEADER_BYTES + QUOTE_BODY_HEAD_BYTES)
        return cut(error, "the type or size of its TD report");
    type = bytes_get_le16(quote.data + QUOTE_BODY_TYPE_OFFSET);
    size = bytes_get_le32(quote.data + QUOTE_BODY_SIZE_OFFSET);
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const struct quote_layout *layout = quote_version_layout(versions[i]);
        if (layout->body_type != type)
            continue;
        if (layout->report_bytes != size)
            return error_input(error, "a TD report of type %u has %zu bytes, not %u", type,
                               layout->report_bytes, (unsigned)size);
        *version = versions[i];
        return 0;
    }
    return error_input(
        error, "the body has type %u; only 2 (TD report 1.0) and 3 (TD report 1.5) are supported", type);
}

static int read_version(struct span quote, enum quote_version *version, struct error *error)
{
    unsigned number;

    if (quote.len < QUOTE_HEADER_BYTES)
        return cut(error, "its header");
    number = bytes_get_le16(quote.data + QUOTE_VERSION_OFFSET);
    *version = QUOTE_VERSION_4;
    if (number == quote_version_layout(QUOTE_VERSION_4)->version)
        return 0;
    if (number == quote_version_layout(QUOTE_VERSION_5)->version)
        return read_body_head(quote, version, error);
    return error_input(error, "the quote has version %u; only versions 4 and 5 are supported", number);
}

static void read_report(const uint8_t *report, struct quote_parts *parts)
{
    parts->tee_tcb_svn = span_of(report + TD_REPORT_TEE_TCB_SVN, TD_REPORT_TEE_TCB_SVN_BYTES);
    parts->mrsigner_seam = span_of(report + TD_REPORT_MRSIGNER_SEAM, TD_REPORT_MR_BYTES);
    parts->seam_attributes = span_of(report + TD_REPORT_SEAM_ATTRIBUTES, TD_REPORT_ATTRIBUTES_BYTES);
    parts->td_attributes = span_of(report + TD_REPORT_TD_ATTRIBUTES, TD_REPORT_ATTRIBUTES_BYTES);
    parts->owner = span_of(report + TD_REPORT_OWNER, TD_REPORT_OWNER_BYTES);
    parts->report_data = span_of(report + TD_REPORT_DATA, QUOTE_REPORT_DATA_BYTES);
    parts->mrservicetd = SPAN_NONE;
    if (parts->version == QUOTE_VERSION_5_TD15)
        parts->mrservicetd = span_of(report + TD_REPORT_MRSERVICETD, TD_REPORT_MR_BYTES);
    memcpy(parts->registers.mrtd, report + TD_REPORT_MRTD, REGISTER_BYTES);
    memcpy(parts->registers.rtmr, report + TD_REPORT_RTMR, sizeof parts->registers.rtmr);
    memcpy(parts->registers.config_id, report + TD_REPORT_OWNER, sizeof parts->registers.config_id);
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

/* The part that is signed. */
static int take_report(struct span *rest, struct quote_parts *parts, struct error *error)
{
    const uint8_t *quote = rest->data;
    const struct quote_layout *layout;

    if (read_version(*rest, &parts->version, error))
        return -1;
    layout = quote_version_layout(parts->version);
    if (!cursor_take(rest, layout->report_offset + layout->report_bytes, &parts->signed_part))
        return cut(error, "its TD report");
    if (check_header(quote, error))
        return -1;
    read_report(quote + layout->report_offset, parts);
    return 0;
}

int quote_parse(struct span quote, struct quote_parts *parts, struct error *error)
{
    struct span rest = quote, signature = SPAN_NONE, certification = SPAN_NONE;
    uint32_t len;

    if (quote.len > QUOTE_BYTES_MAX)
        return error_input(error, "the quote has %zu bytes; at most %d are allowed", quote.len,
                           QUOTE_BYTES_MAX);
    if (take_report(&rest, parts, error))
        return -1;
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
