#include "sim/tdx/tcb_info.h"

#include "sim/base/json_text.h"

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
                          const struct tcb_edition *edition)
{
    int64_t newest = evaluation_tcb_date(edition->set, edition->now);
    int64_t older = evaluation_older_tcb_date(edition->set, edition->now);
    bool is_old = is_behind(scenario->tcb_status);

    json_text_key(out, ',', "tcbLevels");
    buf_append_byte(out, '[');
    if (is_old) {
        level(out, tcb, edition->tee, tcb->pce_svn + 1u);
        tcb_document_status(out, newest, TCB_UP_TO_DATE);
        buf_append_text(out, "},");
    }
    level(out, tcb, edition->tee, tcb->pce_svn);
    tcb_document_status(out, is_old ? older : newest, scenario->tcb_status);
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

static void members_modules(struct buf *out, const struct platform_tcb *tcb,
                            const struct tcb_edition *edition)
{
    json_text_key(out, ',', "tdxModule");
    members_module(out, '{');
    buf_append_byte(out, '}');
    json_text_key(out, ',', "tdxModuleIdentities");
    buf_append_byte(out, '[');
    json_text_member(out, '{', "id", TDX_MODULE_ID);
    members_module(out, ',');
    tcb_document_isv_levels(out, edition, tcb->tee_tcb_svn[0]);
    buf_append_text(out, "}]");
}

char *tcb_info_render(const struct platform *platform, const struct scenario *scenario,
                      const struct tcb_edition *edition)
{
    const struct platform_tcb *tcb = &platform->tcb;
    struct buf out;

    tcb_document_begin(&out, tcb_info_id(edition->tee), TCB_DOCUMENT_INFO_VERSION, scenario, edition->now);
    tcb_document_hex(&out, ',', "fmspc", tcb->fmspc, sizeof tcb->fmspc);
    tcb_document_hex(&out, ',', "pceId", tcb->pce_id, sizeof tcb->pce_id);
    json_text_member_uint(&out, ',', "tcbType", 0);
    json_text_member_uint(&out, ',', "tcbEvaluationDataNumber", evaluation_number(edition->set));
    if (edition->tee == TCB_TEE_TDX)
        members_modules(&out, tcb, edition);
    member_levels(&out, tcb, scenario, edition);
    buf_append_byte(&out, '}');
    return tcb_document_sign(TCB_DOCUMENT_INFO, &out, &platform->tcb_signing.key);
}
