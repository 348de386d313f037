#include "sim/client/commands.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/app/app.h"
#include "sim/app/docker_compose.h"
#include "sim/base/file.h"
#include "sim/base/value_count.h"
#include "sim/client/vmm_client.h"

#define SOCKET "vmm.sock"
#define VCPUS 1
#define MEMORY_MB 2048
#define DISK_GB 20
#define BOOT_SECONDS 60
#define PAUSE_NANOSECONDS 5000000
#define LINES "10000"
#define VM_NAME_ROOM 256
#define VM_ID_ROOM 64

/* Where the simulator is that runs. */
struct running {
    char directory[PATH_MAX]; /* of the sockets, absolute */
    char socket[PATH_MAX + sizeof SOCKET + 1];
    struct vmm_client client;
};

static int find_running(const struct options *options, struct running *running, struct error *error)
{
    if (!options->socket_dir)
        return error_input(error,
                           "this needs the socket " SOCKET " of a running simulator: give --socket-dir");
    if (!realpath(options->socket_dir, running->directory))
        return error_input(error, "--socket-dir %s does not exist", options->socket_dir);
    snprintf(running->socket, sizeof running->socket, "%s/" SOCKET, running->directory);
    running->client = (struct vmm_client){running->socket, options->vmm_token};
    return 0;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* --- deploy --- */

/* The last part of a path without its extension, as a name. */
static void name_after(const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/'), *dot;

    snprintf(name, size, "%s", slash ? slash + 1 : path);
    dot = strrchr(name, '.');
    if (dot && dot > name)
        name[dot - name] = '\0';
}

/* The app-compose of a file, which may be one, or a docker-compose file. Sets the app's name. */
static char *read_compose(const struct options *options, const char *path, char *name, size_t size,
                          struct error *error)
{
    char *text, *compose;
    json_t *parsed;
    size_t len;

    if (file_read(path, APP_COMPOSE_FILE_BYTES_MAX, &text, &len, error))
        return NULL;
    parsed = value_count_allows_json(span_of(text, len)) ? json_loadb(text, len, 0, NULL) : NULL;
    name_after(path, name, size);
    if (json_is_object(parsed) && text_of(parsed, "name")[0])
        snprintf(name, size, "%s", text_of(parsed, "name"));
    if (options_is_given(options, &options->name))
        snprintf(name, size, "%s", options->name);
    if (json_is_object(parsed)) {
        json_decref(parsed);
        return text;
    }
    json_decref(parsed);
    compose = docker_compose_wrap(name, span_of(text, len), &len, error);
    free(text);
    if (!compose)
        error_context(error, "%s", path);
    return compose;
}

static json_t *first_image(const struct vmm_client *client, struct error *error)
{
    json_t *list = vmm_client_call(client, "ListImages", NULL, error), *image = NULL;

    if (list)
        image = json_string(text_of(json_array_get(json_object_get(list, "images"), 0), "name"));
    json_decref(list);
    return image;
}

/* Waits for the end of the boot. Returns what the VMM shows, or NULL with an error. */
static json_t *await_boot(const struct vmm_client *client, const char *id, struct error *error)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NANOSECONDS};
    const time_t end = time(NULL) + BOOT_SECONDS;

    while (time(NULL) < end) {
        json_t *answer = vmm_client_call(client, "GetInfo", json_pack("{s:s}", "id", id), error);
        json_t *info = json_incref(json_object_get(answer, "info"));

        json_decref(answer);
        if (!info)
            return NULL;
        if (text_of(info, "boot_error")[0])
            error_input(error, "%s does not boot: %s", id, text_of(info, "boot_error"));
        else if (strcmp(text_of(info, "boot_progress"), "done") == 0)
            return info;
        json_decref(info);
        if (error->kind)
            return NULL;
        nanosleep(&pause, NULL);
    }
    error_input(error, "%s has not booted within %d seconds", id, BOOT_SECONDS);
    return NULL;
}

static void print_deployed(const struct running *running, const json_t *info)
{
    const char *id = text_of(info, "id");

    printf("VM           %s\nName         %s\nApp id       %s\nInstance id  %s\nSocket       "
           "%s/vms/%s/dstack.sock\n\nexport DSTACK_SIMULATOR_ENDPOINT=%s/vms/%s/dstack.sock\n",
           id, text_of(info, "name"), text_of(info, "app_id"), text_of(info, "instance_id"),
           running->directory, id, running->directory, id);
}

