/* The process: options, set-up, signals, tear-down. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "sim/base/version.h"
#include "sim/cli/healthcheck.h"
#include "sim/process/banner.h"
#include "sim/process/endpoints.h"
#include "sim/process/inputs.h"
#include "sim/process/ready_file.h"
#include "sim/process/service_manager.h"
#include "sim/watch/watch.h"
#include "sim/td/encrypted_env.h"

#define EXIT_USAGE 2 /* a bad option, file or address */
#define LOG_BUFFER_BYTES 65536

struct simulator {
    uv_loop_t loop;
    uv_signal_t signals[2];
    struct service_manager manager;
    uv_prepare_t before_sleep;
    struct stats *stats;
    struct watch watch;
    struct server *server;
    struct endpoints endpoints;
    struct ready_file ready_file;
    struct services services;
    struct td *td;
    struct log log;
};

static int fail(const struct error *error)
{
    fprintf(stderr, "dstack-simulator: %s\n", error->text);
    return EXIT_USAGE;
}

/* What was asked for is on stdout; a full disk there must not pass for success. */
static int finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    fprintf(stderr, "dstack-simulator: cannot write to stdout: %s\n", strerror(errno));
    return EXIT_FAILURE;
}

/* Many clients need many descriptors; the system's own limit stays. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Only a terminal is shown colours, and only one that can (https://no-color.org). */
static bool wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDERR_FILENO) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

static void set_up_log(struct log *log, const struct options *options)
{
    setvbuf(stderr, NULL, _IOFBF, LOG_BUFFER_BYTES);
    *log = (struct log){
        .stream = stderr,
        .level = options->log_level,
        .format = options->log_format,
        .colour = wants_colour(),
    };
}

/* --- stopping --- */

static void on_stopped(void *data)
{
    struct simulator *simulator = data;

    for (int i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&simulator->signals[i], NULL);
    uv_close((uv_handle_t *)&simulator->before_sleep, NULL);
    service_manager_close(&simulator->manager);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct simulator *simulator = handle->data;

    simulator->services.health.is_stopping = true;
    log_write(&simulator->log, LOG_INFO, "%s: finishing what is in flight",
              number == SIGTERM ? "SIGTERM" : "SIGINT");
    for (int i = 0; i < 2; i++)
        uv_signal_stop(&simulator->signals[i]);
    service_manager_stopping(&simulator->manager);
    server_stop(simulator->server, on_stopped, simulator);
}

/* From a handler: takes effect in the loop's next turn, when its answer is out. */
static void ask_to_stop(void *data)
{
    const struct simulator *simulator = data;

    if (uv_is_active((const uv_handle_t *)&simulator->signals[0])) /* else it is stopping already */
        raise(SIGTERM);
}

static void watch_signals(struct simulator *simulator)
{
    static const int numbers[2] = {SIGTERM, SIGINT};

    for (int i = 0; i < 2; i++) {
        uv_signal_init(&simulator->loop, &simulator->signals[i]);
        simulator->signals[i].data = simulator;
        uv_signal_start(&simulator->signals[i], on_signal, numbers[i]);
    }
}

static void on_before_sleep(uv_prepare_t *prepare)
{
    log_flush(&((struct simulator *)prepare->data)->log);
}

/* Lines of the log are written out when the loop has nothing else to do. */
static void flush_log_before_sleep(struct simulator *simulator)
{
    uv_prepare_init(&simulator->loop, &simulator->before_sleep);
    simulator->before_sleep.data = simulator;
    uv_prepare_start(&simulator->before_sleep, on_before_sleep);
}

/* --- starting --- */

/* Opens the listeners and boots the TD behind them. */
static int start(struct simulator *simulator, const struct options *options, struct inputs *inputs,
                 struct error *error)
{
    struct services_config config;

    if (endpoints_open(&simulator->endpoints, simulator->server, &simulator->manager, options, error))
        return -1;
    if (!options->public_url) {
        endpoints_public_url(&simulator->endpoints, inputs->public_url, sizeof inputs->public_url);
        inputs->config.public_url = inputs->public_url;
    }
    simulator->td = td_new(&inputs->config, error);
    if (!simulator->td)
        return -1;
    config = (struct services_config){
        .logs_dir = options->logs_dir,
        .faults = options->faults.items,
        .fault_count = options->faults.count,
        .no_control = options->no_control,
        .stats = simulator->stats,
        .shutdown = ask_to_stop,
        .data = simulator,
    };
    if (services_init(&simulator->services, simulator->td, &config, error))
        return -1;
    endpoints_serve(&simulator->endpoints, &simulator->services);
    return ready_file_write(&simulator->ready_file, options->ready_file, &simulator->endpoints, error);
}

/* People get the banner; where machines read the log, one line of it says the same. The
 * service manager is told last, when whoever waits for it finds everything there. */
