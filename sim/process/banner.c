#include "sim/process/banner.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/hex.h"
#include "sim/base/version.h"
#include "sim/process/public_url.h"
#include "sim/services/dashboard.h"
#include "sim/services/registry.h"

static void print_hex(FILE *stream, const char *label, const uint8_t *bytes, size_t len)
{
    char digits[2 * 48 + 1] = {0};

    hex_encode(bytes, len, digits);
    fprintf(stream, "  %-14s%s\n", label, digits);
}

static void print_endpoints(FILE *stream, const struct endpoints *endpoints)
{
    struct listener_address address;
    char path[PATH_MAX];

    for (size_t i = 0; endpoints_address(endpoints, i, &address); i++) {
        const char *shown = address.url ? address.url : endpoints_path(&address, path);

        fprintf(stream, "  %-14s%s\n", i == 0 ? "Endpoints" : "", shown);
    }
}

/* The services that come with the dashboard. */
static unsigned with_dashboard(void)
{
    const struct service *service;
    unsigned set = 0;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (service_has_companion(service, &dashboard_service))
            set |= 1u << i;
    return set;
}

/* The SDKs' address must answer their calls: a listener may offer only something else. */
static void print_export(FILE *stream, const struct endpoints *endpoints)
{
    static const char dstack[] = "dstack";
    const unsigned sdks = registry_set(dstack, sizeof dstack - 1);
    struct listener_address address;
    char url[320], path[PATH_MAX];

    if (endpoints_find(endpoints, with_dashboard(), true, &address)) {
        public_url_local(address.url, url, sizeof url);
        fprintf(stream, "\n  %-14s%s/\n", "Dashboard", url);
    }
    if (endpoints_find(endpoints, sdks, true, &address)) {
        public_url_local(address.url, url, sizeof url);
        fprintf(stream, "\n  export DSTACK_SIMULATOR_ENDPOINT=%s\n", url);
    } else if (endpoints_find(endpoints, sdks, false, &address)) {
        fprintf(stream, "\n  export DSTACK_SIMULATOR_ENDPOINT=%s\n", endpoints_path(&address, path));
    }
}

/* Advisories belong to the first status, that of everything. */
static void print_statuses(FILE *stream, const struct scenario *scenario)
{
    for (size_t i = 0; i < SCENARIO_FIELDS; i++) {
        const struct scenario_field *field = &scenario_fields[i];
        size_t advisories = i == 0 ? scenario->advisory_count : 0;
        const char *status = tcb_status_name(scenario_get(scenario, field));

        if (advisories > 0)
            fprintf(stream, "  %-14s%s %s, advisories: %zu\n", "Injected", field->title, status, advisories);
        else if (scenario_get(scenario, field) != TCB_UP_TO_DATE)
            fprintf(stream, "  %-14s%s %s\n", "Injected", field->title, status);
    }
}

/* Reminds a user who left a fault set why calls fail. */
static void print_what_is_unusual(FILE *stream, const struct site *site)
{
    const struct scenario *scenario = &site->cluster->scenario;
    const struct faults *faults = site->faults;
    char line[FAULT_METHOD_BYTES + 160];

    print_statuses(stream, scenario);
    if (scenario->has_recovered)
        fprintf(stream, "  %-14sTCB that has recovered\n", "Injected");
    if (site->td->state.is_debug)
        fprintf(stream, "  %-14sTD in debug mode\n", "Injected");
    if (scenario->quote_version != QUOTE_VERSION_4)
        fprintf(stream, "  %-14sversion %s\n", "Quotes", quote_version_name(scenario->quote_version));
    for (size_t i = 0; i < faults->count; i++) {
        faults_describe(&faults->list[i], line, sizeof line);
        fprintf(stream, "  %-14s%s\n", "Injected", line);
    }
}

/* The name is untrusted: it must not contain terminal control sequences. */
static void print_name(FILE *stream, const char *name)
{
    fprintf(stream, "  %-14s", "App");
    for (; *name; name++)
        fputc((unsigned char)*name < 0x20 || *name == 0x7f ? '?' : *name, stream);
    fputc('\n', stream);
}

void banner_print(FILE *stream, const struct endpoints *endpoints, const struct site *site, uint64_t micros)
{
    const struct td *td = site->td;

    if (endpoints->options->uses_found_files)
        fputs(BANNER_FOUND_FILES
              ".\nQuotes and the OS image are computed: attestation.bin and os_image_hash are "
              "not used.\n\n",
              stream);
    fprintf(stream, "dstack-simulator %s: a simulated TDX guest agent\n\n", version_number);
    print_endpoints(stream, endpoints);
    fputc('\n', stream);
    print_name(stream, td->app.says.name);
    fprintf(stream, "  %-14sdstack %s\n", "OS image", td->image.version);
    print_hex(stream, "App id", td->identity.app_id, sizeof td->identity.app_id);
    print_hex(stream, "Compose hash", td->app.compose_hash, sizeof td->app.compose_hash);
    if (td->identity.instance_id_len)
        print_hex(stream, "Instance id", td->identity.instance_id, td->identity.instance_id_len);
    else
        fprintf(stream, "  %-14s%s\n", "Instance id", "none, as the app says: no_instance_id");
    print_what_is_unusual(stream, site);
    print_export(stream, endpoints);
    fprintf(stream,
            "\n  For development and tests only: every key is derived from a public seed and protects\n"
            "  nothing, and no production verifier may trust the root of these quotes.\n\n"
            "ready in %llu.%llu ms, stop with Ctrl-C\n",
            (unsigned long long)(micros / 1000), (unsigned long long)(micros / 100 % 10));
    fflush(stream);
}

void banner_summary(const struct endpoints *endpoints, char *text, size_t size)
{
    struct listener_address address;
    size_t count = 0;

    while (endpoints_address(endpoints, count, &address))
        count++;
    if (!endpoints_address(endpoints, 0, &address))
        snprintf(text, size, "Not serving anywhere");
    else if (count == 1)
        snprintf(text, size, "Serving %s", address.url ? address.url : address.path);
    else
        snprintf(text, size, "Serving %s and %zu more", address.url ? address.url : address.path, count - 1);
}
