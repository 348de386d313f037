#include "sim/tdx/qe_identity.h"

#include "sim/base/json_text.h"

/* The bits that identify a QE: all except those that may differ between launches. */
static const uint8_t attributes_mask[SGX_REPORT_ATTRIBUTES_BYTES] = {0xfb, 0xff, 0xff, 0xff,
                                                                     0xff, 0xff, 0xff, 0xff};

const char *qe_identity_id(enum tcb_tee tee)
{
    return tee == TCB_TEE_TDX ? "TD_QE" : "QE";
}

static void member_attributes(struct buf *out, const struct platform_qe *qe)
{
    uint8_t attributes[sizeof attributes_mask];

    for (size_t i = 0; i < sizeof attributes; i++)
        attributes[i] = qe->attributes[i] & attributes_mask[i];
    tcb_document_hex(out, ',', "attributes", attributes, sizeof attributes);
    tcb_document_hex(out, ',', "attributesMask", attributes_mask, sizeof attributes_mask);
}

char *qe_identity_render(const struct platform *platform, const struct scenario *scenario,
                         const struct tcb_edition *edition)
{
    bool is_tdx = edition->tee == TCB_TEE_TDX;
    const struct platform_qe *qe = is_tdx ? &platform->first.tcb.qe : &platform->first.tcb.sgx_qe;
    const struct platform_qe *raised = is_tdx ? &platform->updated.tcb.qe : &platform->updated.tcb.sgx_qe;
    struct buf out;

    tcb_document_begin(&out, qe_identity_id(edition->tee), TCB_DOCUMENT_QE_IDENTITY_VERSION, scenario,
                       edition->now);
    json_text_member_uint(&out, ',', "tcbEvaluationDataNumber", evaluation_number(edition->set));
    json_text_member(&out, ',', "miscselect", "00000000");
    json_text_member(&out, ',', "miscselectMask", "FFFFFFFF");
    member_attributes(&out, qe);
    tcb_document_hex(&out, ',', "mrsigner", qe->mrsigner, sizeof qe->mrsigner);
    json_text_member_uint(&out, ',', "isvprodid", qe->isv_prod_id);
    tcb_document_isv_levels(&out, scenario, edition, SCENARIO_QE,
                            (const unsigned[]){qe->isv_svn, raised->isv_svn});
    buf_append_byte(&out, '}');
    return tcb_document_sign(TCB_DOCUMENT_QE_IDENTITY, &out, &platform->tcb_signing.key);
}
