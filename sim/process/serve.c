#include "sim/process/serve.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/format/json_memory.h"
#include "sim/host/process.h"
#include "sim/host/syscall_filter.h"
#include "sim/process/banner.h"
#include "sim/process/discovery.h"
#include "sim/process/descriptors.h"
#include "sim/process/health_watch.h"
#include "sim/process/hosting.h"
#include "sim/process/kms_host.h"
#include "sim/process/notices.h"
#include "sim/process/ready_file.h"
#include "sim/process/socket_files.h"
#include "sim/services/fault_names.h"
#include "sim/watch/watch.h"

#define SIGNALS 3

struct program {
    uv_loop_t loop;
    uv_signal_t signals[SIGNALS];
    uv_prepare_t before_sleep;
    struct log log;
    struct stats *stats;
    struct watch watch;
    struct service_manager manager;
    struct server *server;
    struct endpoints endpoints;
    struct hosting hosting;
    struct ready_file ready_file;
    struct discovery discovery;
    struct cluster *cluster;
    struct kms_host kms;
    struct tsm_dir *tsm;
    struct health_watch health;
    struct faults faults, faults_at_start;
    bool is_stopping;
};

/* --- the log --- */

/* Colours only for terminals that support them; see https://no-color.org. */
static bool has_colours(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDERR_FILENO) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

static void set_up_log(struct log *log, const struct options *options)
{
    *log = (struct log){
        .sink = log_sink_stderr(),
        .level = options->log_level,
        .format = options->log_format,
        .has_colour = has_colours(),
    };
}

static void on_before_sleep(uv_prepare_t *prepare)
{
    log_flush(&((struct program *)prepare->data)->log);
}

/* Log lines are written when the loop has nothing else to do. */
static void flush_log_before_sleep(struct program *program)
{
    uv_prepare_init(&program->loop, &program->before_sleep);
    program->before_sleep.data = program;
    uv_prepare_start(&program->before_sleep, on_before_sleep);
}

/* --- stopping --- */

static void on_stopped(void *data)
{
    struct program *program = data;

    for (int i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&program->signals[i], NULL);
    uv_close((uv_handle_t *)&program->before_sleep, NULL);
    health_watch_stop(&program->health);
    tsm_dir_free(program->tsm);
    service_manager_close(&program->manager);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct program *program = handle->data;

    program->is_stopping = true;
    log_write(&program->log, LOG_INFO, "%s: finishing requests in flight",
              number == SIGTERM  ? "SIGTERM"
              : number == SIGINT ? "SIGINT"
                                 : "SIGHUP");
    for (int i = 0; i < SIGNALS; i++)
        uv_signal_stop(&program->signals[i]);
    hosting_close(&program->hosting);
    service_manager_stopping(&program->manager);
    server_stop(program->server, on_stopped, program);
}

/* Shutting down the first TD ends the process; another one only stops. raise() takes effect in a
 * later iteration of the loop, after pending responses. */
static void shut_down(void *data, struct td *td)
{
    struct program *program = data;

    if (td != program->cluster->first)
        hosting_shut_down(&program->hosting, td);
    else if (uv_is_active((const uv_handle_t *)&program->signals[0])) /* not stopping already */
        raise(SIGTERM);
}

