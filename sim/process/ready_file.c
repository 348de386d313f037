#include "sim/process/ready_file.h"

#include <limits.h>
#include <unistd.h>

#include "sim/base/file.h"
#include "sim/base/json_text.h"

static void write_contents(const struct endpoints *endpoints, struct buf *out)
{
    struct listener_address address;
    char path[PATH_MAX];

    json_text_member_uint(out, '{', "pid", (uint64_t)getpid());
    json_text_key(out, ',', "endpoints");
    buf_append_byte(out, '[');
    for (size_t i = 0; endpoints_address(endpoints, i, &address); i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        if (address.url)
            json_text_member(out, '{', "url", address.url);
        else
            json_text_member(out, '{', "path", endpoints_path(&address, path));
        buf_append_byte(out, '}');
    }
    buf_append_text(out, "]}\n");
}

int ready_file_write(struct ready_file *ready, const char *path, const struct endpoints *endpoints,
                     struct error *error)
{
    struct buf text;
    int result;

    if (!path)
        return 0;
    buf_init(&text, SIZE_MAX);
    write_contents(endpoints, &text);
    result = file_write_atomic(path, text.data, text.len, error);
    buf_free(&text);
    if (result == 0 && lstat(path, &ready->written) == 0)
        ready->path = path;
    return result;
}

/* Inode numbers are used again, so the time counts as well. */
static bool is_ours(const struct ready_file *ready)
{
    const struct stat *written = &ready->written;
    struct stat now;

    return lstat(ready->path, &now) == 0 && S_ISREG(now.st_mode) && now.st_dev == written->st_dev &&
           now.st_ino == written->st_ino && now.st_mtim.tv_sec == written->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == written->st_mtim.tv_nsec;
}

void ready_file_remove(struct ready_file *ready)
{
    if (ready->path && is_ours(ready))
        unlink(ready->path);
    ready->path = NULL;
}
