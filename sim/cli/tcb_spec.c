#include "sim/cli/tcb_spec.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/spelling.h"

#define RECOVERED TCB_STATUSES /* its index among the words */

const char *tcb_spec_word(size_t index)
{
    return index == RECOVERED ? "Recovered" : tcb_status_word(index);
}

/* Of everything. */
static int read_status(struct scenario *scenario, const char *text, struct error *error)
{
    size_t index;

    if (spelling_find(text, tcb_spec_word, &index, error))
        return -1;
    scenario->has_recovered = index == RECOVERED;
    scenario->tcb_status = index == RECOVERED ? TCB_UP_TO_DATE : (enum tcb_status)index;
    return 0;
}

/* The first field concerns all parts, and has no name here. */
static const char *part_name(size_t index)
{
    return index + 1 < SCENARIO_FIELDS ? scenario_fields[index + 1].part : NULL;
}

int tcb_spec_read(struct scenario *scenario, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    char name[SPELLING_MAX];
    size_t index;

    if (!equals)
        return read_status(scenario, text, error);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    if (spelling_find(name, part_name, &index, error))
        return -1;
    return scenario_set(scenario, &scenario_fields[index + 1], equals + 1, error);
}
