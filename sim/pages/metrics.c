#include "sim/pages/metrics.h"

#include <stdio.h>

#include "sim/base/version.h"
#include "sim/host/process.h"
#include "sim/pages/metrics_text.h"
#include "sim/rpc/openapi.h"

#define PREFIX "dstack_simulator_"

static const struct metrics_labels no_labels;

/* A family with a single sample without labels. */
static void write_one(struct buf *out, const char *name, enum metrics_type type, uint64_t value,
                      const char *help)
{
    const struct metrics_family family = {name, type, help};

    metrics_text_family(out, &family);
    metrics_text_count(out, &family, no_labels, value);
}

static void write_one_seconds(struct buf *out, const char *name, enum metrics_type type, uint64_t micros,
                              const char *help)
{
    const struct metrics_family family = {name, type, help};

    metrics_text_family(out, &family);
    metrics_text_seconds(out, &family, no_labels, micros);
}

static void write_build(struct buf *out)
{
    static const struct metrics_family family = {PREFIX "build_info", METRICS_GAUGE,
                                                 "Always 1; the labels say which version this is."};
    const struct metrics_label list[] = {{"version", version_number}, {"revision", version_rev}};

    metrics_text_family(out, &family);
    metrics_text_count(out, &family, (struct metrics_labels){list, 2}, 1);
}

/* --- requests --- */

static const char *status_label(int status, char digits[static 12])
{
    if (status == 0)
        return "dropped";
    if (status == STATS_STATUS_OTHER)
        return "other";
    snprintf(digits, 12, "%d", status);
    return digits;
}

static void write_requests(const struct stats *stats, struct buf *out)
{
    static const struct metrics_family family = {PREFIX "requests_total", METRICS_COUNTER,
                                                 "Requests by method (or page; none if the path is unknown) "
                                                 "and HTTP status (or dropped by a fault, or other "
                                                 "if a method has had too many different ones)."};
    const struct stats_method *method;

    metrics_text_family(out, &family);
    for (size_t i = 0; (method = stats_method_at(stats, i)); i++) {
        for (size_t k = 0; k < method->status_count; k++) {
            char digits[12];
            const struct metrics_label list[] = {
                {"method", method->name},
                {"status", status_label(method->statuses[k].status, digits)},
            };

            metrics_text_count(out, &family, (struct metrics_labels){list, 2}, method->statuses[k].count);
        }
    }
}

static void write_durations(const struct stats *stats, struct buf *out)
{
    static const struct metrics_family family = {PREFIX "request_duration_seconds", METRICS_HISTOGRAM,
                                                 "Time from a complete request until its response is passed "
                                                 "to the system, including delays by a fault."};
    const struct stats_method *method;

    metrics_text_family(out, &family);
    for (size_t i = 0; (method = stats_method_at(stats, i)); i++) {
        const struct metrics_label label = {"method", method->name};
        const struct metrics_histogram histogram = {stats_bounds, method->buckets, STATS_BUCKETS,
                                                    method->micros};

        metrics_text_histogram(out, &family, (struct metrics_labels){&label, 1}, &histogram);
    }
}

static void write_ignored(const struct stats *stats, struct buf *out)
{
    static const struct metrics_family family = {
        PREFIX "ignored_members_total", METRICS_COUNTER,
        "Members of requests that were ignored because the method does not have them, with the known "
        "member that each may have meant. Those without a name have no label member."};
    const struct stats_ignored *ignored;

    metrics_text_family(out, &family);
    for (size_t i = 0; (ignored = stats_ignored_at(stats, i)); i++) {
        const struct metrics_label list[] = {
            {"method", ignored->method},
            {"member", ignored->member},
            {"nearest", ignored->nearest ? ignored->nearest : ""},
        };
        const size_t count = ignored->nearest ? 3 : *ignored->member ? 2 : 1;

        metrics_text_count(out, &family, (struct metrics_labels){list, count}, ignored->count);
    }
}

/* --- state --- */

static void write_state(const struct site *site, struct buf *out)
{
    const struct td *td = site->td;

    write_one(out, PREFIX "connections_open", METRICS_GAUGE, stats_connections_open(site->stats),
              "Clients connected now.");
    write_one(out, PREFIX "connections_total", METRICS_COUNTER, stats_connections_total(site->stats),
              "Clients that have connected so far.");
    write_one(out, PREFIX "events", METRICS_GAUGE, td->state.log.count,
              "Events in the event log, including those of the boot.");
    write_one(out, PREFIX "events_emitted_total", METRICS_COUNTER, td->emitted,
              "Events that EmitEvent has added, including those undone since.");
    write_one(out, PREFIX "reverts_total", METRICS_COUNTER, td->reverts,
              "How often Reset or Revert restored an earlier state of the TD.");
    write_one(out, PREFIX "faults_set", METRICS_GAUGE, site->faults->count, "Injected faults that are set.");
}

/* Omits what cannot be read. */
static void write_process(const struct site *site, struct buf *out)
{
    struct host_process process;

    process_read(&process);
    write_one_seconds(out, "process_cpu_seconds_total", METRICS_COUNTER, process.cpu_micros,
                      "User and system CPU time spent.");
    if (site->process_started > 0)
        write_one_seconds(out, "process_start_time_seconds", METRICS_GAUGE,
                          (uint64_t)site->process_started * 1000,
                          "Start time of the process since the Unix epoch.");
    if (process.resident_bytes)
        write_one(out, "process_resident_memory_bytes", METRICS_GAUGE, process.resident_bytes,
                  "Resident memory.");
    if (process.virtual_bytes)
        write_one(out, "process_virtual_memory_bytes", METRICS_GAUGE, process.virtual_bytes,
                  "Virtual memory.");
    if (process.open_fds)
        write_one(out, "process_open_fds", METRICS_GAUGE, process.open_fds, "Open file descriptors.");
    if (process.max_fds)
        write_one(out, "process_max_fds", METRICS_GAUGE, process.max_fds,
                  "Maximum number of open file descriptors.");
}

void metrics_write(const struct site *site, struct buf *out)
{
    write_build(out);
    write_requests(site->stats, out);
    write_durations(site->stats, out);
    write_ignored(site->stats, out);
    write_state(site, out);
    write_process(site, out);
}

static void serve(const void *context, struct exchange *exchange)
{
    exchange->response.content_type = METRICS_TEXT_TYPE;
    metrics_write(context, exchange->response.body);
}

void metrics_add(const struct site *site, struct router *router)
{
    static const struct openapi_page description = {
        .summary = "Metrics of requests and of the process, for Prometheus", .types = METRICS_TEXT_TYPE};
    const struct router_page page = {
        .path = "/metrics", .serve = serve, .context = site, .is_background = true, .openapi = &description};

    router_add_page(router, &page);
}
