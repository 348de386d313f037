#include "sim/tsm/tsm_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/file_lock.h"
#include "sim/base/memory.h"
#include "sim/host/lease.h"
#include "sim/tdx/ccel.h"

#define CCEL_MODE 0400
#define RETRY_MS 1000 /* after a file could not be written, as on a full disk */
#define LOCK_NAME ".tsm-lock"
#define REPORT "report"
#define MEASUREMENTS "measurements"
#define EVENTS "dstack"

/* What tdx-attest takes of an entry's path. */
#define ENTRY_PATH_BYTES_MAX 239

struct tsm_dir {
    uv_loop_t *loop;
    struct cluster *cluster;
    struct log *log;
    char path[PATH_MAX];
    bool is_made; /* the directory itself was */
    bool has_leases;
    int lock;
    uv_signal_t *signal;  /* says that someone waits */
    uv_prepare_t *follow; /* without leases: publishes what has changed */
    uv_timer_t *retry;
    uint64_t emitted, generation; /* of the TD when it was published */
    struct tsm_reports *reports;
    struct tsm_registers registers;
    struct tsm_events events;
    struct tsm_file ccel;
    struct tsm_watch *changes[3]; /* in the directory and the two of its directories that are not reports' */
};

/* --- the directory --- */

/* Its parent has to be there. */
static int find_path(const char *directory, char *path, struct error *error)
{
    const char *slash = strrchr(directory, '/');
    const char *name = slash ? slash + 1 : directory;
    char parent[PATH_MAX], resolved[PATH_MAX];

    if (realpath(directory, path))
        return 0;
    if (errno != ENOENT || !*name)
        return error_input(error, "%s: %s", directory, strerror(errno));
    snprintf(parent, sizeof parent, "%.*s", slash ? (int)(slash - directory) + 1 : 1,
             slash ? directory : ".");
    if (!realpath(parent, resolved))
        return error_input(error, "cannot create the directory %s: %s", directory, strerror(errno));
    if (strlen(resolved) + strlen(name) + 2 > PATH_MAX)
        return error_input(error, "%s: %s", directory, strerror(ENAMETOOLONG));
    strcpy(path, strcmp(resolved, "/") == 0 ? "" : resolved);
    strcat(path, "/");
    strcat(path, name);
    return 0;
}

/* Whether there is a name in the directory, but not that of our lock. */
static bool holds_something_else(const char *path)
{
    DIR *directory = opendir(path);
    bool has_lock = false, has_other = false;
    const struct dirent *found;

    while (directory && (found = readdir(directory)))
        if (strcmp(found->d_name, LOCK_NAME) == 0)
            has_lock = true;
        else if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
            has_other = true;
    if (directory)
        closedir(directory);
    return has_other && !has_lock;
}

int tsm_dir_check(const char *directory, char *path, struct error *error)
{
    struct stat status;

    if (find_path(directory, path, error))
        return -1;
    if (strlen(path) + sizeof "/" REPORT "/" TSM_REPORTS_DEFAULT - 1 > ENTRY_PATH_BYTES_MAX)
        return error_input(error, "%s is too long: libraries take at most %zu bytes", path,
                           ENTRY_PATH_BYTES_MAX - (sizeof "/" REPORT "/" TSM_REPORTS_DEFAULT - 1));
    if (stat(path, &status) != 0)
        return 0;
    if (!S_ISDIR(status.st_mode))
        return error_input(error, "%s is not a directory", path);
    if (holds_something_else(path))
        return error_input(error, "%s holds something else: name an empty directory, or a new one", path);
    return 0;
}

static char *path_in(const struct tsm_dir *dir, const char *name, char path[static PATH_MAX])
{
    int len = snprintf(path, PATH_MAX, "%s/%s", dir->path, name);

    return len < PATH_MAX ? path : NULL; /* which tsm_dir_check rules out */
}

static int take_lock(struct tsm_dir *dir, struct error *error)
{
    int directory = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;

    if (directory < 0)
        return error_input(error, "cannot open the directory %s: %s", dir->path, strerror(errno));
    result = file_lock_take(directory, dir->path, LOCK_NAME, &dir->lock, error);
    close(directory);
    return result;
}

