#include "sim/process/inputs.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "sim/app/containers.h"
#include "sim/app/docker_compose.h"
#include "sim/base/file.h"
#include "sim/base/hex.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"
#include "sim/process/public_url.h"
#include "sim/tsm/tsm_dir.h"
#include "sim/app/encrypted_env.h"
#include "sim/vmm/vm_image.h"

#define SYS_CONFIG_FILE_BYTES (1024 * 1024)
#define USER_CONFIG_FILE_BYTES (1024 * 1024)
#define GPU_INFO_FILE_BYTES (1024 * 1024)

/* An option and the file it names, for errors: "--app-keys: keys.json". */
static const char *named(struct inputs *inputs, const struct options *options, char *const *field)
{
    char name[OPTIONS_NAME_MAX];

    options_given_as(options, field, name);
    return arena_printf(&inputs->arena, "%s: %s", name, *field);
}

/* Adds only the option to an error that already names the file. */
static int error_of(const struct options *options, char *const *field, struct error *error)
{
    char name[OPTIONS_NAME_MAX];

    options_given_as(options, field, name);
    return error_context(error, "%s", name);
}

/* field: the member of *options with the file's name; does nothing if that is NULL. */
static int read_file(const struct options *options, char *const *field, size_t limit, char **data,
                     struct span *span, struct error *error)
{
    size_t len;

    if (!*field)
        return 0;
    if (file_read(*field, limit, data, &len, error))
        return error_of(options, field, error);
    *span = span_of(*data, len);
    return 0;
}

/* The same for a file that is of no use when it is empty. */
static int read_filled(const struct options *options, char *const *field, size_t limit, char **data,
                       struct span *span, struct error *error)
{
    if (read_file(options, field, limit, data, span, error))
        return -1;
    if (!*field || span->len > 0)
        return 0;
    error_input(error, "%s is empty", *field);
    return error_of(options, field, error);
}

/* GpuInfo returns a string: UTF-8 without NUL. */
static int check_text(const char *name, struct span text, struct error *error)
{
    if (text.len && (memchr(text.data, 0, text.len) || !utf8_valid(text.data, text.len)))
        return error_input(error, "%s: must be UTF-8 text", name);
    return 0;
}

static int check_directory(const struct options *options, char *const *field, struct error *error)
{
    struct stat status;

    if (!*field)
        return 0;
    if (stat(*field, &status) != 0)
        error_input(error, "%s: %s", *field, strerror(errno));
    else if (!S_ISDIR(status.st_mode))
        error_input(error, "%s is not a directory", *field);
    else
        return 0;
    return error_of(options, field, error);
}

/* It is made if there is none. */
static int check_state_dir(const struct options *options, struct error *error)
{
    struct stat status;

    if (!options->state_dir || (stat(options->state_dir, &status) != 0 && errno == ENOENT))
        return 0;
    return check_directory(options, &options->state_dir, error);
}

static int check_tsm_dir(const struct options *options, struct error *error)
{
    char path[PATH_MAX];

    if (!options->tsm_dir || tsm_dir_check(options->tsm_dir, path, error) == 0)
        return 0;
    return error_of(options, &options->tsm_dir, error);
}

static int wrap_app(struct inputs *inputs, const struct options *options, struct error *error)
{
    char *const *field = &options->docker_compose;
    const char *name = named(inputs, options, field);
    struct span file = SPAN_NONE;
    char *data = NULL;
    size_t len = 0;

    if (read_filled(options, field, APP_COMPOSE_FILE_BYTES_MAX, &data, &file, error)) {
        free(data);
        return -1;
    }
    if (containers_check(file, error) == 0)
        inputs->app_compose = docker_compose_wrap(options->name, file, &len, error);
    free(data);
    if (!inputs->app_compose)
        return error_context(error, "%s", name);
    inputs->td.app_compose_name = name;
    inputs->td.app_compose = span_of(inputs->app_compose, len);
    return 0;
}

