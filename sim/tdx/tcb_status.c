#include "sim/tdx/tcb_status.h"

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

const char *tcb_status_name(enum tcb_status status)
{
    return status_names[status];
}

const char *tcb_status_word(size_t index)
{
    return index < sizeof status_names / sizeof *status_names ? status_names[index] : NULL;
}

int tcb_status_by_name(const char *name, enum tcb_status *status)
{
    for (size_t i = 0; i < sizeof status_names / sizeof *status_names; i++)
        if (strcmp(name, status_names[i]) == 0) {
            *status = (enum tcb_status)i;
            return 0;
        }
    return -1;
}

bool tcb_status_is_behind(enum tcb_status status)
{
    return status >= TCB_OUT_OF_DATE;
}

enum tcb_status tcb_status_of_part(enum tcb_status status)
{
    if (status == TCB_REVOKED)
        return TCB_REVOKED;
    return tcb_status_is_behind(status) ? TCB_OUT_OF_DATE : TCB_UP_TO_DATE;
}