static int open_directory(struct tsm_dir *dir, const char *directory, struct error *error)
{
    if (tsm_dir_check(directory, dir->path, error))
        return -1;
    dir->is_made = mkdir(dir->path, TSM_FILE_DIRECTORY_MODE) == 0;
    if (!dir->is_made && errno != EEXIST)
        return error_input(error, "cannot create the directory %s: %s", dir->path, strerror(errno));
    return take_lock(dir, error);
}

/* --- following clients and the TD --- */

static struct td *first_td(const struct tsm_dir *dir)
{
    return dir->cluster->first;
}

static void on_retry(uv_timer_t *timer);

static void try_again(struct tsm_dir *dir)
{
    uv_timer_start(dir->retry, on_retry, RETRY_MS, 0);
}

static void publish(struct tsm_dir *dir)
{
    const struct td *td = first_td(dir);
    const bool has_registers = tsm_registers_publish(&dir->registers, td);

    if (!tsm_events_publish(&dir->events, td) || !has_registers)
        try_again(dir);
    dir->emitted = td->emitted;
    dir->generation = td->generation;
}

void tsm_dir_collect(struct tsm_dir *dir)
{
    if (!dir)
        return;
    tsm_registers_collect(&dir->registers, first_td(dir));
    tsm_events_collect(&dir->events, first_td(dir));
}

static void hold(struct tsm_dir *dir)
{
    const bool has_registers = tsm_registers_hold(&dir->registers);
    const bool has_events = tsm_events_hold(&dir->events);

    if (!tsm_reports_hold(dir->reports) || !has_registers || !has_events)
        try_again(dir);
}

static void admit(struct tsm_dir *dir)
{
    const bool has_registers = tsm_registers_admit(&dir->registers, first_td(dir));
    const bool has_events = tsm_events_admit(&dir->events, first_td(dir));

    if (!tsm_reports_admit(dir->reports) || !has_registers || !has_events)
        try_again(dir);
}

/* Those are let in who wait at the beginning: what they have written before is collected then. */
static void settle(struct tsm_dir *dir)
{
    if (dir->has_leases)
        hold(dir);
    tsm_dir_collect(dir);
    tsm_reports_collect(dir->reports);
    if (dir->has_leases)
        admit(dir);
}

/* Makes again what was removed. */
static void restore(struct tsm_dir *dir)
{
    struct error error = {.kind = ERROR_NONE};

    if (tsm_registers_restore(&dir->registers, &error) == 0 &&
        tsm_events_restore(&dir->events, &error) == 0 && tsm_file_restore(&dir->ccel, &error) == 0)
        return;
    log_write(dir->log, LOG_WARN, "%s", error.text);
    try_again(dir);
}

static void on_retry(uv_timer_t *timer)
{
    struct tsm_dir *dir = timer->data;

    restore(dir);
    if (!dir->has_leases)
        publish(dir);
    settle(dir);
}

static void on_waiting(uv_signal_t *signal, int number)
{
    (void)number;
    settle(signal->data);
}