static void announce(struct simulator *simulator, const struct options *options, uint64_t started)
{
    uint64_t micros = (uv_hrtime() - started) / 1000;
    char status[320];

    endpoints_status(&simulator->endpoints, status, sizeof status);
    if (options->log_format == LOG_JSON)
        log_write(&simulator->log, LOG_INFO, "ready in %llu.%llu ms: %s", (unsigned long long)(micros / 1000),
                  (unsigned long long)(micros / 100 % 10), status);
    else if (options->log_level != LOG_OFF)
        banner_print(stdout, &simulator->endpoints, simulator->td, &simulator->services.faults, micros);
    service_manager_ready(&simulator->manager, status);
}

/* From start to end, with the loop in between. */
static int run_loop(struct simulator *simulator, const struct options *options, struct inputs *inputs,
                    uint64_t started)
{
    struct error error = {.kind = ERROR_NONE};
    int result = 0;

    uv_loop_init(&simulator->loop);
    watch_signals(simulator);
    flush_log_before_sleep(simulator);
    service_manager_attach(&simulator->manager, &simulator->loop, &simulator->log);
    simulator->stats = stats_new();
    watch_init(&simulator->watch, &simulator->log, simulator->stats);
    simulator->server = server_new(&simulator->loop, &simulator->watch.observer);
    if (start(simulator, options, inputs, &error)) {
        result = fail(&error);
        server_stop(simulator->server, on_stopped, simulator);
    } else {
        announce(simulator, options, started);
    }
    uv_run(&simulator->loop, UV_RUN_DEFAULT);
    ready_file_remove(&simulator->ready_file);
    server_free(simulator->server);
    stats_free(simulator->stats);
    endpoints_free(&simulator->endpoints);
    services_free(&simulator->services);
    td_free(simulator->td);
    if (uv_loop_close(&simulator->loop) != 0)
        result = EXIT_FAILURE;
    log_flush(&simulator->log);
    return result;
}

static int serve(const struct options *options, struct inputs *inputs, uint64_t started)
{
    struct simulator *simulator = calloc(1, sizeof *simulator);
    struct error error = {.kind = ERROR_NONE};
    int result;

    if (!simulator)
        return EXIT_FAILURE;
    raise_descriptor_limit();
    set_up_log(&simulator->log, options);
    if (service_manager_init(&simulator->manager, &error)) /* before the loop has descriptors */
        result = fail(&error);
    else
        result = run_loop(simulator, options, inputs, started);
    service_manager_free(&simulator->manager);
    free(simulator);
    return result;
}

/* --- what needs no server --- */

static int print_env(const struct td *td)
{
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct buf lines;
    struct env env;
    int result;

    arena_init(&arena);
    buf_init(&lines, SIZE_MAX);
    result =
        encrypted_env_decrypt(td, span_of(td->encrypted_env, td->encrypted_env_len), &arena, &env, &error);
    if (result == 0)
        env_write_shell(&env, &lines);
    fwrite(lines.data, 1, lines.len, stdout);
    buf_free(&lines);
    arena_free(&arena);
    return result ? fail(&error) : finish_output();
}

static int inspect(const struct options *options, struct inputs *inputs)
{
    struct error error = {.kind = ERROR_NONE};
    struct td *td;
    int result = 0;

    if (!options->public_url) {
        endpoints_expected_url(options, inputs->public_url, sizeof inputs->public_url);
        inputs->config.public_url = inputs->public_url;
    }
    td = td_new(&inputs->config, &error);
    if (!td)
        return fail(&error);
    if (options->decrypt_env)
        result = print_env(td);
    else if (options->print_root_ca)
        fputs(td->platform.root.pem, stdout);
    else
        puts("options and files are fine");
    td_free(td);
    return result ? result : finish_output();
}

static void print_warnings(const struct options *options)
{
    for (size_t i = 0; i < options->warnings.count; i++)
        fprintf(stderr, "dstack-simulator: %s\n", options->warnings.items[i]);
}

static int run(const struct options *options, uint64_t started)
{
    struct error error = {.kind = ERROR_NONE};
    struct inputs inputs;
    int result;

    print_warnings(options);
    if (options->print_config) {
        options_config(stdout, options);
        return finish_output();
    }
    if (options->healthcheck)
        return healthcheck_run(options, &error) ? fail(&error), EXIT_FAILURE : 0;
    if (inputs_read(&inputs, options, &error))
        result = fail(&error);
    else if (options->check || options->print_root_ca || options->decrypt_env)
        result = inspect(options, &inputs);
    else
        result = serve(options, &inputs, started);
    inputs_free(&inputs);
    return result;
}

/* Texts about the program; no setting matters to them. */
static int print_text(const struct options *options)
{
    if (options->help)
        options_help(stdout);
    else if (options->version)
        printf("dstack-simulator %s (%s)\n", version_number, version_rev);
    else if (options->man)
        options_man(stdout);
    else
        options_completion(stdout, options->completion);
    return finish_output();
}

int main(int argc, char *argv[], char *envp[])
{
    uint64_t started = uv_hrtime();
    struct error error = {.kind = ERROR_NONE};
    struct options options;
    int result;

    options_init(&options);
    if (options_parse(&options, argc, argv, envp, &error))
        result = fail(&error);
    else if (options_wants_text(&options))
        result = print_text(&options);
    else
        result = run(&options, started);
    options_free(&options);
    return result;
}