static int deploy(const struct options *options, const struct running *running, struct error *error)
{
    char name[VM_NAME_ROOM], *compose;
    json_t *image, *created = NULL, *info = NULL;

    compose = read_compose(options, options->command_argument, name, sizeof name, error);
    image = compose ? first_image(&running->client, error) : NULL;
    if (image)
        created = vmm_client_call(&running->client, "CreateVm",
                                  json_pack("{s:s, s:o, s:s, s:i, s:i, s:i}", "name", name, "image", image,
                                            "compose_file", compose, "vcpu", VCPUS, "memory", MEMORY_MB,
                                            "disk_size", DISK_GB),
                                  error);
    if (created)
        info = await_boot(&running->client, text_of(created, "id"), error);
    if (info)
        print_deployed(running, info);
    json_decref(info);
    json_decref(created);
    free(compose);
    return error->kind ? -1 : 0;
}

/* --- ps, logs, rm --- */

static int list(const struct running *running, struct error *error)
{
    json_t *status = vmm_client_call(&running->client, "Status", json_pack("{s:b}", "brief", 1), error);
    const json_t *vms = json_object_get(status, "vms");

    if (!status)
        return -1;
    printf("%-36s  %-9s  %-12s  %-40s  %s\n", "VM", "STATUS", "UPTIME", "APP ID", "NAME");
    for (size_t i = 0; i < json_array_size(vms); i++) {
        const json_t *vm = json_array_get(vms, i);

        printf("%-36s  %-9s  %-12s  %-40s  %s\n", text_of(vm, "id"), text_of(vm, "status"),
               text_of(vm, "uptime"), text_of(vm, "app_id"), text_of(vm, "name"));
    }
    json_decref(status);
    return 0;
}

/* An id, its beginning, or a name, which must mean one VM. */
static bool is_meant(const json_t *vm, const char *given)
{
    return strncmp(text_of(vm, "id"), given, strlen(given)) == 0 || strcmp(text_of(vm, "name"), given) == 0;
}

static int find_vm(const struct running *running, const char *given, char id[static VM_ID_ROOM],
                   struct error *error)
{
    json_t *status = vmm_client_call(&running->client, "Status", json_pack("{s:b}", "brief", 1), error);
    const json_t *vms = json_object_get(status, "vms");
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(vms); i++)
        if (is_meant(json_array_get(vms, i), given)) {
            snprintf(id, VM_ID_ROOM, "%s", text_of(json_array_get(vms, i), "id"));
            count++;
        }
    if (status && count == 0)
        error_input(error, "there is no VM %.100s; ps lists those there are", given);
    if (count > 1)
        error_input(error, "%.100s means %zu VMs; give the whole id", given, count);
    json_decref(status);
    return error->kind ? -1 : 0;
}

static int show_log(const struct options *options, const struct running *running, struct error *error)
{
    char id[VM_ID_ROOM], target[VM_ID_ROOM + 64];

    if (find_vm(running, options->command_argument, id, error))
        return -1;
    snprintf(target, sizeof target, "/logs?id=%s&lines=" LINES "%s", id,
             options->follow ? "&follow=true" : "");
    return vmm_client_copy(&running->client, target, options->follow, stdout, error);
}

static int remove_vm(const struct options *options, const struct running *running, struct error *error)
{
    char id[VM_ID_ROOM];
    json_t *answer;

    if (find_vm(running, options->command_argument, id, error))
        return -1;
    answer = vmm_client_call(&running->client, "RemoveVm", json_pack("{s:s}", "id", id), error);
    json_decref(answer);
    if (answer)
        printf("%s\n", id);
    return answer ? 0 : -1;
}

bool commands_are_asked_for(const struct options *options)
{
    return options->command >= OPTIONS_COMMAND_DEPLOY;
}

int commands_run(const struct options *options, struct error *error)
{
    struct running running;

    if (find_running(options, &running, error))
        return -1;
    switch (options->command) {
    case OPTIONS_COMMAND_DEPLOY:
        return deploy(options, &running, error);
    case OPTIONS_COMMAND_PS:
        return list(&running, error);
    case OPTIONS_COMMAND_LOGS:
        return show_log(options, &running, error);
    case OPTIONS_COMMAND_RM:
        return remove_vm(options, &running, error);
    case OPTIONS_COMMAND_NONE:
    case OPTIONS_COMMAND_DECRYPT_ENV:
        break;
    }
    return error_internal(error, "this is not a command of the VMM");
}
