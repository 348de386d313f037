#include "sim/tdx/scenario.h"

#include <ctype.h>
#include <string.h>

int scenario_set_status(struct scenario *scenario, const char *name, struct error *error)
{
    if (tcb_status_by_name(name, &scenario->tcb_status) == 0)
        return 0;
    return error_input(error,
                       "unknown TCB status \"%.40s\": use UpToDate, SWHardeningNeeded, "
                       "ConfigurationNeeded, ConfigurationAndSWHardeningNeeded, OutOfDate, "
                       "OutOfDateConfigurationNeeded or Revoked",
                       name);
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
    memcpy(scenario->advisories[scenario->advisory_count++], id, len + 1);
    return 0;
}
