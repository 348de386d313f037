#include "sim/services/guest_api.h"

#include "crypto/hash.h"
#include "sim/app/containers.h"
#include "sim/base/hex.h"
#include "sim/base/version.h"
#include "sim/host/network.h"
#include "sim/host/system.h"
#include "sim/rpc/call.h"
#include "sim/td/td_cert.h"

typedef Dstack__GuestApi_Service Service;

static void guest_api_info(Service *service, const Dstack__Empty *args, Dstack__GuestInfo_Closure reply,
                           void *data)
{
    Dstack__GuestInfo response = DSTACK__GUEST_INFO__INIT;
    const struct td *td = service_site(data)->td;
    const struct identity *identity = &td->identity;
    struct rpc_call *call = data;
    const struct text *app_cert = td_cert_own(td, &call->error);

    if (!app_cert) {
        reply(NULL, call);
        return;
    }
    response.version = unconst(version_number);
    response.app_id = call_bytes(identity->app_id, sizeof identity->app_id);
    response.instance_id = call_bytes(identity->instance_id, identity->instance_id_len);
    response.app_cert = call_text(call, app_cert);
    response.tcb_info = call_text(call, td_tcb_info(td));
    response.device_id = call_bytes(identity->device_id, sizeof identity->device_id);
    reply(&response, call);
}

/* --- the machine --- */

static Dstack__DiskInfo **list_disks(const struct host_system *system, struct arena *arena)
{
    Dstack__DiskInfo **list = arena_alloc(arena, (system->disk_count + 1) * sizeof *list);

    for (size_t i = 0; i < system->disk_count; i++) {
        const struct host_disk *disk = &system->disks[i];
        list[i] = arena_alloc(arena, sizeof **list);
        *list[i] = (Dstack__DiskInfo)DSTACK__DISK_INFO__INIT;
        list[i]->name = disk->name;
        list[i]->mount_point = disk->mount_point;
        list[i]->total_size = disk->total_size;
        list[i]->free_size = disk->free_size;
    }
    return list;
}

static void guest_api_sys_info(Service *service, const Dstack__Empty *args, Dstack__SystemInfo_Closure reply,
                               void *data)
{
    Dstack__SystemInfo response = DSTACK__SYSTEM_INFO__INIT;
    struct rpc_call *call = data;
    struct host_system system;

    system_read(&system, call->arena);
    response.os_name = system.os_name;
    response.os_version = system.os_version;
    response.kernel_version = system.kernel_version;
    response.cpu_model = system.cpu_model;
    response.num_cpus = system.num_cpus;
    response.total_memory = system.total_memory;
    response.available_memory = system.available_memory;
    response.used_memory = system.used_memory;
    response.free_memory = system.free_memory;
    response.total_swap = system.total_swap;
    response.used_swap = system.used_swap;
    response.free_swap = system.free_swap;
    response.uptime = system.uptime;
    response.loadavg_one = system.loadavg[0];
    response.loadavg_five = system.loadavg[1];
    response.loadavg_fifteen = system.loadavg[2];
    response.disks = list_disks(&system, call->arena);
    response.n_disks = system.disk_count;
    reply(&response, call);
}

/* --- the network --- */

static Dstack__Gateway **list_gateways(const struct host_network *network, struct arena *arena)
{
    Dstack__Gateway **list = arena_alloc(arena, (network->gateway_count + 1) * sizeof *list);

    for (size_t i = 0; i < network->gateway_count; i++) {
        list[i] = arena_alloc(arena, sizeof **list);
        *list[i] = (Dstack__Gateway)DSTACK__GATEWAY__INIT;
        list[i]->address = network->gateways[i];
    }
    return list;
}

static Dstack__IpAddress **list_addresses(const struct host_interface *interface, struct arena *arena)
{
    Dstack__IpAddress **list = arena_alloc(arena, (interface->address_count + 1) * sizeof *list);

    for (size_t i = 0; i < interface->address_count; i++) {
        list[i] = arena_alloc(arena, sizeof **list);
        *list[i] = (Dstack__IpAddress)DSTACK__IP_ADDRESS__INIT;
        list[i]->address = interface->addresses[i].address;
        list[i]->prefix = interface->addresses[i].prefix;
    }
    return list;
}