/* As nohup has it. */
static bool is_ignored(int number)
{
    struct sigaction action;

    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void watch_signals(struct program *program)
{
    static const int numbers[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

    for (int i = 0; i < SIGNALS; i++) {
        uv_signal_init(&program->loop, &program->signals[i]);
        program->signals[i].data = program;
        if (numbers[i] != SIGHUP || !is_ignored(SIGHUP))
            uv_signal_start(&program->signals[i], on_signal, numbers[i]);
    }
}

/* --- starting --- */

static int set_faults(struct program *program, const struct options *options, struct error *error)
{
    for (size_t i = 0; i < options->fault_count; i++) {
        struct fault fault = options->faults[i];

        faults_seed(&fault, &program->cluster->seed);
        if (faults_set(&program->faults, &fault, error))
            return -1;
    }
    program->faults_at_start = program->faults;
    return 0;
}

static struct site site_of(struct program *program, const struct options *options,
                           const struct inputs *inputs)
{
    return (struct site){
        .cluster = program->cluster,
        .kms = program->kms.server,
        .td = program->cluster->first,
        .faults = &program->faults,
        .faults_at_start = &program->faults_at_start,
        .check_fault = fault_names_check,
        .stats = program->stats,
        .logs_dir = options->logs_dir,
        .is_stopping = &program->is_stopping,
        .started_millis = clock_monotonic_millis(),
        .process_started = process_started(),
        .public_url = inputs->public_url,
        .shut_down = shut_down,
        .data = program,
    };
}

static int open_tsm_dir(struct program *program, const struct options *options, struct error *error)
{
    char given[OPTIONS_NAME_MAX];

    if (!options->tsm_dir)
        return 0;
    program->tsm = tsm_dir_new(&program->loop, options->tsm_dir, program->cluster, &program->log, error);
    program->endpoints.tsm = program->tsm;
    if (program->tsm)
        return 0;
    options_given_as(options, &options->tsm_dir, given);
    return error_context(error, "%s", given);
}

static int start(struct program *program, const struct options *options, struct inputs *inputs,
                 struct site *site, struct error *error)
{
    if (options->log_format == LOG_JSON && options->uses_found_files) /* else the banner says so */
        log_write(&program->log, LOG_INFO, "%s", BANNER_FOUND_FILES);
    if (endpoints_open(&program->endpoints, program->server, &program->manager, options, error))
        return -1;
    inputs_set_public_url(inputs, options, &program->endpoints);
    program->cluster = cluster_new(&inputs->cluster, error);
    if (!program->cluster || !cluster_add(program->cluster, &inputs->td, error) ||
        set_faults(program, options, error) ||
        kms_host_start(&program->kms, options, program->cluster, &program->loop, error) ||
        open_tsm_dir(program, options, error))
        return -1;
    inputs_forget_keys(inputs);
    program->endpoints.kms_tls = program->kms.tls;
    health_watch_start(&program->health, &program->loop, program->cluster, &program->log);
    *site = site_of(program, options, inputs);
    if (hosting_start(&program->hosting, inputs, site, error))
        return -1;
    endpoints_serve(&program->endpoints, site);
    discovery_write(&program->discovery, &program->endpoints, clock_seconds(&program->cluster->clock));
    return 0;
}

/* An engine of containers needs them, and its own programs may be set-user-id. */
static void give_up_system_calls(struct program *program, const struct options *options)
{
    if (options->run_containers)
        return;
    if (!syscall_filter_apply())
        log_write(&program->log, LOG_DEBUG, "this kernel does not let programs give up system calls");
}

static void log_notices(struct program *program)
{
    char sentence[NOTICES_BYTES];

    for (size_t i = 0; notices_find(program->cluster->first, i, sentence); i++)
        log_write(&program->log, LOG_WARN, "%s", sentence);
}

static void log_tsm_variables(struct program *program)
{
    char text[TSM_DIR_VARIABLE_BYTES];

    for (size_t i = 0; program->tsm && tsm_dir_variable(program->tsm, i, text); i++)
        log_write(&program->log, LOG_INFO, "tdx-attest: %s", text);
}

static void log_hidden_sockets(struct program *program, const struct options *options)
{
    char sentence[PATH_MAX + 160];

    if (socket_files_are_hidden(options, sentence, sizeof sentence))
        log_write(&program->log, LOG_INFO, "%s", sentence);
}

static int write_ready_file(struct program *program, const struct options *options, struct error *error)
{
    char given[OPTIONS_NAME_MAX];

    if (ready_file_write(&program->ready_file, options->ready_file, &program->endpoints, error) == 0)
        return 0;
    options_given_as(options, &options->ready_file, given);
    return error_context(error, "%s", given);
}

/* People get the banner; a JSON log gets a line instead. */
static void say_ready(struct program *program, const struct options *options, const struct site *site,
                      const char *status, uint64_t started)
{
    uint64_t micros = (uv_hrtime() - started) / 1000;

    if (options->log_format == LOG_JSON)
        log_write(&program->log, LOG_INFO, "ready in %llu.%llu ms: %s", (unsigned long long)(micros / 1000),
                  (unsigned long long)(micros / 100 % 10), status);
    else if (options->log_level != LOG_OFF)
        banner_print(stdout, &program->endpoints, site, micros);
}

/* A program that waits for the ready file finds in the log what there is to say of the start. The service
 * manager is notified last, because other services may start then. */
static int announce(struct program *program, const struct options *options, const struct site *site,
                    uint64_t started, struct error *error)
{
    char status[320];

    log_notices(program);
    log_tsm_variables(program);
    log_hidden_sockets(program, options);
    log_flush(&program->log);
    if (write_ready_file(program, options, error))
        return -1;
    banner_summary(&program->endpoints, status, sizeof status);
    say_ready(program, options, site, status, started);
    service_manager_ready(&program->manager, status);
    return 0;
}

/* --- running --- */

static int open_loop(struct program *program, const struct options *options, struct error *error)
{
    int result = uv_loop_init(&program->loop);

    if (result != 0)
        return error_input(error, "cannot make an event loop: %s", uv_strerror(result));
    watch_signals(program);
    flush_log_before_sleep(program);
    service_manager_attach(&program->manager, &program->loop, &program->log);
    program->stats = stats_new();
    watch_init(&program->watch, &program->log, program->stats);
    program->server = server_new(&program->loop, &program->watch.observer);
    if (options->reuse_port)
        server_share_ports(program->server);
    hosting_init(&program->hosting, &program->loop, &program->endpoints, options, &program->log);
    return 0;
}

static int close_loop(struct program *program, struct error *error)
{
    ready_file_remove(&program->ready_file);
    discovery_remove(&program->discovery);
    server_free(program->server);
    endpoints_free(&program->endpoints);
    hosting_free(&program->hosting);
    stats_free(program->stats);
    kms_host_free(&program->kms);
    cluster_free(program->cluster);
    log_flush(&program->log);
    log_free(&program->log);
    return uv_loop_close(&program->loop) == 0
               ? 0
               : error_internal(error, "the event loop still has open handles");
}

static int run(struct program *program, const struct options *options, struct inputs *inputs,
               uint64_t started, struct error *error)
{
    struct site site;
    int result;

    set_up_log(&program->log, options);
    if (open_loop(program, options, error))
        return -1;
    result = start(program, options, inputs, &site, error);
    if (result == 0) {
        give_up_system_calls(program, options);
        result = announce(program, options, &site, started, error);
    }
    if (result != 0) {
        hosting_close(&program->hosting);
        server_stop(program->server, on_stopped, program);
    }
    uv_run(&program->loop, UV_RUN_DEFAULT);
    return close_loop(program, error) ? -1 : result;
}

int serve_run(const struct options *options, struct inputs *inputs, uint64_t started, struct error *error)
{
    struct program *program = memory_zalloc(sizeof *program);
    int result;

    memory_return_large();
    json_memory_share();
    result = descriptors_prepare(error);
    if (result == 0)
        result = service_manager_init(&program->manager, error); /* before the loop has descriptors */
    if (result == 0)
        result = run(program, options, inputs, started, error);
    service_manager_free(&program->manager);
    free(program);
    return result;
}
