/* Prints a text about the program, checks or shows its settings, or serves. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "sim/base/version.h"
#include "sim/cli/healthcheck.h"
#include "sim/cli/options_completion.h"
#include "sim/cli/options_config.h"
#include "sim/cli/options_help.h"
#include "sim/cli/options_man.h"
#include "sim/client/commands.h"
#include "sim/process/descriptors.h"
#include "sim/process/exit_status.h"
#include "sim/process/notices.h"
#include "sim/process/serve.h"

static int fail(const struct error *error)
{
    fprintf(stderr, "dstack-simulator: %s\n", error->text);
    return exit_status_of(error);
}

/* A failed write to stdout, such as on a full disk, must not count as success. */
static int finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    fprintf(stderr, "dstack-simulator: cannot write to stdout: %s\n", strerror(errno));
    return EXIT_FAILURE;
}

/* --- commands that need no server --- */

static int print_env(const struct td *td)
{
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct buf lines;
    struct env env;
    int result;

    arena_init(&arena);
    buf_init(&lines, SIZE_MAX);
    result = td_env_decrypt(&td->env, td->env.encrypted, &arena, &env, &error);
    if (result == 0)
        env_write_shell(&env, &lines);
    for (size_t i = 0; result == 0 && i < env.dropped_count; i++)
        fprintf(stderr, "dstack-simulator: %s is not in the app's allowed_envs, so the app does not get it\n",
                env.dropped[i]);
    fwrite(lines.data, 1, lines.len, stdout);
    buf_free(&lines);
    arena_free(&arena);
    return result ? fail(&error) : finish_output();
}

static void print_notices(const struct td *td)
{
    char sentence[NOTICES_BYTES];

    for (size_t i = 0; notices_find(td, i, sentence); i++)
        fprintf(stderr, "dstack-simulator: %s\n", sentence);
}

static int inspect(const struct options *options, struct inputs *inputs)
{
    struct error error = {.kind = ERROR_NONE};
    struct cluster *cluster;
    struct td *td = NULL;
    int result = 0;

    inputs_set_public_url(inputs, options, NULL);
    cluster = cluster_new(&inputs->cluster, &error);
    if (cluster)
        td = cluster_add(cluster, &inputs->td, &error);
    if (!td)
        result = fail(&error);
    else if (options->decrypt_env)
        result = print_env(td);
    else if (options->print_root_ca)
        fputs(cluster->platform.root.pem, stdout);
    else
        puts("options and files are valid");
    if (td && options->check)
        print_notices(td);
    cluster_free(cluster);
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
    if (commands_are_asked_for(options))
        return commands_run(options, &error) ? fail(&error) : finish_output();
    if (options->healthcheck.address)
        return healthcheck_run(&options->healthcheck, &error) ? fail(&error), EXIT_FAILURE : 0;
    if (inputs_read(&inputs, options, &error))
        result = fail(&error);
    else if (options->check || options->print_root_ca || options->decrypt_env)
        result = inspect(options, &inputs);
    else
        result = serve_run(options, &inputs, started, &error) ? fail(&error) : 0;
    inputs_free(&inputs);
    return result;
}

/* Texts about the program, independent of its settings. */
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

    descriptors_occupy_standard();
    options_init(&options);
    if (options_parse(&options, argc, argv, envp, &error))
        result = fail(&error);
    else if (options_asks_for_text(&options))
        result = print_text(&options);
    else
        result = run(&options, started);
    options_free(&options);
    return result;
}
