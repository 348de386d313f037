#include "sim/cli/options_foreign.h"

#include <string.h>

static const struct {
    const char *typed;
    const char *ours;
} foreign[] = {
    {"p", "--listen PORT"},         {"port", "--listen PORT"},        {"publish", "--listen PORT"},
    {"H", "--listen HOST:PORT"},    {"host", "--listen HOST:PORT"},   {"b", "--listen HOST:PORT"},
    {"bind", "--listen HOST:PORT"}, {"addr", "--listen HOST:PORT"},   {"address", "--listen HOST:PORT"},
    {"v", "--log-level debug"},     {"verbose", "--log-level debug"}, {"debug", "--log-level debug"},
    {"q", "--log-level off"},       {"quiet", "--log-level off"},     {"V", "--version"},
};

const char *options_foreign(const char *typed, size_t len)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (strlen(foreign[i].typed) == len && memcmp(foreign[i].typed, typed, len) == 0)
            return foreign[i].ours;
    return NULL;
}
