#include "sim/tdx/quote.h"

#include "crypto/hash.h"

/* Offsets from the beginning of the quote. */
enum {
    HEADER_BYTES = 48,
    TEE_TCB_SVN = HEADER_BYTES,
    TD_ATTRIBUTES = HEADER_BYTES + 120,
    XFAM = HEADER_BYTES + 128,
    MRTD = HEADER_BYTES + 136,
    RTMR0 = HEADER_BYTES + 328,
    REPORT_DATA = HEADER_BYTES + 520,
    SIGNATURE_LENGTH = QUOTE_SIGNED_BYTES,
    SIGNATURE = QUOTE_SIGNED_BYTES + 4,
};

#define VERSION 4
#define KEY_ECDSA_P256 2
#define TEE_TDX 0x81

static const uint8_t qe_vendor_id[16] = {
    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
};
#define TD_ATTRIBUTES_DEBUG 0x01 /* in the first byte */
/* SEPT_VE_DISABLE, as every dstack TD has it. */
static const uint8_t td_attributes[8] = {0x00, 0x00, 0x00, 0x10};
static const uint8_t xfam[8] = {0xe7, 0x02, 0x06};

static void write_header(uint8_t *quote)
{
    bytes_put_le16(quote, VERSION);
    bytes_put_le16(quote + 2, KEY_ECDSA_P256);
    bytes_put_le32(quote + 4, TEE_TDX);
    memcpy(quote + 12, qe_vendor_id, sizeof qe_vendor_id);
}

void quote_template_init(struct quote_template *template, const struct platform *platform)
{
    static const uint8_t zeros[QUOTE_CERTIFICATION_OFFSET];
    struct buf *bytes = &template->bytes;

    template->key = &platform->attestation_key;
    buf_init(bytes, SIZE_MAX);
    buf_append(bytes, zeros, sizeof zeros);
    platform_write_certification(platform, bytes);
    write_header(bytes->data);
    memcpy(bytes->data + TEE_TCB_SVN, platform->tcb.tee_tcb_svn, sizeof platform->tcb.tee_tcb_svn);
    memcpy(bytes->data + TD_ATTRIBUTES, td_attributes, sizeof td_attributes);
    memcpy(bytes->data + XFAM, xfam, sizeof xfam);
    bytes_put_le32(bytes->data + SIGNATURE_LENGTH, (uint32_t)(bytes->len - SIGNATURE));
}

void quote_template_set_scenario(struct quote_template *template, const struct platform *platform,
                                 const struct scenario *scenario)
{
    template->key = scenario->key_not_vouched ? &platform->stranger_key : &platform->attestation_key;
    memcpy(template->bytes.data + QUOTE_CERTIFICATION_OFFSET, template->key->public_key, P256_PUBLIC_BYTES);
}

void quote_template_set_debug(struct quote_template *template, bool is_debug)
{
    template->bytes.data[TD_ATTRIBUTES] = is_debug ? TD_ATTRIBUTES_DEBUG : 0;
}

size_t quote_size(const struct quote_template *template)
{
    return template->bytes.len;
}

void quote_template_set_registers(struct quote_template *template, const struct registers *registers)
{
    memcpy(template->bytes.data + MRTD, registers->mrtd, sizeof registers->mrtd);
    memcpy(template->bytes.data + RTMR0, registers->rtmr, sizeof registers->rtmr);
}

void quote_write(const struct quote_template *template,
                 const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], uint8_t *quote)
{
    uint8_t digest[32];

    memcpy(quote, template->bytes.data, template->bytes.len);
    memcpy(quote + REPORT_DATA, report_data, QUOTE_REPORT_DATA_BYTES);
    hash_sha256(quote, QUOTE_SIGNED_BYTES, digest);
    p256_sign(template->key, digest, quote + SIGNATURE);
}
