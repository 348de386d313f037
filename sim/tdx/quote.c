#include "sim/tdx/quote.h"

#include "crypto/hash.h"

static const uint8_t qe_vendor[] = QUOTE_QE_VENDOR_INTEL;
/* SEPT_VE_DISABLE, as in every dstack TD. */
static const uint8_t td_attributes[QUOTE_ATTRIBUTES_BYTES] = {0x00, 0x00, 0x00, 0x10};
static const uint8_t xfam[QUOTE_XFAM_BYTES] = {0xe7, 0x02, 0x06};

static void write_header(uint8_t *quote)
{
    bytes_put_le16(quote + QUOTE_VERSION_OFFSET, QUOTE_VERSION);
    bytes_put_le16(quote + QUOTE_KEY_TYPE_OFFSET, QUOTE_KEY_TYPE_ECDSA_P256);
    bytes_put_le32(quote + QUOTE_TEE_TYPE_OFFSET, QUOTE_TEE_TYPE_TDX);
    memcpy(quote + QUOTE_QE_VENDOR_OFFSET, qe_vendor, sizeof qe_vendor);
}

static void write_certification_head(struct buf *out, uint16_t kind, size_t len)
{
    buf_append_le16(out, kind);
    buf_append_le32(out, (uint32_t)len);
}

/* What follows the attestation key. */
static void write_certification(struct buf *out, const struct platform *platform)
{
    const char *const chain[] = {platform->pck.pem, platform->platform_ca.pem, platform->root.pem};
    size_t chain_len = strlen(chain[0]) + strlen(chain[1]) + strlen(chain[2]) + 1;

    write_certification_head(out, QUOTE_CERTIFICATION_QE_REPORT,
                             SGX_REPORT_BYTES + P256_SIGNATURE_BYTES + 2 + PLATFORM_AUTH_BYTES +
                                 QUOTE_CERTIFICATION_HEAD_BYTES + chain_len);
    buf_append(out, platform->qe_report, SGX_REPORT_BYTES);
    buf_append(out, platform->qe_report_signature, P256_SIGNATURE_BYTES);
    buf_append_le16(out, PLATFORM_AUTH_BYTES);
    buf_append(out, platform->qe_auth, PLATFORM_AUTH_BYTES);
    write_certification_head(out, QUOTE_CERTIFICATION_PCK_CHAIN, chain_len);
    for (int i = 0; i < 3; i++)
        buf_append_text(out, chain[i]);
    buf_append_byte(out, '\0');
}

void quote_template_init(struct quote_template *template, const struct platform *platform)
{
    static const uint8_t zeros[QUOTE_ATTESTATION_KEY_OFFSET], padding[QUOTE_PADDING_BYTES];
    struct buf *bytes = &template->bytes;

    template->key = &platform->attestation_key;
    buf_init(bytes, SIZE_MAX);
    buf_append(bytes, zeros, sizeof zeros);
    buf_append(bytes, platform->attestation_key.public_key, P256_PUBLIC_BYTES);
    write_certification(bytes, platform);
    write_header(bytes->data);
    memcpy(bytes->data + QUOTE_TEE_TCB_SVN_OFFSET, platform->tcb.tee_tcb_svn, QUOTE_TEE_TCB_SVN_BYTES);
    memcpy(bytes->data + QUOTE_TD_ATTRIBUTES_OFFSET, td_attributes, sizeof td_attributes);
    memcpy(bytes->data + QUOTE_XFAM_OFFSET, xfam, sizeof xfam);
    bytes_put_le32(bytes->data + QUOTE_SIGNATURE_LENGTH_OFFSET,
                   (uint32_t)(bytes->len - QUOTE_SIGNATURE_OFFSET));
    buf_append(bytes, padding, sizeof padding);
}

void quote_template_set_scenario(struct quote_template *template, const struct platform *platform,
                                 const struct scenario *scenario)
{
    template->key = scenario->key_not_vouched ? &platform->stranger_key : &platform->attestation_key;
    memcpy(template->bytes.data + QUOTE_ATTESTATION_KEY_OFFSET, template->key->public_key, P256_PUBLIC_BYTES);
}

void quote_template_set_debug(struct quote_template *template, bool is_debug)
{
    template->bytes.data[QUOTE_TD_ATTRIBUTES_OFFSET] = is_debug ? QUOTE_TD_ATTRIBUTES_DEBUG : 0;
}

size_t quote_size(const struct quote_template *template)
{
    return template->bytes.len;
}

void quote_template_set_registers(struct quote_template *template, const struct registers *registers)
{
    memcpy(template->bytes.data + QUOTE_MRTD_OFFSET, registers->mrtd, sizeof registers->mrtd);
    memcpy(template->bytes.data + QUOTE_RTMR_OFFSET, registers->rtmr, sizeof registers->rtmr);
    memcpy(template->bytes.data + QUOTE_OWNER_OFFSET, registers->config_id, sizeof registers->config_id);
}

void quote_write(const struct quote_template *template,
                 const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], uint8_t *quote)
{
    uint8_t digest[32];

    memcpy(quote, template->bytes.data, template->bytes.len);
    memcpy(quote + QUOTE_REPORT_DATA_OFFSET, report_data, QUOTE_REPORT_DATA_BYTES);
    hash_sha256(quote, QUOTE_SIGNED_BYTES, digest);
    p256_sign(template->key, digest, quote + QUOTE_SIGNATURE_OFFSET);
}
