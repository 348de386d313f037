#include "sim/engine/engine_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/json_text.h"

#define DIRECTORY_MODE 0700
#define FILE_MODE 0600
#define PLACE "/var/run/" /* where an app finds the sockets */

static int write_all(int fd, struct span data)
{
    while (data.len > 0) {
        ssize_t written = write(fd, data.data, data.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        data = span_of(data.data + written, data.len - (size_t)written);
    }
    return 0;
}

static int write_file(const char *path, struct span data, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE), result;

    if (fd < 0)
        return error_input(error, "cannot write %s: %s", path, strerror(errno));
    result = write_all(fd, data);
    if (result)
        error_input(error, "cannot write %s: %s", path, strerror(errno));
    close(fd);
    return result;
}

/* In single quotes everything but those stands for itself. */
static void append_env(const struct env *env, struct buf *out)
{
    for (size_t i = 0; i < env->count; i++) {
        buf_append_text(out, env->vars[i].key);
        buf_append_text(out, "='");
        for (const char *at = env->vars[i].value; *at; at++) {
            if (*at == '\'')
                buf_append_byte(out, '\\');
            buf_append_byte(out, (uint8_t)*at);
        }
        buf_append_text(out, "'\n");
    }
}

static void append_mount(const char *sockets, const char *name, char separator, struct buf *out)
{
    struct buf path;

    buf_init(&path, SIZE_MAX);
    buf_printf(&path, "%s/%s", sockets, name);
    buf_append_byte(out, (uint8_t)separator);
    json_text_member(out, '{', "type", "bind");
    json_text_key(out, ',', "source");
    json_text_string(out, (const char *)path.data, path.len);
    buf_reset(&path);
    buf_printf(&path, PLACE "%s", name);
    json_text_key(out, ',', "target");
    json_text_string(out, (const char *)path.data, path.len);
    buf_append_byte(out, '}');
    buf_free(&path);
}

/* JSON, which is YAML, too. A mount takes the place of the file's own one with the same target. */
static void append_override(const char *sockets, const struct app *app, struct arena *arena, struct buf *out)
{
    struct container *containers;
    size_t count = containers_list(app, arena, &containers);

    buf_append_text(out, "{\"services\":{");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        json_text_string(out, containers[i].service, strlen(containers[i].service));
        buf_append_text(out, ":{\"volumes\":");
        append_mount(sockets, "dstack.sock", '[', out);
        append_mount(sockets, "tappd.sock", ',', out);
        buf_append_text(out, "]}");
    }
    buf_append_text(out, "}}\n");
}

static int write_files(const struct engine_files *files, const char *sockets, const struct app *app,
                       const struct env *env, struct error *error)
{
    struct buf override, variables;
    struct arena arena;
    int result;

    arena_init(&arena);
    buf_init(&override, SIZE_MAX);
    buf_init(&variables, SIZE_MAX);
    append_override(sockets, app, &arena, &override);
    append_env(env, &variables);
    result = write_file(files->compose, span_text(app->says.docker_compose_file), error) ||
                     write_file(files->override, buf_span(&override), error) ||
                     write_file(files->env, buf_span(&variables), error)
                 ? -1
                 : 0;
    buf_free(&override);
    buf_free(&variables);
    arena_free(&arena);
    return result;
}

int engine_files_write(struct engine_files *files, const char *sockets, const struct app *app,
                       const struct env *env, struct error *error)
{
    snprintf(files->directory, sizeof files->directory, "%s/" ENGINE_FILES_DIRECTORY, sockets);
    snprintf(files->compose, sizeof files->compose, "%s/docker-compose.yaml", files->directory);
    snprintf(files->override, sizeof files->override, "%s/override.json", files->directory);
    snprintf(files->env, sizeof files->env, "%s/.env", files->directory);
    if (mkdir(files->directory, DIRECTORY_MODE) != 0 && errno != EEXIST)
        return error_input(error, "cannot create the directory %s: %s", files->directory, strerror(errno));
    return write_files(files, sockets, app, env, error);
}

void engine_files_remove(const struct engine_files *files)
{
    unlink(files->compose);
    unlink(files->override);
    unlink(files->env);
    rmdir(files->directory);
}
