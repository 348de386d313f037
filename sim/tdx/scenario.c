#include "sim/tdx/scenario.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "sim/base/spelling.h"
#include "sim/tdx/platform.h"

static enum tcb_status worse(enum tcb_status a, enum tcb_status b)
{
    return a > b ? a : b;
}

enum tcb_status scenario_status(const struct scenario *scenario, enum scenario_part part, bool is_early)
{
    enum tcb_status all = scenario->has_recovered ? TCB_OUT_OF_DATE : scenario->tcb_status;

    if (is_early)
        all = worse(all, scenario->early_tcb_status);
    switch (part) {
    case SCENARIO_TDX_MODULE:
        return worse(tcb_status_of_part(all), scenario->tdx_module_status);
    case SCENARIO_QE:
        return worse(tcb_status_of_part(all), scenario->qe_status);
    case SCENARIO_PLATFORM:
        break;
    }
    return worse(all, scenario->platform_status);
}

/* --- the statuses by name --- */

const struct scenario_field scenario_fields[SCENARIO_FIELDS] = {
    {"tcb_status", NULL, "TCB status", offsetof(struct scenario, tcb_status), false},
    {"platform_status", "platform", "platform", offsetof(struct scenario, platform_status), false},
    {"tdx_module_status", "tdx-module", "TDX module", offsetof(struct scenario, tdx_module_status), true},
    {"qe_status", "qe", "quoting enclave", offsetof(struct scenario, qe_status), true},
    {"early_tcb_status", "early", "early TCB status", offsetof(struct scenario, early_tcb_status), false},
};

enum tcb_status scenario_get(const struct scenario *scenario, const struct scenario_field *field)
{
    return *(const enum tcb_status *)((const char *)scenario + field->offset);
}

/* The first that is not UpToDate, or NULL. */
static const struct scenario_field *find_status(const struct scenario *scenario)
{
    for (size_t i = 0; i < SCENARIO_FIELDS; i++)
        if (scenario_get(scenario, &scenario_fields[i]) != TCB_UP_TO_DATE)
            return &scenario_fields[i];
    return NULL;
}

bool scenario_is_demoted(const struct scenario *scenario)
{
    return scenario->has_recovered || find_status(scenario);
}

int scenario_check(const struct scenario *scenario, struct error *error)
{
    const struct scenario_field *field = find_status(scenario);

    if (!scenario->has_recovered || !field)
        return 0;
    return error_input(error, "no other status goes with it, but the %s is %s; leave one of them out",
                       field->title, tcb_status_name(scenario_get(scenario, field)));
}

const struct platform_level *scenario_level(const struct scenario *scenario, const struct platform *platform)
{
    return scenario->has_recovered ? &platform->updated : &platform->first;
}

static const enum tcb_status part_statuses[] = {TCB_UP_TO_DATE, TCB_OUT_OF_DATE, TCB_REVOKED};

static const char *part_status_word(size_t index)
{
    return index < sizeof part_statuses / sizeof *part_statuses ? tcb_status_name(part_statuses[index])
                                                                : NULL;
}

int scenario_set(struct scenario *scenario, const struct scenario_field *field, const char *name,
                 struct error *error)
{
    size_t index;

    if (spelling_find(name, field->is_of_part ? part_status_word : tcb_status_word, &index, error))
        return -1;
    *(enum tcb_status *)((char *)scenario + field->offset) =
        field->is_of_part ? part_statuses[index] : (enum tcb_status)index;
    return 0;
}

/* --- advisories --- */

/* Intel's ids have one form; other ids are for tests that make up their own. */
static int check_intel_id(const char *id, struct error *error)
{
    static const char prefix[] = "INTEL-SA-";
    const char *number = strncmp(id, prefix, sizeof prefix - 1) == 0 ? id + sizeof prefix - 1 : "";

    if (strlen(number) == 5 && strspn(number, "0123456789") == 5)
        return 0;
    if (strncasecmp(id, "INTEL-", 6) != 0 && strncasecmp(id, "SA-", 3) != 0)
        return 0;
    return error_quote(error, "\"", span_text(id),
                       "\" is not an id of Intel's: they have five digits, as in INTEL-SA-00837");
}

int scenario_add_advisory(struct scenario *scenario, const char *id, struct error *error)
{
    size_t len = strlen(id);

    if (scenario->advisory_count == SCENARIO_ADVISORIES_MAX)
        return error_input(error, "at most %d advisories are allowed", SCENARIO_ADVISORIES_MAX);
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)id[i]) && id[i] != '-')
            return error_input(error,
                               "an advisory id consists of letters, digits and dashes, as in INTEL-SA-00837");
    if (len == 0 || len >= SCENARIO_ADVISORY_BYTES)
        return error_input(error, "an advisory id has 1 to %d characters", SCENARIO_ADVISORY_BYTES - 1);
    if (check_intel_id(id, error))
        return -1;
    memcpy(scenario->advisories[scenario->advisory_count++], id, len + 1);
    return 0;
}
