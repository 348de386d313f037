#include "sim/verify/tcb.h"

#include <stdio.h>

#include "sim/format/json_file.h"
#include "sim/tdx/collateral.h"

/* --- levels --- */

static int read_status(const json_t *level, enum tcb_status *status, struct error *error)
{
    const char *name;

    if (json_file_string(level, "tcbStatus", &name, error))
        return -1;
    if (tcb_status_by_name(name, status) == 0)
        return 0;
    return error_quote(error, "unknown TCB status \"", span_text(name), "\"");
}

static void add_advisory(struct tcb_result *result, char *id)
{
    for (size_t i = 0; i < result->advisory_count; i++)
        if (strcmp(result->advisories[i], id) == 0)
            return;
    if (result->advisory_count < TCB_ADVISORIES_MAX)
        result->advisories[result->advisory_count++] = id;
}

static int take_level(const json_t *level, struct arena *arena, struct tcb_result *result,
                      struct error *error)
{
    const json_t *ids = json_object_get(level, "advisoryIDs"); /* may be missing */

    for (size_t i = 0; i < json_array_size(ids); i++) {
        const json_t *id = json_array_get(ids, i);
        if (!json_is_string(id))
            return error_input(error, "an advisory id must be a string");
        add_advisory(result, arena_copy(arena, json_string_value(id), json_string_length(id)));
    }
    return read_status(level, &result->status, error);
}

/* Takes the first level whose ISVSVN is reached. */
static int take_isv_level(const json_t *document, const char *what, unsigned svn, struct arena *arena,
                          struct tcb_result *result, struct error *error)
{
    const json_t *levels = json_object_get(document, "tcbLevels");

    for (size_t i = 0; i < json_array_size(levels); i++) {
        const json_t *level = json_array_get(levels, i), *tcb = json_file_object(level, "tcb", error);
        uint64_t least;
        if (!tcb || json_file_uint(tcb, "isvsvn", UINT16_MAX, &least, error))
            return -1;
        if (svn >= least)
            return take_level(level, arena, result, error);
    }
    return error_input(error, "%s does not reach any TCB level with its ISVSVN %u", what, svn);
}

/* --- identities --- */

/* Checks that the report, masked, equals the document's member. mask_name NULL: no mask. */
static int check_member(const json_t *document, const char *name, const char *mask_name,
                        const uint8_t *report, size_t len, const char *what, struct error *error)
{
    uint8_t expected[REGISTER_BYTES], mask[REGISTER_BYTES];

    memset(mask, 0xff, sizeof mask);
    if (json_file_hex(document, name, expected, len, error) ||
        (mask_name && json_file_hex(document, mask_name, mask, len, error)))
        return -1;
    for (size_t i = 0; i < len; i++)
        if ((report[i] & mask[i]) != expected[i])
            return error_input(error, "%s of %s does not match its identity document", name, what);
    return 0;
}

static int check_id(const json_t *document, const char *id, uint64_t version, struct error *error)
{
    uint64_t got_version;
    const char *got_id;

    if (json_file_string(document, "id", &got_id, error) ||
        json_file_uint(document, "version", UINT16_MAX, &got_version, error))
        return -1;
    if (strcmp(got_id, id) != 0 || got_version != version)
        return error_input(error, "the document must have id %s and version %u", id, (unsigned)version);
    return 0;
}

int tcb_check_qe(const json_t *identity, const uint8_t qe_report[static SGX_REPORT_BYTES],
                 struct arena *arena, struct tcb_result *result, struct error *error)
{
    static const char what[] = "the quoting enclave";
    unsigned prod_id = bytes_get_le16(qe_report + SGX_REPORT_ISV_PROD_ID);
    uint64_t expected;

    result->advisory_count = 0;
    if (check_id(identity, qe_identity_id(TCB_TEE_TDX), TCB_DOCUMENT_QE_IDENTITY_VERSION, error) ||
        check_member(identity, "mrsigner", NULL, qe_report + SGX_REPORT_MRSIGNER, SGX_REPORT_MR_BYTES, what,
                     error) ||
        check_member(identity, "attributes", "attributesMask", qe_report + SGX_REPORT_ATTRIBUTES,
                     SGX_REPORT_ATTRIBUTES_BYTES, what, error) ||
        check_member(identity, "miscselect", "miscselectMask", qe_report + SGX_REPORT_MISCSELECT,
                     SGX_REPORT_MISCSELECT_BYTES, what, error) ||
        json_file_uint(identity, "isvprodid", UINT16_MAX, &expected, error))
        return -1;
    if (prod_id != expected)
        return error_input(error, "the quoting enclave's ISVPRODID is %u, not %u", prod_id,
                           (unsigned)expected);
    return take_isv_level(identity, what, bytes_get_le16(qe_report + SGX_REPORT_ISV_SVN), arena, result,
                          error);
}

/* --- the TDX module --- */

/* From version 1 on, TEE_TCB_SVN selects a module identity; version 0 has its own in tdxModule. */
static const json_t *find_module(const json_t *tcb_info, unsigned version, struct error *error)
{
    const json_t *list = json_object_get(tcb_info, "tdxModuleIdentities");
    char expected[16];

    if (version == 0)
        return json_file_object(tcb_info, "tdxModule", error);
    snprintf(expected, sizeof expected, "TDX_%02X", version);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *module = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(module, "id"));
        if (id && strcmp(id, expected) == 0)
            return module;
    }
    error_input(error, "the TCB info does not list TDX module %s", expected);
    return NULL;
}

