#include "sim/process/hosting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/image/os_image.h"
#include "sim/process/descriptors.h"
#include "sim/process/socket_files.h"
#include "sim/process/socket_name.h"
#include "sim/process/vm_sockets.h"
#include "sim/vmm/vm_url.h"
#include "sim/vmm/vmm.h"

#define PORT_SERVICES "worker"
#define CONTROL_SERVICES "guest,simulator"
#define TD_SERVICES "dstack,tappd,worker,guest,simulator"

/* --- sockets --- */

static void remove_directory(const struct hosting *hosting, const struct vm *vm)
{
    if (hosting->options->socket_dir && !vm->is_first)
        vm_sockets_remove(hosting->options, vm->id);
}

/* The private socket of a deployed TD controls it, too; the first TD is controlled on the main port. */
static bool is_controlled(const struct hosting *hosting, const struct vm *vm, const char *name)
{
    return !vm->is_first && !hosting->options->strict && strcmp(name, "guest.sock") == 0;
}

static int open_files(struct hosting *hosting, struct vm *vm, const struct site *site, struct error *error)
{
    char directory[PATH_MAX];
    const char *name;

    vm_sockets_path(hosting->options, vm->id, directory);
    if (!vm->is_first && vm_sockets_make(hosting->options, vm->id, error))
        return -1;
    for (size_t i = 0; (name = socket_files_name(i)); i++) {
        struct listen_spec spec = {.kind = LISTEN_UNIX};

        if (!socket_files_is_of_td(i))
            continue;
        if (vm->is_first ? socket_files_address(hosting->options, i, &spec, error)
                         : socket_files_path_in(directory, i, spec.address, error))
            return -1;
        socket_name_services(&spec, is_controlled(hosting, vm, name) ? CONTROL_SERVICES : name,
                             hosting->options->strict);
        if (endpoints_add(hosting->endpoints, &spec, site, vm, error))
            return -1;
    }
    return 0;
}

static bool is_served(const struct vm_port *port)
{
    return !port->is_udp && port->vm_port == VM_URL_AGENT_PORT;
}

static int open_ports(struct hosting *hosting, struct vm *vm, const struct site *site, struct error *error)
{
    for (size_t i = 0; i < vm->settings.port_count; i++) {
        const struct vm_port *port = &vm->settings.ports[i];
        struct listen_spec spec = {.kind = LISTEN_TCP, .port = port->host_port};

        if (!is_served(port))
            continue;
        socket_name_services(&spec, PORT_SERVICES, hosting->options->strict);
        snprintf(spec.address, sizeof spec.address, "%s",
                 port->host_address[0] ? port->host_address : "127.0.0.1");
        if (endpoints_add(hosting->endpoints, &spec, site, vm, error))
            return -1;
    }
    return 0;
}

/* A port of its own, which it tells as an event of its boot. */
static int open_tcp(struct hosting *hosting, struct vm *vm, const struct site *site, struct error *error)
{
    struct listen_spec spec = {.kind = LISTEN_TCP, .address = "127.0.0.1"};
    struct listener_address address;

    socket_name_services(&spec, TD_SERVICES, hosting->options->strict);
    if (endpoints_add(hosting->endpoints, &spec, site, vm, error))
        return -1;
    if (endpoints_find_owned(hosting->endpoints, vm, &address))
        vm_notify(vm, VM_EVENT_URL, address.url, vmm_state_millis(hosting->vmm));
    return 0;
}

static size_t count_sockets(const struct options *options, const struct vm *vm)
{
    size_t count = options->vm_ports && !vm->is_first;

    for (size_t i = 0; options->socket_dir && socket_files_name(i); i++)
        count += socket_files_is_of_td(i);
    for (size_t i = 0; i < vm->settings.port_count; i++)
        count += is_served(&vm->settings.ports[i]);
    return count;
}

static int give_keys(void *data, struct vm *vm, struct error *error)
{
    return key_requests_begin(&((struct hosting *)data)->key_requests, vm, error);
}

/* Those that wait for their boot will need as many. */
static int admit_vm(void *data, const struct vm *vm, bool is_to_run, struct error *error)
{
    const struct hosting *hosting = data;
    const size_t sockets = count_sockets(hosting->options, vm);

    if (hosting->options->socket_dir && !vm->is_first && vm_sockets_check(hosting->options, vm->id, error))
        return -1;
    if (!is_to_run || sockets == 0)
        return 0;
    return descriptors_check(sockets * (vmm_count_unopened(hosting->vmm) + 1), error);
}

static int open_sockets(struct hosting *hosting, struct vm *vm, const struct site *site, struct error *error)
{
    const struct options *options = hosting->options;
    const size_t sockets = count_sockets(options, vm);

    if ((sockets > 0 && descriptors_check(sockets, error)) ||
        (options->socket_dir && open_files(hosting, vm, site, error)) ||
        (options->vm_ports && !vm->is_first && open_tcp(hosting, vm, site, error)))
        return -1;
    return open_ports(hosting, vm, site, error);
}