static void on_changed(void *data)
{
    struct tsm_dir *dir = data;

    restore(dir);
    settle(dir);
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct tsm_dir *dir = prepare->data;
    const struct td *td = first_td(dir);

    if (td->emitted != dir->emitted || td->generation != dir->generation)
        publish(dir);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void close_handle(void *handle)
{
    if (handle)
        uv_close(handle, on_closed);
}

static int await_clients(struct tsm_dir *dir, struct error *error)
{
    int result;

    dir->retry = memory_zalloc(sizeof *dir->retry);
    uv_timer_init(dir->loop, dir->retry);
    dir->retry->data = dir;
    dir->signal = memory_zalloc(sizeof *dir->signal);
    uv_signal_init(dir->loop, dir->signal);
    dir->signal->data = dir;
    result = uv_signal_start(dir->signal, on_waiting, LEASE_SIGNAL);
    return result == 0 ? 0 : error_internal(error, "cannot wait for a signal: %s", uv_strerror(result));
}

static void follow_td(struct tsm_dir *dir)
{
    log_write(dir->log, LOG_WARN,
              "the file system of %s has no leases: who reads outblob without waiting for the generation may "
              "get an earlier quote; a tmpfs has them",
              dir->path);
    dir->follow = memory_zalloc(sizeof *dir->follow);
    uv_prepare_init(dir->loop, dir->follow);
    dir->follow->data = dir;
    uv_prepare_start(dir->follow, on_prepare);
}

/* --- making and removing it --- */

/* Whether files here have leases, found out with the table, which needs none. */
static int write_ccel(struct tsm_dir *dir, struct error *error)
{
    struct buf table;
    int result;

    buf_init(&table, SIZE_MAX);
    ccel_write(&first_td(dir)->state.log, &table);
    result = tsm_file_open(&dir->ccel, dir->path, "CCEL", CCEL_MODE, true, error);
    if (result == 0) {
        dir->has_leases = dir->ccel.has_lease;
        dir->ccel.wants_lease = dir->ccel.has_lease = false;
        lease_release(dir->ccel.fd);
        result = tsm_file_set(&dir->ccel, buf_span(&table), error);
    }
    buf_free(&table);
    return result;
}

static int watch_directory(struct tsm_dir *dir, size_t index, const char *path, struct error *error)
{
    dir->changes[index] = tsm_watch_directory(dir->loop, path, on_changed, dir, error);
    return dir->changes[index] ? 0 : -1;
}

static int open_files(struct tsm_dir *dir, struct error *error)
{
    char report[PATH_MAX], measurements[PATH_MAX], events[PATH_MAX];

    if (tsm_file_make_directory(path_in(dir, REPORT, report), error) ||
        tsm_file_make_directory(path_in(dir, MEASUREMENTS, measurements), error) ||
        tsm_file_make_directory(path_in(dir, EVENTS, events), error) || write_ccel(dir, error) ||
        tsm_registers_open(&dir->registers, measurements, dir->has_leases, dir->log, error) ||
        tsm_events_open(&dir->events, events, dir->has_leases, first_td(dir), dir->log, error))
        return -1;
    publish(dir);
    dir->reports = tsm_reports_new(dir->loop, report, dir->has_leases, dir->cluster, dir->log, error);
    if (!dir->reports || watch_directory(dir, 0, dir->path, error) ||
        watch_directory(dir, 1, measurements, error) || watch_directory(dir, 2, events, error))
        return -1;
    if (!dir->has_leases)
        follow_td(dir);
    return 0;
}

struct tsm_dir *tsm_dir_new(uv_loop_t *loop, const char *directory, struct cluster *cluster, struct log *log,
                            struct error *error)
{
    struct tsm_dir *dir = memory_zalloc(sizeof *dir);

    *dir = (struct tsm_dir){.loop = loop, .cluster = cluster, .log = log, .lock = -1, .ccel.fd = -1};
    if (open_directory(dir, directory, error) == 0 && await_clients(dir, error) == 0 &&
        open_files(dir, error) == 0)
        return dir;
    tsm_dir_free(dir);
    return NULL;
}

/* Only while it is locked: it may be another simulator's. */
static void remove_directories(const struct tsm_dir *dir)
{
    static const char *const names[] = {REPORT, MEASUREMENTS, EVENTS};
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)rmdir(path_in(dir, names[i], path)); /* others may have files there */
    (void)unlink(path_in(dir, LOCK_NAME, path));
    if (dir->is_made)
        (void)rmdir(dir->path);
}

void tsm_dir_free(struct tsm_dir *dir)
{
    if (!dir)
        return;
    for (size_t i = 0; i < sizeof dir->changes / sizeof *dir->changes; i++)
        tsm_watch_end(dir->changes[i]);
    tsm_reports_free(dir->reports);
    tsm_registers_close(&dir->registers);
    tsm_events_close(&dir->events);
    tsm_file_close(&dir->ccel);
    close_handle(dir->retry);
    close_handle(dir->follow);
    close_handle(dir->signal);
    if (dir->lock >= 0) {
        remove_directories(dir);
        close(dir->lock);
    }
    free(dir);
}

/* --- for those who start clients --- */

bool tsm_dir_variable(const struct tsm_dir *dir, size_t index, char text[static TSM_DIR_VARIABLE_BYTES])
{
    static const struct {
        const char *name, *file;
    } rows[] = {
        {"DCAP_TDX_QUOTE_CONFIGFS_PATH", REPORT "/" TSM_REPORTS_DEFAULT},
        {"DCAP_TDX_RTMR_SYSFS_PATH", MEASUREMENTS},
        {"DSTACK_CCEL_FILE", "CCEL"},
    };

    if (index >= sizeof rows / sizeof *rows)
        return false;
    snprintf(text, TSM_DIR_VARIABLE_BYTES, "%s=%s/%s", rows[index].name, dir->path, rows[index].file);
    return true;
}
