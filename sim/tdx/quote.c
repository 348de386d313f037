#include "sim/tdx/quote.h"

#include "crypto/hash.h"

static const uint8_t qe_vendor[] = QUOTE_QE_VENDOR_INTEL;
static const uint8_t td_attributes[TD_REPORT_ATTRIBUTES_BYTES] = {[3] = TD_REPORT_SEPT_VE_DISABLE};
static const uint8_t xfam[TD_REPORT_ATTRIBUTES_BYTES] = {0xe7, 0x02, 0x06};

static void write_head(const struct quote_layout *layout, uint8_t *quote)
{
    memset(quote, 0, layout->report_offset);
    bytes_put_le16(quote + QUOTE_VERSION_OFFSET, layout->version);
    bytes_put_le16(quote + QUOTE_KEY_TYPE_OFFSET, QUOTE_KEY_TYPE_ECDSA_P256);
    bytes_put_le32(quote + QUOTE_TEE_TYPE_OFFSET, QUOTE_TEE_TYPE_TDX);
    memcpy(quote + QUOTE_QE_VENDOR_OFFSET, qe_vendor, sizeof qe_vendor);
    if (layout->body_type) {
        bytes_put_le16(quote + QUOTE_BODY_TYPE_OFFSET, layout->body_type);
        bytes_put_le32(quote + QUOTE_BODY_SIZE_OFFSET, (uint32_t)layout->report_bytes);
    }
}

static void write_certification_head(struct buf *out, uint16_t kind, size_t len)
{
    buf_append_le16(out, kind);
    buf_append_le32(out, (uint32_t)len);
}

/* What follows the attestation key. */
static void write_certification(struct buf *out, const struct platform *platform,
                                const struct platform_level *level)
{
    const char *const chain[] = {level->pck.pem, platform->platform_ca.pem, platform->root.pem};
    size_t chain_len = strlen(chain[0]) + strlen(chain[1]) + strlen(chain[2]) + 1;

    write_certification_head(out, QUOTE_CERTIFICATION_QE_REPORT,
                             SGX_REPORT_BYTES + P256_SIGNATURE_BYTES + 2 + PLATFORM_AUTH_BYTES +
                                 QUOTE_CERTIFICATION_HEAD_BYTES + chain_len);
    buf_append(out, level->qe_report, SGX_REPORT_BYTES);
    buf_append(out, level->qe_report_signature, P256_SIGNATURE_BYTES);
    buf_append_le16(out, PLATFORM_AUTH_BYTES);
    buf_append(out, level->qe_auth, PLATFORM_AUTH_BYTES);
    write_certification_head(out, QUOTE_CERTIFICATION_PCK_CHAIN, chain_len);
    for (int i = 0; i < 3; i++)
        buf_append_text(out, chain[i]);
    buf_append_byte(out, '\0');
}

static void write_signature_data(struct buf *out, const struct platform *platform,
                                 const struct platform_level *level, const struct p256_key *key)
{
    static const uint8_t signature[P256_SIGNATURE_BYTES], padding[QUOTE_PADDING_BYTES];

    buf_append(out, signature, sizeof signature);
    buf_append(out, key->public_key, P256_PUBLIC_BYTES);
    write_certification(out, platform, level);
    buf_append(out, padding, sizeof padding);
}

void quote_template_init(struct quote_template *template, const struct platform *platform)
{
    static const struct scenario healthy;
    uint8_t *report = template->report;

    *template = (struct quote_template){.key = NULL};
    memcpy(report + TD_REPORT_TD_ATTRIBUTES, td_attributes, sizeof td_attributes);
    memcpy(report + TD_REPORT_XFAM, xfam, sizeof xfam);
    buf_init(&template->signature_data, SIZE_MAX);
    quote_template_set_scenario(template, platform, &healthy);
}

void quote_template_free(struct quote_template *template)
{
    buf_free(&template->signature_data);
}

void quote_template_set_scenario(struct quote_template *template, const struct platform *platform,
                                 const struct scenario *scenario)
{
    const struct platform_level *level = scenario_level(scenario, platform);
    uint8_t *report = template->report;

    template->layout = quote_version_layout(scenario->quote_version);
    template->key = scenario->key_not_vouched ? &platform->stranger_key : &level->attestation_key;
    memcpy(report + TD_REPORT_TEE_TCB_SVN, level->tcb.tee_tcb_svn, TD_REPORT_TEE_TCB_SVN_BYTES);
    memcpy(report + TD_REPORT_TEE_TCB_SVN_2, level->tcb.tee_tcb_svn, TD_REPORT_TEE_TCB_SVN_BYTES);
    buf_reset(&template->signature_data);
    write_signature_data(&template->signature_data, platform, level, template->key);
}

void quote_template_set_debug(struct quote_template *template, bool is_debug)
{
    template->report[TD_REPORT_TD_ATTRIBUTES] = is_debug ? TD_REPORT_DEBUG : 0;
}

size_t quote_size(const struct quote_template *template)
{
    return template->layout->report_offset + template->layout->report_bytes + sizeof(uint32_t) +
           template->signature_data.len;
}

void quote_template_set_registers(struct quote_template *template, const struct registers *registers)
{
    memcpy(template->report + TD_REPORT_MRTD, registers->mrtd, sizeof registers->mrtd);
    memcpy(template->report + TD_REPORT_RTMR, registers->rtmr, sizeof registers->rtmr);
    memcpy(template->report + TD_REPORT_OWNER, registers->config_id, sizeof registers->config_id);
}

void quote_write(const struct quote_template *template,
                 const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], uint8_t *quote)
{
    const struct quote_layout *layout = template->layout;
    const struct buf *data = &template->signature_data;
    size_t signed_len = layout->report_offset + layout->report_bytes;
    uint8_t *report = quote + layout->report_offset, *length = quote + signed_len;
    uint8_t *signature = length + sizeof(uint32_t);
    uint8_t digest[32];

    write_head(layout, quote);
    memcpy(report, template->report, layout->report_bytes);
    memcpy(report + TD_REPORT_DATA, report_data, QUOTE_REPORT_DATA_BYTES);
    bytes_put_le32(length, (uint32_t)(data->len - QUOTE_PADDING_BYTES));
    memcpy(signature, data->data, data->len);
    hash_sha256(quote, signed_len, digest);
    p256_sign(template->key, digest, signature);
}