static int open_vm(void *data, struct vm *vm, struct error *error)
{
    struct hosting *hosting = data;
    struct site site = hosting->site;

    if (vm->is_first && hosting->is_first_open)
        return 0;
    hosting->is_first_open |= vm->is_first;
    site.td = vm->td;
    if (open_sockets(hosting, vm, &site, error)) {
        if (!endpoints_close_owned(hosting->endpoints, vm))
            remove_directory(hosting, vm);
        return -1;
    }
    return 0;
}

static void close_listeners(struct hosting *hosting, struct vm *vm)
{
    hosting->is_first_open &= !vm->is_first;
    if (endpoints_close_owned(hosting->endpoints, vm))
        return; /* on_released follows */
    vmm_closed(vm);
}

/* Containers go first, as long as what they ask is there. */
static void close_vm(void *data, struct vm *vm)
{
    struct hosting *hosting = data;

    key_requests_end(&hosting->key_requests, vm);
    joining_end(&hosting->joining, vm);
    if (!hosting->engine || !engine_end(hosting->engine, vm)) /* else on_taken_down follows */
        close_listeners(hosting, vm);
}

static void on_released(void *data, void *owner)
{
    const struct hosting *hosting = data;

    remove_directory(hosting, owner);
    if (!hosting->engine || !engine_runs(hosting->engine, owner))
        vmm_closed(owner);
}

/* --- containers --- */

static int launch(void *data, struct vm *vm, struct error *error)
{
    struct hosting *hosting = data;
    const struct td *td = vm->td;
    struct env env = {.count = 0};
    char sockets[PATH_MAX + VM_ID_LEN + 8];
    struct arena arena;
    int result = 0;

    if (!engine_is_for(&td->app))
        return 0;
    snprintf(sockets, sizeof sockets, "%s/vms/%s", hosting->socket_dir, vm->id);
    arena_init(&arena);
    if (td->env.encrypted.len && !td_env_is_ignored(&td->env))
        result = td_env_decrypt(&td->env, td->env.encrypted, &arena, &env, error);
    if (result == 0)
        result =
            engine_start(hosting->engine, vm, &(struct engine_app){vm->id, sockets, &td->app, &env}, error);
    arena_free(&arena);
    return result ? -1 : 1;
}

static void on_line(void *data, void *owner, bool is_error, const char *text)
{
    struct vm *vm = owner;

    (void)data;
    vm_log_line(&vm->logs[VM_CHANNEL_SERIAL], "%s", text);
    vm_log_line(&vm->logs[is_error ? VM_CHANNEL_STDERR : VM_CHANNEL_STDOUT], "%s", text);
}

static void on_launched(void *data, void *owner, const char *failure)
{
    (void)data;
    vmm_launched(owner, failure);
}

static void on_taken_down(void *data, void *owner)
{
    struct hosting *hosting = data;

    if (hosting->is_closing)
        remove_directory(hosting, owner); /* the listeners close by themselves */
    else
        close_listeners(hosting, owner);
}

static void open_engine(struct hosting *hosting, const struct inputs *inputs)
{
    const struct engine_user user = {on_line, on_launched, on_taken_down, hosting};

    if (hosting->options->run_containers)
        hosting->engine = engine_new(hosting->timer.loop, &inputs->engine, &user);
}

/* --- keys of a KMS elsewhere --- */

static void join(void *data, struct vm *vm)
{
    joining_begin(&((struct hosting *)data)->joining, vm);
}

/* --- what is due --- */

static void on_timer(uv_timer_t *timer);

