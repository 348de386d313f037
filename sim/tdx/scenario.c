#include "sim/tdx/scenario.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "sim/base/spelling.h"

static enum tcb_status worse(enum tcb_status a, enum tcb_status b)
{
    return a > b ? a : b;
}

enum tcb_status scenario_status(const struct scenario *scenario, enum scenario_part part, bool is_early)
{
    enum tcb_status all = scenario->tcb_status;

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

bool scenario_is_demoted(const struct scenario *scenario)
{
    const enum tcb_status statuses[] = {scenario->tcb_status, scenario->early_tcb_status,
                                        scenario->platform_status, scenario->tdx_module_status,
                                        scenario->qe_status};

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i] != TCB_UP_TO_DATE)
            return true;
    return false;
}

int scenario_read_status(const char *name, enum tcb_status *status, struct error *error)
{
    size_t index;

    if (spelling_find(name, tcb_status_word, &index, error))
        return -1;
    *status = (enum tcb_status)index;
    return 0;
}

static const enum tcb_status part_statuses[] = {TCB_UP_TO_DATE, TCB_OUT_OF_DATE, TCB_REVOKED};

static const char *part_status_word(size_t index)
{
    return index < sizeof part_statuses / sizeof *part_statuses ? tcb_status_name(part_statuses[index])
                                                                : NULL;
}

int scenario_read_part_status(const char *name, enum tcb_status *status, struct error *error)
{
    size_t index;

    if (spelling_find(name, part_status_word, &index, error))
        return -1;
    *status = part_statuses[index];
    return 0;
}

/* Intel's ids have one form; other ids are for tests that make up their own. */
static int check_intel_id(const char *id, struct error *error)
{
    static const char prefix[] = "INTEL-SA-";
    const char *number = strncmp(id, prefix, sizeof prefix - 1) == 0 ? id + sizeof prefix - 1 : "";

    if (strlen(number) == 5 && strspn(number, "0123456789") == 5)
        return 0;
    if (strncasecmp(id, "INTEL-", 6) && strncasecmp(id, "SA-", 3))
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
