#include "sim/process/discovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "sim/base/file.h"
#include "sim/base/json_text.h"
#include "sim/base/version.h"
#include "sim/services/registry.h"

#define DIRECTORY "dstack-vmm"
#define DIRECTORY_MODE 0700
#define UUID_BYTES 37

/* Unique among the processes of this machine, in the form of a UUID of version 4. */
static void make_uuid(char uuid[static UUID_BYTES])
{
    const uint64_t ticks = uv_hrtime();

    snprintf(uuid, UUID_BYTES, "%08lx-%04x-4%03x-8%03x-%012llx", (unsigned long)getpid() & 0xffffffff,
             (unsigned)(ticks >> 48) & 0xffff, (unsigned)(ticks >> 40) & 0xfff,
             (unsigned)(ticks >> 28) & 0xfff, (unsigned long long)ticks & 0xffffffffffffULL);
}

/* "127.0.0.1:8090", or "unix:" and a path; returns false if the VMM is not served. */
static bool find_address(const struct endpoints *endpoints, char *text, size_t size)
{
    static const char name[] = "vmm";
    const unsigned vmm = registry_set(name, sizeof name - 1);
    struct listener_address address;
    char path[PATH_MAX];

    if (endpoints_find(endpoints, vmm, true, &address))
        snprintf(text, size, "%s", strstr(address.url, "://") + 3);
    else if (endpoints_find(endpoints, vmm, false, &address))
        snprintf(text, size, "unix:%s", endpoints_path(&address, path));
    else
        return false;
    return true;
}

static void write_json(const char *uuid, const char *address, int64_t now_seconds, struct buf *out)
{
    const time_t seconds = (time_t)now_seconds;
    char directory[PATH_MAX] = "", started[32] = "", host[256] = "";
    struct tm utc;

    if (!getcwd(directory, sizeof directory))
        directory[0] = '\0';
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    if (gmtime_r(&seconds, &utc))
        strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_text_member(out, '{', "id", uuid);
    json_text_member_uint(out, ',', "pid", (uint64_t)getpid());
    json_text_member(out, ',', "address", address);
    json_text_member(out, ',', "working_dir", directory);
    json_text_member(out, ',', "config_file", "");
    json_text_member(out, ',', "image_path", "");
    json_text_member(out, ',', "run_path", "");
    json_text_member(out, ',', "node_name", host);
    json_text_member(out, ',', "version", version_number);
    json_text_member(out, ',', "started_at", started);
    buf_append_text(out, "}\n");
}

void discovery_write(struct discovery *discovery, const struct endpoints *endpoints, int64_t now_seconds)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    struct error error = {.kind = ERROR_NONE};
    char address[PATH_MAX + 8], uuid[UUID_BYTES];
    struct buf text;
    size_t len;

    discovery->path[0] = '\0';
    if (!runtime || runtime[0] != '/' || !find_address(endpoints, address, sizeof address))
        return;
    make_uuid(uuid);
    len = (size_t)snprintf(discovery->path, sizeof discovery->path, "%s/" DIRECTORY, runtime);
    if (len + sizeof uuid + 8 > sizeof discovery->path) {
        discovery->path[0] = '\0';
        return;
    }
    (void)mkdir(discovery->path, DIRECTORY_MODE); /* it may be there */
    snprintf(discovery->path + len, sizeof discovery->path - len, "/%s.json", uuid);
    buf_init(&text, SIZE_MAX);
    write_json(uuid, address, now_seconds, &text);
    if (file_write_atomic(discovery->path, text.data, text.len, &error))
        discovery->path[0] = '\0';
    buf_free(&text);
}

void discovery_remove(struct discovery *discovery)
{
    if (discovery->path[0])
        unlink(discovery->path);
    discovery->path[0] = '\0';
}
