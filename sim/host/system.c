#include "sim/host/system.h"

#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "sim/host/lines.h"

#define DISKS_MAX 64
#define LOAD_SCALE 65536.0 /* of sysinfo's load averages */

static char *or_empty(char *text, struct arena *arena)
{
    return text ? text : arena_copy(arena, "", 0);
}

static void read_names(struct host_system *system, struct arena *arena)
{
    const char *release = lines_read("/etc/os-release", arena);
    const char *processors = lines_read("/proc/cpuinfo", arena);
    struct utsname name = {.release = ""};

    uname(&name);
    system->os_name = or_empty(lines_value(release, "NAME=", arena), arena);
    system->os_version = or_empty(lines_value(release, "VERSION=", arena), arena);
    system->kernel_version = arena_copy(arena, name.release, strlen(name.release));
    system->cpu_model = or_empty(lines_value(processors, "model name", arena), arena);
}

static uint64_t kibibytes(const char *text, const char *name, struct arena *arena)
{
    const char *value = lines_value(text, name, arena);

    return value ? strtoull(value, NULL, 10) * 1024 : 0;
}

static void read_memory(struct host_system *system, struct arena *arena)
{
    const char *text = lines_read("/proc/meminfo", arena);

    system->total_memory = kibibytes(text, "MemTotal:", arena);
    system->free_memory = kibibytes(text, "MemFree:", arena);
    system->available_memory = kibibytes(text, "MemAvailable:", arena);
    if (system->available_memory <= system->total_memory)
        system->used_memory = system->total_memory - system->available_memory;
    system->total_swap = kibibytes(text, "SwapTotal:", arena);
    system->free_swap = kibibytes(text, "SwapFree:", arena);
    if (system->free_swap <= system->total_swap)
        system->used_swap = system->total_swap - system->free_swap;
}

static void read_load(struct host_system *system)
{
    struct sysinfo info;

    system->num_cpus = (uint32_t)get_nprocs();
    if (sysinfo(&info) != 0)
        return;
    system->uptime = (uint64_t)info.uptime;
    for (int i = 0; i < 3; i++)
        system->loadavg[i] = (uint32_t)((double)info.loads[i] * 100.0 / LOAD_SCALE);
}

static void read_disks(struct host_system *system, struct arena *arena)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    const struct mntent *mount;

    system->disks = arena_alloc(arena, DISKS_MAX * sizeof *system->disks);
    while (mounts && system->disk_count < DISKS_MAX && (mount = getmntent(mounts))) {
        struct statvfs size;

        if (mount->mnt_fsname[0] != '/' || statvfs(mount->mnt_dir, &size) != 0)
            continue;
        system->disks[system->disk_count++] = (struct host_disk){
            .name = arena_copy(arena, mount->mnt_fsname, strlen(mount->mnt_fsname)),
            .mount_point = arena_copy(arena, mount->mnt_dir, strlen(mount->mnt_dir)),
            .total_size = (uint64_t)size.f_blocks * size.f_frsize,
            .free_size = (uint64_t)size.f_bavail * size.f_frsize,
        };
    }
    if (mounts)
        endmntent(mounts);
}

void system_read(struct host_system *system, struct arena *arena)
{
    *system = (struct host_system){.os_name = NULL};
    read_names(system, arena);
    read_memory(system, arena);
    read_load(system);
    read_disks(system, arena);
}
