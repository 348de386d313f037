#include "sim/tdx/tcb_info.h"

#include "sim/base/json_text.h"

#define DATE_NEWER "2025-05-14T00:00:00Z"
#define TDX_MODULE_ID "TDX_01"

const char *tcb_info_id(enum tcb_tee tee)
{
    return tee == TCB_TEE_TDX ? "TDX" : "SGX";
}

/* --- levels --- */

static void member_components(struct buf *out, char separator, const char *name, const uint8_t *svns)
{
    json_text_key(out, separator, name);
    for (int i = 0; i < PCK_SVN_COUNT; i++) {
        buf_append_byte(out, i == 0 ? '[' : ',');
        json_text_member_uint(out, '{', "svn", svns[i]);
        buf_append_byte(out, '}');
    }
    buf_append_byte(out, ']');
}

static void level(struct buf *out, const struct platform_tcb *tcb, enum tcb_tee tee, unsigned pce_svn)
{
    json_text_key(out, '{', "tcb");
    member_components(out, '{', "sgxtcbcomponents", tcb->cpu_svn);
    json_text_member_uint(out, ',', "pcesvn", pce_svn);
    if (tee == TCB_TEE_TDX)
        member_components(out, ',', "tdxtcbcomponents", tcb->tee_tcb_svn);
    buf_append_byte(out, '}');
}

static void member_advisories(struct buf *out, const struct scenario *scenario)
{
    if (scenario->advisory_count == 0)
        return;
    json_text_key(out, ',', "advisoryIDs");
    for (size_t i = 0; i < scenario->advisory_count; i++) {
        buf_append_byte(out, i == 0 ? '[' : ',');
        json_text_string(out, scenario->advisories[i], strlen(scenario->advisories[i]));
    }
    buf_append_byte(out, ']');
}

static bool is_behind(enum tcb_status status)
{
    return status == TCB_OUT_OF_DATE || status == TCB_OUT_OF_DATE_CONFIGURATION_NEEDED ||
           status == TCB_REVOKED;
}

/* A platform is out of date because a newer level exists that it does not reach. */
static void member_levels(struct buf *out, const struct platform_tcb *tcb, const struct scenario *scenario,
                          enum tcb_tee tee)
{
    json_text_key(out, ',', "tcbLevels");
    buf_append_byte(out, '[');
    if (is_behind(scenario->tcb_status)) {
        level(out, tcb, tee, tcb->pce_svn + 1u);
        tcb_document_status(out, DATE_NEWER, TCB_UP_TO_DATE);
        buf_append_text(out, "},");
    }
    level(out, tcb, tee, tcb->pce_svn);
    tcb_document_status(out, TCB_DOCUMENT_DATE, scenario->tcb_status);
    member_advisories(out, scenario);
    buf_append_text(out, "}]");
}

/* --- the TDX module --- */

static void members_module(struct buf *out, char separator)
{
    static const uint8_t mrsigner[48], attributes[8];
    static const uint8_t mask[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    tcb_document_hex(out, separator, "mrsigner", mrsigner, sizeof mrsigner);
    tcb_document_hex(out, ',', "attributes", attributes, sizeof attributes);
    tcb_document_hex(out, ',', "attributesMask", mask, sizeof mask);
}

static void members_modules(struct buf *out, const struct platform_tcb *tcb)
{
    json_text_key(out, ',', "tdxModule");
    members_module(out, '{');
    buf_append_byte(out, '}');
    json_text_key(out, ',', "tdxModuleIdentities");
    buf_append_byte(out, '[');
    json_text_member(out, '{', "id", TDX_MODULE_ID);
    members_module(out, ',');
    tcb_document_isv_levels(out, tcb->tee_tcb_svn[0]);
    buf_append_text(out, "}]");
}

char *tcb_info_render(const struct platform *platform, const struct scenario *scenario, enum tcb_tee tee,
                      int64_t now)
{
    const struct platform_tcb *tcb = &platform->tcb;
    struct buf out;

    tcb_document_begin(&out, tcb_info_id(tee), TCB_DOCUMENT_INFO_VERSION, scenario, now);
    tcb_document_hex(&out, ',', "fmspc", tcb->fmspc, sizeof tcb->fmspc);
    tcb_document_hex(&out, ',', "pceId", tcb->pce_id, sizeof tcb->pce_id);
    json_text_member_uint(&out, ',', "tcbType", 0);
    json_text_member_uint(&out, ',', "tcbEvaluationDataNumber", TCB_DOCUMENT_EVALUATION_NUMBER);
    if (tee == TCB_TEE_TDX)
        members_modules(&out, tcb);
    member_levels(&out, tcb, scenario, tee);
    buf_append_byte(&out, '}');
    return tcb_document_sign(TCB_DOCUMENT_INFO, &out, &platform->tcb_signing.key);
}
