#include "sim/process/ready_file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/file.h"

int ready_file_write(struct ready_file *ready, const char *path, const struct endpoints *endpoints,
                     struct error *error)
{
    if (!path)
        return 0;
    buf_init(&ready->text, SIZE_MAX);
    endpoints_write_ready(endpoints, &ready->text);
    if (file_write_atomic(path, ready->text.data, ready->text.len, error))
        return -1;
    ready->path = path;
    return 0;
}

/* The text names our process and our ports, so nobody else writes the same. */
static bool is_ours(const struct ready_file *ready)
{
    struct error ignored = {.kind = ERROR_NONE};
    struct stat status;
    char *data;
    size_t len;
    bool same;

    if (lstat(ready->path, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    if (file_read(ready->path, ready->text.len, &data, &len, &ignored))
        return false;
    same = span_equal(span_of(data, len), buf_span(&ready->text));
    free(data);
    return same;
}

void ready_file_remove(struct ready_file *ready)
{
    if (ready->path && is_ours(ready))
        unlink(ready->path);
    buf_free(&ready->text);
    ready->path = NULL;
}
