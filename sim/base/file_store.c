#include "sim/base/file_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/file.h"
#include "sim/base/file_lock.h"
#include "sim/base/memory.h"

#define DIRECTORY_MODE 0700
#define FILE_MODE 0600
#define LOCK_NAME ".lock"
#define NEW_NAME ".new" /* what is being written */

static int fail(const struct file_store *store, const char *what, const char *name, struct error *error)
{
    return error_internal(error, "cannot %s %s/%s: %s", what, store->path, name, strerror(errno));
}

/* --- opening --- */

/* Some file systems have no fsync for directories; there is nothing more that one can do then. */
static int sync_directory(int directory)
{
    return fsync(directory) == 0 || errno == EINVAL ? 0 : -1;
}

/* So that a directory that was just made survives. Its parent may be one that only root reads. */
static void sync_parent(const struct file_store *store)
{
    int parent = openat(store->directory, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (parent < 0)
        return;
    (void)sync_directory(parent);
    close(parent);
}

static int open_directory(struct file_store *store, struct error *error)
{
    const bool is_made = mkdir(store->path, DIRECTORY_MODE) == 0;

    if (!is_made && errno != EEXIST)
        return error_input(error, "cannot create the directory %s: %s", store->path, strerror(errno));
    store->directory = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->directory < 0)
        return error_input(error, "cannot open the directory %s: %s", store->path, strerror(errno));
    if (is_made)
        sync_parent(store);
    return 0;
}

int file_store_open(struct file_store *store, const char *path, struct error *error)
{
    *store = (struct file_store){.path = memory_copy(path, strlen(path)), .directory = -1, .lock = -1};
    if (open_directory(store, error) == 0 &&
        file_lock_take(store->directory, path, LOCK_NAME, &store->lock, error) == 0) {
        if (unlinkat(store->directory, NEW_NAME, 0) == 0 || errno == ENOENT)
            return 0;
        error_input(error, "cannot remove %s/" NEW_NAME ": %s", path, strerror(errno));
    }
    file_store_close(store);
    return -1;
}

void file_store_close(struct file_store *store)
{
    if (store->lock >= 0)
        close(store->lock);
    if (store->directory >= 0)
        close(store->directory);
    free(store->path);
    *store = (struct file_store){.directory = -1, .lock = -1};
}

/* --- changes --- */

/* Returns 0, or -1 with errno set. */
static int write_all(int fd, struct span contents)
{
    while (contents.len > 0) {
        ssize_t count = write(fd, contents.data, contents.len);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        contents.data += count;
        contents.len -= (size_t)count;
    }
    return 0;
}

static int write_new(const struct file_store *store, struct span contents)
{
    int fd =
        openat(store->directory, NEW_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    int result, cause;

    if (fd < 0)
        return -1;
    result = write_all(fd, contents) || fsync(fd) != 0 ? -1 : 0;
    cause = errno;
    if (close(fd) != 0 && result == 0)
        return -1;
    errno = cause;
    return result;
}

int file_store_write(const struct file_store *store, const char *name, struct span contents,
                     struct error *error)
{
    if (write_new(store, contents) == 0 &&
        renameat(store->directory, NEW_NAME, store->directory, name) == 0 &&
        sync_directory(store->directory) == 0)
        return 0;
    fail(store, "write", name, error);
    unlinkat(store->directory, NEW_NAME, 0);
    return -1;
}

int file_store_remove(const struct file_store *store, const char *name, struct error *error)
{
    if (unlinkat(store->directory, name, 0) != 0)
        return errno == ENOENT ? 0 : fail(store, "remove", name, error);
    return sync_directory(store->directory) == 0 ? 0 : fail(store, "remove", name, error);
}

/* --- reading --- */

int file_store_read(const struct file_store *store, const char *name, size_t limit, char **data, size_t *len,
                    struct error *error)
{
    char path[PATH_MAX];
    struct stat status;

    *data = NULL;
    if (fstatat(store->directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : fail(store, "read", name, error);
    if (!S_ISREG(status.st_mode))
        return error_input(error, "%s/%s is not a regular file", store->path, name);
    if (snprintf(path, sizeof path, "%s/%s", store->path, name) >= (int)sizeof path)
        return error_input(error, "the path %s is too long", store->path);
    return file_read(path, limit, data, len, error);
}

int file_store_list(const struct file_store *store, void (*found)(void *data, const char *name), void *data,
                    struct error *error)
{
    int copy = openat(store->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    const struct dirent *entry;
    int result;

    if (!entries) {
        fail(store, "read", ".", error);
        if (copy >= 0)
            close(copy);
        return -1;
    }
    while ((errno = 0, entry = readdir(entries)))
        if (entry->d_name[0] != '.' && strlen(entry->d_name) <= FILE_STORE_NAME_BYTES_MAX)
            found(data, entry->d_name);
    result = errno ? fail(store, "read", ".", error) : 0;
    closedir(entries);
    return result;
}
