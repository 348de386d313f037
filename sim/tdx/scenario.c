#include "sim/tdx/scenario.h"

#include <ctype.h>
#include <string.h>

static const char *const status_names[] = {
    [TCB_UP_TO_DATE] = "UpToDate",
    [TCB_SW_HARDENING_NEEDED] = "SWHardeningNeeded",
    [TCB_CONFIGURATION_NEEDED] = "ConfigurationNeeded",
    [TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = "ConfigurationAndSWHardeningNeeded",
    [TCB_OUT_OF_DATE] = "OutOfDate",
    [TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = "OutOfDateConfigurationNeeded",
    [TCB_REVOKED] = "Revoked",
};

#define STATUS_COUNT (sizeof status_names / sizeof *status_names)

const char *tcb_status_name(enum tcb_status status)
{
    return status_names[status];
}

int scenario_set_status(struct scenario *scenario, const char *name, struct error *error)
{
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        if (strcmp(name, status_names[i]) == 0) {
            scenario->tcb_status = (enum tcb_status)i;
            return 0;
        }
    }
    return error_input(error,
                       "there is no TCB status \"%.40s\"; there are UpToDate, SWHardeningNeeded, "
                       "ConfigurationNeeded, ConfigurationAndSWHardeningNeeded, OutOfDate, "
                       "OutOfDateConfigurationNeeded and Revoked",
                       name);
}

int scenario_add_advisory(struct scenario *scenario, const char *id, struct error *error)
{
    size_t len = strlen(id);

    if (scenario->advisory_count == SCENARIO_ADVISORIES_MAX)
        return error_input(error, "at most %d advisories are taken", SCENARIO_ADVISORIES_MAX);
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)id[i]) && id[i] != '-')
            return error_input(error,
                               "an advisory id has letters, digits and dashes, such as INTEL-SA-00837");
    if (len == 0 || len >= SCENARIO_ADVISORY_BYTES)
        return error_input(error, "an advisory id has 1 to %d characters", SCENARIO_ADVISORY_BYTES - 1);
    memcpy(scenario->advisories[scenario->advisory_count++], id, len + 1);
    return 0;
}
