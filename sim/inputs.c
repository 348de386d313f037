#include "sim/inputs.h"

#include <stdlib.h>

#include "sim/base/file.h"
#include "sim/base/utf8.h"
#include "sim/td/docker_compose.h"
#include "sim/td/encrypted_env.h"

#define DEFAULT_NAME "app"
#define SYS_CONFIG_FILE_BYTES (1024 * 1024)
#define GPU_INFO_FILE_BYTES (1024 * 1024)

static int read_file(const char *path, size_t limit, char **data, struct span *span, struct error *error)
{
    size_t len;

    if (!path)
        return 0;
    if (file_read(path, limit, data, &len, error))
        return -1;
    *span = span_of(*data, len);
    return 0;
}

/* GpuInfo answers with a string, which holds no NUL and nothing but UTF-8. */
static int check_text(const char *path, struct span text, struct error *error)
{
    if (text.len && (memchr(text.data, 0, text.len) || !utf8_valid(text.data, text.len)))
        return error_input(error, "%s: must be UTF-8 text", path);
    return 0;
}

static int read_scenario(const struct options *options, struct scenario *scenario, struct error *error)
{
    scenario->debug_td = options->debug_td;
    if (options->tcb_status && scenario_set_status(scenario, options->tcb_status, error))
        return error_context(error, "--tcb-status");
    for (size_t i = 0; i < options->advisories.count; i++)
        if (scenario_add_advisory(scenario, options->advisories.items[i], error))
            return error_context(error, "--advisory");
    return 0;
}

/* The app is an app-compose file, or a docker-compose file that is wrapped into one. */
static int read_app(struct inputs *inputs, const struct options *options, struct error *error)
{
    struct span *compose = &inputs->config.app_compose;
    char *file = NULL;
    size_t len;

    if (!options->docker_compose && options->name)
        return error_input(error, "--name goes with --docker-compose; an app-compose file has its own name");
    if (!options->docker_compose)
        return read_file(options->app_compose, APP_COMPOSE_FILE_BYTES, &inputs->app_compose, compose, error);
    if (options->app_compose)
        return error_input(error, "--app-compose and --docker-compose both say what the app is; give one of them");
    inputs->config.app_compose_name = options->docker_compose;
    if (file_read(options->docker_compose, APP_COMPOSE_FILE_BYTES, &file, &len, error))
        return -1;
    inputs->app_compose = docker_compose_wrap(options->name ? options->name : DEFAULT_NAME, span_of(file, len), &len,
                                              error);
    free(file);
    if (!inputs->app_compose)
        return error_context(error, "%s", options->docker_compose);
    *compose = span_of(inputs->app_compose, len);
    return 0;
}

static int read_env(struct inputs *inputs, const char *path, struct error *error)
{
    struct span file = NO_SPAN;

    if (read_file(path, 2 * ENCRYPTED_ENV_BYTES, &inputs->encrypted_env, &file, error))
        return -1;
    inputs->config.encrypted_env = encrypted_env_from_file(file, &inputs->arena);
    if (path && inputs->config.encrypted_env.len == 0)
        return error_input(error, "%s is empty; the SDKs' encrypt_env_vars makes what belongs there", path);
    return 0;
}

int inputs_read(struct inputs *inputs, const struct options *options, struct error *error)
{
    *inputs = (struct inputs){.app_compose = NULL};
    arena_init(&inputs->arena);
    td_config_init(&inputs->config);
    if (options->seed)
        inputs->config.seed = options->seed;
    if (options->public_url)
        inputs->config.public_url = options->public_url;
    if (read_scenario(options, &inputs->config.scenario, error))
        return -1;
    if (options->app_compose)
        inputs->config.app_compose_name = options->app_compose;
    if (options->app_keys)
        inputs->config.app_keys_name = options->app_keys;
    if (options->sys_config)
        inputs->config.sys_config_name = options->sys_config;
    if (options->instance)
        inputs->config.instance = options->instance;
    if (read_app(inputs, options, error) ||
        read_file(options->app_keys, APP_KEYS_FILE_BYTES, &inputs->app_keys, &inputs->config.app_keys, error) ||
        read_file(options->gpu_info, GPU_INFO_FILE_BYTES, &inputs->gpu_info, &inputs->config.gpu_info, error) ||
        read_file(options->sys_config, SYS_CONFIG_FILE_BYTES, &inputs->sys_config, &inputs->config.sys_config, error) ||
        read_env(inputs, options->decrypt_env ? options->decrypt_env : options->encrypted_env, error))
        return -1;
    return check_text(options->gpu_info, inputs->config.gpu_info, error);
}

void inputs_free(struct inputs *inputs)
{
    free(inputs->app_compose);
    free(inputs->app_keys);
    free(inputs->gpu_info);
    free(inputs->encrypted_env);
    free(inputs->sys_config);
    arena_free(&inputs->arena);
}