static void run_in(void *data, uint64_t milliseconds)
{
    struct hosting *hosting = data;

    if (uv_is_closing((const uv_handle_t *)&hosting->timer))
        return;
    if (!uv_is_active((const uv_handle_t *)&hosting->timer) ||
        uv_timer_get_due_in(&hosting->timer) > milliseconds)
        uv_timer_start(&hosting->timer, on_timer, milliseconds, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct hosting *hosting = timer->data;
    uint64_t due;

    /* With libuv from 1.45 on, clients would come between two runs of a timer, and see half a boot. */
    do
        due = vmm_run(hosting->vmm);
    while (due == 0);
    if (due != VMM_IDLE)
        run_in(hosting, due);
}

/* --- life --- */

void hosting_init(struct hosting *hosting, uv_loop_t *loop, struct endpoints *endpoints,
                  const struct options *options, struct log *log)
{
    *hosting = (struct hosting){.endpoints = endpoints, .options = options, .log = log};
    uv_timer_init(loop, &hosting->timer);
    hosting->timer.data = hosting;
}

/* What the first TD would have been deployed with. */
static struct vm_settings settings_of(const struct td *td, const char *image)
{
    return (struct vm_settings){
        .name = td->app.says.name,
        .image = image,
        .compose = span_of(td->app.compose, td->app.compose_len),
        .vcpu = td->machine.cpu_count,
        .memory_mb = (uint32_t)(td->machine.memory_size >> 20),
        .disk_gb = 0,
        .encrypted_env = td->env.encrypted,
        .user_config = "",
    };
}

static const char *add_image(struct vmm *vmm, enum os_image_line line)
{
    const struct span text = os_image_embedded(line);
    struct error error = {.kind = ERROR_NONE};
    struct vm_image *image;
    struct os_image parsed;
    char name[VM_IMAGE_NAME_BYTES_MAX + 1];

    if (os_image_parse(&parsed, text, &error))
        return NULL; /* never: tests read what is embedded */
    snprintf(name, sizeof name, "dstack-%s", parsed.version);
    image = vm_image_new(name, &parsed, NULL);
    vmm_add_image(vmm, image);
    return image->name;
}

static struct vm_image *image_of(const struct image_directory *directory)
{
    struct vm_image *image = vm_image_new(directory->name, &directory->image, directory->metadata);

    image->is_dev = directory->is_dev;
    return image;
}

/* The images of all lines, that of the first TD in front. Returns its name. */
static const char *add_images(struct hosting *hosting)
{
    const enum os_image_line own = hosting->options->dstack_os;
    const char *name = add_image(hosting->vmm, own);

    for (size_t line = 0; os_image_line_name(line); line++)
        if (line != (size_t)own)
            add_image(hosting->vmm, (enum os_image_line)line);
    return name;
}

static void say(void *data, const char *sentence)
{
    const struct hosting *hosting = data;

    log_write(hosting->log, LOG_WARN, "%s", sentence);
}

static int open_store(struct hosting *hosting, const struct cluster *cluster,
                      const struct vmm_store_report *report, struct error *error)
{
    const struct options *options = hosting->options;
    char given[OPTIONS_NAME_MAX];

    if (!options->state_dir)
        return 0;
    hosting->store = vmm_store_open(options->state_dir, cluster, report, error);
    if (hosting->store)
        return 0;
    options_given_as(options, &options->state_dir, given);
    return error_context(error, "%s", given);
}

int hosting_start(struct hosting *hosting, const struct inputs *inputs, struct site *site,
                  struct error *error)
{
    const struct vmm_store_report report = {say, hosting};
    const struct options *options = hosting->options;
    struct td *first = site->cluster->first;
    struct vm_settings settings;

    if (open_store(hosting, site->cluster, &report, error))
        return -1;
    open_engine(hosting, inputs);
    hosting->key_requests.server = site->kms;
    joining_init(&hosting->joining, hosting->timer.loop, hosting->log, options, site->cluster);
    if (options->kms_urls.count)
        site->kms_asker = &hosting->joining.asker;
    hosting->vmm = vmm_new(&(struct vmm_config){
        .cluster = site->cluster,
        .faults = site->faults,
        .host = {admit_vm, open_vm, close_vm, run_in, hosting, site->kms ? give_keys : NULL,
                 options->kms_urls.count ? join : NULL, hosting->engine ? launch : NULL},
        .store = hosting->store,
    });
    settings = settings_of(first, add_images(hosting));
    vmm_adopt(hosting->vmm, first, &settings);
    for (size_t i = 0; i < inputs->image_count; i++)
        vmm_add_image(hosting->vmm, image_of(&inputs->images[i]));
    site->vmm = hosting->vmm;
    if (hosting->options->vmm_token) {
        vmm_access_init(&hosting->guard, hosting->options->vmm_token);
        site->vmm_guard = &hosting->guard;
    }
    if (hosting->options->socket_dir)
        site->socket_dir = realpath(hosting->options->socket_dir, hosting->socket_dir);
    hosting->site = *site;
    hosting->endpoints->on_released = on_released;
    hosting->endpoints->data = hosting;
    endpoints_give(hosting->endpoints, hosting->vmm->first);
    hosting->is_first_open = true;
    if (hosting->options->socket_dir)
        vm_sockets_sweep(hosting->options);
    vmm_load(hosting->vmm, &report);
    return 0;
}

void hosting_shut_down(struct hosting *hosting, struct td *td)
{
    struct vm *vm = vmm_find_td(hosting->vmm, td);
    struct error error = {.kind = ERROR_NONE};

    if (vm && vmm_shut_down(vm, &error)) {
        say(hosting, error.text);
        vmm_kill(vm); /* the guest is off, though its VMM will start it again */
    }
}

void hosting_close(struct hosting *hosting)
{
    hosting->is_closing = true;
    key_requests_end_all(&hosting->key_requests);
    joining_close(&hosting->joining);
    if (hosting->engine)
        engine_end_all(hosting->engine);
    if (!uv_is_closing((const uv_handle_t *)&hosting->timer))
        uv_close((uv_handle_t *)&hosting->timer, NULL);
}

void hosting_free(struct hosting *hosting)
{
    engine_free(hosting->engine);
    vmm_free(hosting->vmm);
    vmm_store_close(hosting->store);
}