static Dstack__Interface **list_interfaces(const struct host_network *network, struct arena *arena)
{
    Dstack__Interface **list = arena_alloc(arena, (network->interface_count + 1) * sizeof *list);

    for (size_t i = 0; i < network->interface_count; i++) {
        const struct host_interface *interface = &network->interfaces[i];
        list[i] = arena_alloc(arena, sizeof **list);
        *list[i] = (Dstack__Interface)DSTACK__INTERFACE__INIT;
        list[i]->name = interface->name;
        list[i]->addresses = list_addresses(interface, arena);
        list[i]->n_addresses = interface->address_count;
        list[i]->rx_bytes = interface->rx_bytes;
        list[i]->tx_bytes = interface->tx_bytes;
        list[i]->rx_errors = interface->rx_errors;
        list[i]->tx_errors = interface->tx_errors;
    }
    return list;
}

static void guest_api_network_info(Service *service, const Dstack__Empty *args,
                                   Dstack__NetworkInformation_Closure reply, void *data)
{
    Dstack__NetworkInformation response = DSTACK__NETWORK_INFORMATION__INIT;
    struct rpc_call *call = data;
    struct host_network network;

    network_read(&network, call->arena);
    response.dns_servers = network.dns_servers;
    response.n_dns_servers = network.dns_server_count;
    response.gateways = list_gateways(&network, call->arena);
    response.n_gateways = network.gateway_count;
    response.interfaces = list_interfaces(&network, call->arena);
    response.n_interfaces = network.interface_count;
    reply(&response, call);
}

/* --- containers --- */

/* Ids that a container runtime picks at random are derived from the TD's. */
static char *hex_id(const struct td *td, const char *label, const char *of, struct arena *arena)
{
    const struct span which = identity_which(&td->identity);
    const struct bytes parts[] = {
        {which.data, which.len},
        {label, strlen(label)},
        {of, strlen(of)},
    };
    char *digits = arena_zalloc(arena, 2 * 32 + 1);
    uint8_t digest[32];

    hash_parts(HASH_SHA256, parts, 3, digest);
    hex_encode(digest, sizeof digest, digits);
    return digits;
}

static Dstack__Container *describe(const struct td *td, const struct container *container,
                                   struct arena *arena)
{
    Dstack__Container *described = arena_alloc(arena, sizeof *described);

    *described = (Dstack__Container)DSTACK__CONTAINER__INIT;
    described->id = hex_id(td, "container", container->service, arena);
    described->names = arena_alloc(arena, sizeof *described->names);
    described->names[0] = container->name[0] ? arena_printf(arena, "/%s", container->name)
                                             : arena_printf(arena, "/dstack-%s-1", container->service);
    described->n_names = 1;
    described->image = container->image;
    described->image_id = arena_printf(arena, "sha256:%s", hex_id(td, "image", container->image, arena));
    described->created = td->boot_time;
    described->state = arena_copy(arena, "running", 7);
    described->status =
        arena_printf(arena, "Up %lld seconds", (long long)(clock_seconds(td->shared->clock) - td->boot_time));
    return described;
}

static void guest_api_list_containers(Service *service, const Dstack__Empty *args,
                                      Dstack__ListContainersResponse_Closure reply, void *data)
{
    Dstack__ListContainersResponse response = DSTACK__LIST_CONTAINERS_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    struct container *containers;

    response.n_containers = containers_list(&td->app, call->arena, &containers);
    response.containers = arena_alloc(call->arena, (response.n_containers + 1) * sizeof *response.containers);
    for (size_t i = 0; i < response.n_containers; i++)
        response.containers[i] = describe(td, &containers[i], call->arena);
    reply(&response, call);
}

/* On a listener with all services, a test that tries every method must not end the program. */
static void guest_api_shutdown(Service *service, const Dstack__Empty *args, Dstack__Empty_Closure reply,
                               void *data)
{
    const struct site *site = service_site(data);
    Dstack__Empty response = DSTACK__EMPTY__INIT;
    struct rpc_call *call = data;

    if (!site->shut_down) {
        error_input(&call->error,
                    "Shutdown works only on guest.sock and where --listen names the service guest");
        reply(NULL, call);
        return;
    }
    site->shut_down(site->data, site->td);
    reply(&response, call);
}

static const Service methods = DSTACK__GUEST_API__INIT(guest_api_);
static const struct router_mount mounts[] = {
    ROUTER_MOUNT_PRPC_EXTRA,
    {.directory = "/api/"},
    {.directory = NULL},
};

const struct service guest_api_service = {
    .name = "guest",
    .summary = "What a host asks its guest: system, network and container information, shutdown",
    .mounts = mounts,
    .is_private = true,
    .methods = &methods.base,
    .is_of_td = true,
};
