#include "sim/cli/options_check.h"

#include <string.h>

#include "sim/base/log.h"
#include "sim/cli/fault_spec.h"
#include "sim/cli/healthcheck_spec.h"
#include "sim/cli/listen_spec.h"
#include "sim/services/fault_names.h"
#include "sim/tdx/scenario.h"

enum { SEED_MAX = 256, URL_MAX = 200 };

int options_check_listen(char *value, struct error *error)
{
    struct listen_spec spec;

    return listen_spec_parse(&spec, value, error);
}

int options_check_seed(char *value, struct error *error)
{
    size_t len = strlen(value);

    if (len > SEED_MAX)
        return error_input(error, "a seed has at most %d bytes, this one has %zu", SEED_MAX, len);
    return 0;
}

/* Certificates and JSON carry the URL as it is and put paths behind it, so it
 * holds nothing that would have to be escaped and no query. */
int options_check_url(char *value, struct error *error)
{
    size_t scheme = strncmp(value, "http://", 7) == 0 ? 7 : strncmp(value, "https://", 8) == 0 ? 8 : 0;
    size_t len = strlen(value);

    if (!scheme)
        return error_input(error, "a URL that begins with http:// or https:// is wanted");
    for (size_t i = 0; i < len; i++)
        if (value[i] <= ' ' || value[i] > '~' || strchr("\"<>\\^`{|}?#@", value[i]))
            return error_input(
                error,
                "byte %zu of the URL is out of place; only a scheme, a host, a port and a path "
                "in plain ASCII belong there",
                i + 1);
    while (len > scheme && value[len - 1] == '/')
        value[--len] = '\0';
    if (len == scheme || strchr(":/", value[scheme]))
        return error_input(error, "the URL names no host; http://localhost:8090 does");
    if (len > URL_MAX)
        return error_input(error, "a URL has at most %d bytes, this one has %zu", URL_MAX, len);
    return 0;
}

int options_check_healthcheck(char *value, struct error *error)
{
    struct healthcheck_spec spec;

    return healthcheck_spec_parse(&spec, value, error);
}

int options_check_advisory(char *value, struct error *error)
{
    struct scenario scenario = {.advisory_count = 0};

    return scenario_add_advisory(&scenario, value, error);
}

int options_check_fault(char *value, struct error *error)
{
    struct fault fault;

    return fault_spec_parse(&fault, value, error) ? -1 : fault_names_check(fault.method, error);
}

const char *options_check_level(size_t index)
{
    return index <= LOG_OFF ? log_level_name((enum log_level)index) : NULL;
}

const char *options_check_format(size_t index)
{
    return index <= LOG_JSON ? log_format_name((enum log_format)index) : NULL;
}

const char *options_check_tcb_status(size_t index)
{
    return index <= TCB_REVOKED ? tcb_status_name((enum tcb_status)index) : NULL;
}
