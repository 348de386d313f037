#include "sim/tdx/scenario.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

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

/* Intel's ids have one form; other ids are for tests that make up their own. */
static int check_intel_id(const char *id, struct error *error)
{
    static const char prefix[] = "INTEL-SA-";
    const char *number = strncmp(id, prefix, sizeof prefix - 1) == 0 ? id + sizeof prefix - 1 : "";

    if (strlen(number) == 5 && strspn(number, "0123456789") == 5)
        return 0;
    if (strncasecmp(id, "INTEL-", 6) && strncasecmp(id, "SA-", 3))
        return 0;
    return error_input(error, "\"%s\" is not an id of Intel's: they have five digits, as in INTEL-SA-00837",
                       id);
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
