#include "sim/cli/tcb_spec.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/spelling.h"

static const struct part {
    const char *name;
    size_t field; /* offset in struct scenario */
    int (*read)(const char *name, enum tcb_status *status, struct error *error);
} parts[] = {
    {"platform", offsetof(struct scenario, platform_status), scenario_read_status},
    {"tdx-module", offsetof(struct scenario, tdx_module_status), scenario_read_part_status},
    {"qe", offsetof(struct scenario, qe_status), scenario_read_part_status},
    {"early", offsetof(struct scenario, early_tcb_status), scenario_read_status},
};

static const char *part_name(size_t index)
{
    return index < sizeof parts / sizeof *parts ? parts[index].name : NULL;
}

int tcb_spec_read(struct scenario *scenario, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    char name[SPELLING_MAX];
    size_t index;

    if (!equals)
        return scenario_read_status(text, &scenario->tcb_status, error);
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    if (spelling_find(name, part_name, &index, error))
        return -1;
    return parts[index].read(equals + 1, (enum tcb_status *)((char *)scenario + parts[index].field), error);
}
