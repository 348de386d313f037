#include "sim/process/vm_sockets.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/net/unix_socket.h"
#include "sim/process/socket_files.h"
#include "sim/vmm/vm.h"

#define DIRECTORY_MODE 0755
#define OWNER_MODE 0600

void vm_sockets_path(const struct options *options, const char *id, char path[static PATH_MAX])
{
    const bool is_here = strcmp(options->socket_dir, ".") == 0;

    snprintf(path, PATH_MAX, "%s%svms%s%s", is_here ? "" : options->socket_dir, is_here ? "" : "/",
             id ? "/" : "", id ? id : "");
}

int vm_sockets_check(const struct options *options, const char *id, struct error *error)
{
    char directory[PATH_MAX], path[LISTEN_SPEC_PATH_MAX + 1];

    vm_sockets_path(options, id, directory);
    for (size_t i = 0; socket_files_name(i); i++)
        if (socket_files_is_of_td(i) && socket_files_path_in(directory, i, path, error))
            return -1;
    return 0;
}

static int make(const char *path, struct error *error)
{
    if (mkdir(path, DIRECTORY_MODE) != 0 && errno != EEXIST)
        return error_input(error, "cannot create the directory %s: %s", path, strerror(errno));
    return 0;
}

int vm_sockets_make(const struct options *options, const char *id, struct error *error)
{
    char path[PATH_MAX];

    vm_sockets_path(options, NULL, path);
    if (make(path, error))
        return -1;
    vm_sockets_path(options, id, path);
    return make(path, error);
}

void vm_sockets_remove(const struct options *options, const char *id)
{
    char path[PATH_MAX];

    vm_sockets_path(options, id, path);
    rmdir(path);
    vm_sockets_path(options, NULL, path);
    rmdir(path);
}

/* Listening there in its stead tells whether it is stale, and makes it ours to remove. */
static void sweep_socket(const char *path)
{
    struct error error = {.kind = ERROR_NONE};
    struct unix_socket file;
    struct stat found;
    int fd;

    if (lstat(path, &found) != 0 || !S_ISSOCK(found.st_mode))
        return;
    fd = unix_socket_listen(&file, path, OWNER_MODE, &error);
    if (fd < 0)
        return;
    unix_socket_remove(&file);
    close(fd);
}

static void sweep_directory(const struct options *options, const char *id)
{
    struct error error = {.kind = ERROR_NONE};
    char directory[PATH_MAX], path[LISTEN_SPEC_PATH_MAX + 1];

    vm_sockets_path(options, id, directory);
    for (size_t i = 0; socket_files_name(i); i++)
        if (socket_files_is_of_td(i) && socket_files_path_in(directory, i, path, &error) == 0)
            sweep_socket(path);
    rmdir(directory);
}

void vm_sockets_sweep(const struct options *options)
{
    char path[PATH_MAX];
    const struct dirent *entry;
    DIR *entries;

    vm_sockets_path(options, NULL, path);
    entries = opendir(path);
    if (!entries)
        return;
    while ((entry = readdir(entries)))
        if (strlen(entry->d_name) == VM_ID_LEN)
            sweep_directory(options, entry->d_name);
    closedir(entries);
    rmdir(path);
}