static int check_app(const struct options *options, struct error *error)
{
    char one[OPTIONS_NAME_MAX], other[OPTIONS_NAME_MAX];

    options_given_as(options, &options->docker_compose, other);
    if (!options->docker_compose && options_is_given(options, &options->name)) {
        options_given_as(options, &options->name, one);
        return error_input(error, "%s needs %s; an app-compose file already contains a name", one, other);
    }
    if (options->docker_compose && options->app_compose) {
        options_given_as(options, &options->app_compose, one);
        return error_input(error, "%s and %s both define the app; use only one of them", one, other);
    }
    return 0;
}

static int read_app(struct inputs *inputs, const struct options *options, struct error *error)
{
    if (check_app(options, error))
        return -1;
    if (options->docker_compose)
        return wrap_app(inputs, options, error);
    if (options->app_compose)
        inputs->td.app_compose_name = named(inputs, options, &options->app_compose);
    return read_filled(options, &options->app_compose, APP_COMPOSE_FILE_BYTES_MAX, &inputs->app_compose,
                       &inputs->td.app_compose, error);
}

static int read_user_config(struct inputs *inputs, const struct options *options, struct error *error)
{
    return read_file(options, &options->user_config, USER_CONFIG_FILE_BYTES, &inputs->user_config,
                     &inputs->td.user_config, error);
}

static int read_env(struct inputs *inputs, const struct options *options, struct error *error)
{
    char *const *field = options->decrypt_env ? &options->decrypt_env : &options->encrypted_env;
    struct span file = SPAN_NONE;

    if (read_file(options, field, 2 * ENCRYPTED_ENV_BYTES_MAX, &inputs->encrypted_env, &file, error))
        return -1;
    inputs->td.encrypted_env = encrypted_env_from_file(file, &inputs->arena);
    if (*field && inputs->td.encrypted_env.len == 0)
        return error_input(error, "%s is empty; create it with the SDK's encrypt_env_vars",
                           named(inputs, options, field));
    if (*field)
        inputs->td.encrypted_env_name = named(inputs, options, field);
    return 0;
}

static int read_machine(struct inputs *inputs, const struct options *options, struct error *error)
{
    struct td_config *config = &inputs->td;

    if (read_filled(options, &options->gpu_info, GPU_INFO_FILE_BYTES, &inputs->gpu_info, &config->gpu_info,
                    error))
        return -1;
    if (options->gpu_info && check_text(named(inputs, options, &options->gpu_info), config->gpu_info, error))
        return -1;
    if (options->gpu_info)
        config->gpu_info_name = named(inputs, options, &options->gpu_info);
    if (options->sys_config)
        config->sys_config_name = named(inputs, options, &options->sys_config);
    return read_filled(options, &options->sys_config, SYS_CONFIG_FILE_BYTES, &inputs->sys_config,
                       &config->sys_config, error);
}

static int read_keys(struct inputs *inputs, const struct options *options, struct error *error)
{
    if (options->app_keys)
        inputs->td.app_keys_name = named(inputs, options, &options->app_keys);
    return read_filled(options, &options->app_keys, APP_KEYS_FILE_BYTES_MAX, &inputs->app_keys,
                       &inputs->td.app_keys, error);
}

/* The option's reader has checked it. */
static struct span read_app_id(struct inputs *inputs, const struct options *options)
{
    uint8_t *bytes;
    size_t len, bad_at;

    if (!options->app_id)
        return SPAN_NONE;
    bytes = arena_alloc(&inputs->arena, strlen(options->app_id) / 2);
    return hex_decode(options->app_id, strlen(options->app_id), bytes, &len, &bad_at) == HEX_OK
               ? span_of(bytes, len)
               : SPAN_NONE;
}

static int check_image(const struct inputs *inputs, const struct image_directory *image, struct error *error)
{
    if (!vm_image_is_name(image->name))
        return error_quote(error, "the directory's name \"", span_text(image->name),
                           "\" is not one of an image: use letters, digits, '_', '-' and '.'");
    for (size_t i = 0; &inputs->images[i] != image; i++)
        if (strcmp(inputs->images[i].name, image->name) == 0)
            return error_quote(error, "there are two images named ", span_text(image->name), "%s", "");
    return 0;
}

