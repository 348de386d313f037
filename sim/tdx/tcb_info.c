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

static void begin_level(struct buf *out, char separator, const struct platform_tcb *tcb, enum tcb_tee tee)
{
    buf_append_byte(out, (uint8_t)separator);
    json_text_key(out, '{', "tcb");
    member_components(out, '{', "sgxtcbcomponents", tcb->cpu_svn);
    json_text_member_uint(out, ',', "pcesvn", tcb->pce_svn);
    if (tee == TCB_TEE_TDX)
        member_components(out, ',', "tdxtcbcomponents", tcb->tee_tcb_svn);
    buf_append_byte(out, '}');
}

/* The newest level: what is out of date is raised, the rest is as the platform has it. */
static struct platform_tcb newest_tcb(const struct platform *platform, bool is_behind, bool module_is_behind)
{
    const struct platform_tcb *tcb = &platform->first.tcb, *raised = &platform->updated.tcb;
    struct platform_tcb newest = is_behind ? *raised : *tcb;

    memcpy(newest.tee_tcb_svn, module_is_behind ? raised->tee_tcb_svn : tcb->tee_tcb_svn,
           PLATFORM_TDX_MODULE_SVNS);
    return newest;
}

/* A platform is out of date because there is a newer level that it does not reach. The TDX module has
 * components here too, which count for verifiers that do not look for the module's identity. */
static void member_levels(struct buf *out, const struct platform *platform, const struct scenario *scenario,
                          const struct tcb_edition *edition)
{
    enum tcb_status status = tcb_document_part_status(scenario, edition, SCENARIO_PLATFORM);
    enum tcb_status module = edition->tee == TCB_TEE_SGX
                                 ? TCB_UP_TO_DATE
                                 : tcb_document_part_status(scenario, edition, SCENARIO_TDX_MODULE);
    bool is_behind = tcb_status_is_behind(status), module_is_behind = tcb_status_is_behind(module);
    struct platform_tcb newest = newest_tcb(platform, is_behind, module_is_behind);
    const struct tcb_level_end first = {
        .is_newest = true,
        .status = is_behind ? TCB_UP_TO_DATE : status,
        .has_advisories = !is_behind && (status != TCB_UP_TO_DATE || !scenario_is_demoted(scenario)),
    };
    const struct tcb_level_end second = {.status = is_behind ? status : module, .has_advisories = true};

    json_text_key(out, ',', "tcbLevels");
    begin_level(out, '[', &newest, edition->tee);
    tcb_document_end_level(out, scenario, edition, &first);
    if (is_behind || module_is_behind) {
        begin_level(out, ',', &platform->first.tcb, edition->tee);
        tcb_document_end_level(out, scenario, edition, &second);
    }
    buf_append_byte(out, ']');
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

static void members_modules(struct buf *out, const struct platform *platform, const struct scenario *scenario,
                            const struct tcb_edition *edition)
{
    const unsigned isv_svns[] = {platform->first.tcb.tee_tcb_svn[PLATFORM_TDX_MODULE_SVN],
                                 platform->updated.tcb.tee_tcb_svn[PLATFORM_TDX_MODULE_SVN]};

    json_text_key(out, ',', "tdxModule");
    members_module(out, '{');
    buf_append_byte(out, '}');
    json_text_key(out, ',', "tdxModuleIdentities");
    buf_append_byte(out, '[');
    json_text_member(out, '{', "id", TDX_MODULE_ID);
    members_module(out, ',');
    tcb_document_isv_levels(out, scenario, edition, SCENARIO_TDX_MODULE, isv_svns);
    buf_append_text(out, "}]");
}

char *tcb_info_render(const struct platform *platform, const struct scenario *scenario,
                      const struct tcb_edition *edition)
{
    const struct platform_tcb *tcb = &platform->first.tcb;
    struct buf out;

    tcb_document_begin(&out, tcb_info_id(edition->tee), TCB_DOCUMENT_INFO_VERSION, scenario, edition->now);
    tcb_document_hex(&out, ',', "fmspc", tcb->fmspc, sizeof tcb->fmspc);
    tcb_document_hex(&out, ',', "pceId", tcb->pce_id, sizeof tcb->pce_id);
    json_text_member_uint(&out, ',', "tcbType", 0);
    json_text_member_uint(&out, ',', "tcbEvaluationDataNumber", evaluation_number(edition->set));
    if (edition->tee == TCB_TEE_TDX)
        members_modules(&out, platform, scenario, edition);
    member_levels(&out, platform, scenario, edition);
    buf_append_byte(&out, '}');
    return tcb_document_sign(TCB_DOCUMENT_INFO, &out, &platform->tcb_signing.key);
}