static int check_module(const json_t *tcb_info, const struct quote_parts *quote, struct arena *arena,
                        struct tcb_result *result, struct error *error)
{
    unsigned svn = quote->tee_tcb_svn.data[0], version = quote->tee_tcb_svn.data[1];
    const json_t *module = find_module(tcb_info, version, error);
    static const char what[] = "the TDX module";

    *result = (struct tcb_result){.status = TCB_UP_TO_DATE};
    if (!module ||
        check_member(module, "mrsigner", NULL, quote->mrsigner_seam.data, quote->mrsigner_seam.len, what,
                     error) ||
        check_member(module, "attributes", "attributesMask", quote->seam_attributes.data,
                     quote->seam_attributes.len, what, error))
        return -1;
    return version == 0 ? 0 : take_isv_level(module, what, svn, arena, result, error);
}

/* --- the platform --- */

/* Clears *reached unless all security versions from `first` on are at least those of the level. */
static int reaches(const json_t *tcb, const char *name, const uint8_t *svns, size_t first, bool *reached,
                   struct error *error)
{
    const json_t *components = json_object_get(tcb, name);

    if (json_array_size(components) != PCK_SVN_COUNT)
        return error_input(error, "%s must be an array of %d elements", name, PCK_SVN_COUNT);
    for (size_t i = first; i < PCK_SVN_COUNT; i++) {
        uint64_t least;
        if (json_file_uint(json_array_get(components, i), "svn", UINT8_MAX, &least, error))
            return -1;
        if (svns[i] < least)
            *reached = false;
    }
    return 0;
}

static int reaches_level(const json_t *level, const struct pck *pck, const uint8_t *tee_tcb_svn,
                         bool *reached, struct error *error)
{
    const json_t *tcb = json_file_object(level, "tcb", error);
    /* With a module version, the first two components identify the module: see check_module. */
    size_t first = tee_tcb_svn[1] > 0 ? 2 : 0;
    uint64_t pce_svn;

    *reached = true;
    if (!tcb || json_file_uint(tcb, "pcesvn", UINT16_MAX, &pce_svn, error) ||
        reaches(tcb, "sgxtcbcomponents", pck->cpu_svn, 0, reached, error) ||
        reaches(tcb, "tdxtcbcomponents", tee_tcb_svn, first, reached, error))
        return -1;
    if (pck->pce_svn < pce_svn)
        *reached = false;
    return 0;
}

static int take_platform_level(const json_t *tcb_info, const struct pck *pck, const uint8_t *tee_tcb_svn,
                               struct arena *arena, struct tcb_result *result, struct error *error)
{
    const json_t *levels = json_object_get(tcb_info, "tcbLevels");

    for (size_t i = 0; i < json_array_size(levels); i++) {
        const json_t *level = json_array_get(levels, i);
        bool reached;
        if (reaches_level(level, pck, tee_tcb_svn, &reached, error))
            return -1;
        if (reached)
            return take_level(level, arena, result, error);
    }
    return error_input(error, "the platform's security versions do not reach any TCB level");
}

int tcb_check_platform(const json_t *tcb_info, const struct pck *pck, const struct quote_parts *quote,
                       struct arena *arena, struct tcb_result *result, struct error *error)
{
    struct tcb_result module;
    uint8_t fmspc[sizeof pck->fmspc], pce_id[sizeof pck->pce_id];

    result->advisory_count = 0;
    if (check_id(tcb_info, tcb_info_id(TCB_TEE_TDX), TCB_DOCUMENT_INFO_VERSION, error) ||
        json_file_hex(tcb_info, "fmspc", fmspc, sizeof fmspc, error) ||
        json_file_hex(tcb_info, "pceId", pce_id, sizeof pce_id, error))
        return -1;
    if (memcmp(fmspc, pck->fmspc, sizeof fmspc) != 0 || memcmp(pce_id, pck->pce_id, sizeof pce_id) != 0)
        return error_input(error, "the TCB info is for a different FMSPC or PCE id than the PCK certificate");
    if (take_platform_level(tcb_info, pck, quote->tee_tcb_svn.data, arena, result, error) ||
        check_module(tcb_info, quote, arena, &module, error))
        return -1;
    tcb_converge(result, &module);
    return 0;
}

/* --- combining them --- */

static enum tcb_status when_out_of_date(enum tcb_status platform)
{
    switch (platform) {
    case TCB_UP_TO_DATE:
    case TCB_SW_HARDENING_NEEDED:
        return TCB_OUT_OF_DATE;
    case TCB_CONFIGURATION_NEEDED:
    case TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED:
        return TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
    default:
        return platform;
    }
}

void tcb_converge(struct tcb_result *platform, const struct tcb_result *part)
{
    if (part->status == TCB_REVOKED)
        platform->status = TCB_REVOKED;
    else if (part->status == TCB_OUT_OF_DATE)
        platform->status = when_out_of_date(platform->status);
    for (size_t i = 0; i < part->advisory_count; i++)
        add_advisory(platform, part->advisories[i]);
}