static int read_images(struct inputs *inputs, const struct options *options, struct error *error)
{
    char given[OPTIONS_NAME_MAX];

    inputs->images = memory_zalloc((options->images.count + 1) * sizeof *inputs->images);
    for (size_t i = 0; i < options->images.count; i++) {
        struct image_directory *image = &inputs->images[inputs->image_count++];

        if (image_directory_read(image, options->images.items[i], error) ||
            check_image(inputs, image, error)) {
            options_given_as(options, &options->images, given);
            return error_context(error, "%s", given);
        }
    }
    return 0;
}

/* Only a KMS elsewhere gives keys that are worth a file. */
static int check_kms(const struct options *options, struct error *error)
{
    char given[OPTIONS_NAME_MAX];

    if (!options->write_app_keys || options->kms_urls.count)
        return 0;
    options_given_as(options, &options->write_app_keys, given);
    return error_input(error, "%s needs --kms-url; the simulator's own KMS gives the same keys each time",
                       given);
}

/* Containers reach a TD by its sockets. */
static int find_engine(struct inputs *inputs, const struct options *options, struct error *error)
{
    char given[OPTIONS_NAME_MAX];

    if (!options->run_containers)
        return 0;
    options_given_as(options, &options->run_containers, given);
    if (!options->socket_dir)
        return error_input(error, "%s needs sockets; give --socket-dir a directory", given);
    return engine_find(&inputs->engine, error) ? error_context(error, "%s", given) : 0;
}

int inputs_read(struct inputs *inputs, const struct options *options, struct error *error)
{
    *inputs = (struct inputs){.app_compose = NULL};
    arena_init(&inputs->arena);
    cluster_config_init(&inputs->cluster);
    td_config_init(&inputs->td);
    inputs->td.is_debug = options->debug_td;
    inputs->td.os_image = os_image_embedded(options->dstack_os);
    inputs->td.leaves_mr_config_zero = options->no_mrconfigid;
    inputs->td.has_own_ca = options->kms;
    inputs->td.awaits_keys = options->kms_urls.count > 0;
    inputs->cluster.seed = options->seed;
    inputs->td.instance = options->instance;
    inputs->td.health_file = options->health_file;
    inputs->td.app_id = read_app_id(inputs, options);
    inputs->cluster.scenario = options->scenario;
    if (scenario_check(&options->scenario, error))
        return error_context(error, "--tcb-status Recovered");
    if (read_app(inputs, options, error) || read_user_config(inputs, options, error) ||
        read_keys(inputs, options, error) || read_machine(inputs, options, error) ||
        read_env(inputs, options, error) || read_images(inputs, options, error))
        return -1;
    return check_directory(options, &options->logs_dir, error) || find_engine(inputs, options, error) ||
                   check_kms(options, error) || check_state_dir(options, error) ||
                   check_tsm_dir(options, error)
               ? -1
               : 0;
}

void inputs_set_public_url(struct inputs *inputs, const struct options *options,
                           const struct endpoints *endpoints)
{
    if (options->public_url)
        snprintf(inputs->public_url, sizeof inputs->public_url, "%s", options->public_url);
    else if (endpoints)
        public_url_of(endpoints, inputs->public_url, sizeof inputs->public_url);
    else
        public_url_expected(options, inputs->public_url, sizeof inputs->public_url);
    inputs->cluster.public_url = inputs->public_url;
}

void inputs_forget_keys(struct inputs *inputs)
{
    if (inputs->app_keys)
        bytes_wipe(inputs->app_keys, inputs->td.app_keys.len);
    free(inputs->app_keys);
    inputs->app_keys = NULL;
    inputs->td.app_keys = SPAN_NONE;
}

void inputs_free(struct inputs *inputs)
{
    free(inputs->app_compose);
    inputs_forget_keys(inputs);
    free(inputs->gpu_info);
    free(inputs->user_config);
    free(inputs->encrypted_env);
    free(inputs->sys_config);
    for (size_t i = 0; i < inputs->image_count; i++)
        image_directory_free(&inputs->images[i]);
    free(inputs->images);
    arena_free(&inputs->arena);
}
