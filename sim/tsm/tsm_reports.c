#include "sim/tsm/tsm_reports.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"

/* --- one entry --- */

static char *path_of(const struct tsm_reports *reports, const char *name)
{
    const size_t size = strlen(reports->path) + strlen(name) + 2;
    char *path = memory_alloc(size);

    snprintf(path, size, "%s/%s", reports->path, name);
    return path;
}

static bool is_default(const char *name)
{
    return strcmp(name, TSM_REPORTS_DEFAULT) == 0;
}

static const struct td *first_td(const struct tsm_reports *reports)
{
    return reports->cluster->first;
}

static void on_fifo(void *data)
{
    const struct tsm_reports_entry *entry = data;

    tsm_reports_collect(entry->reports);
}

static void on_default_changed(void *data);

static int watch_fifo(struct tsm_reports_entry *entry, struct error *error)
{
    entry->fifo = tsm_watch_descriptor(entry->reports->loop, entry->report.inblob, on_fifo, entry, error);
    return entry->fifo ? 0 : -1;
}

/* What others remove in an entry of theirs stays removed, because the entry is next. */
static int watch_entry(struct tsm_reports_entry *entry, struct error *error)
{
    if (is_default(entry->name) &&
        !(entry->changes = tsm_watch_directory(entry->reports->loop, entry->report.path, on_default_changed,
                                               entry, error)))
        return -1;
    return watch_fifo(entry, error);
}

static void free_entry(struct tsm_reports_entry *entry)
{
    tsm_watch_end(entry->fifo);
    tsm_watch_end(entry->changes);
    tsm_report_close(&entry->report);
    free(entry->name);
    free(entry);
}

/* Takes the entry off the list, and its files away. */
static void drop(struct tsm_reports *reports, size_t index)
{
    free_entry(reports->entries[index]);
    reports->is_full_told = false;
    reports->count--;
    memmove(&reports->entries[index], &reports->entries[index + 1],
            (reports->count - index) * sizeof reports->entries[0]);
}

/* The last one, with its directory. */
static void drop_last(struct tsm_reports *reports)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is one */
    char *path = path_of(reports, reports->entries[reports->count - 1]->name);

    drop(reports, reports->count - 1);
    (void)rmdir(path); /* it may have gone, or hold files of others */
    free(path);
}

static int add(struct tsm_reports *reports, const char *name, struct error *error)
{
    struct tsm_reports_entry *entry = memory_zalloc(sizeof *entry);
    char *path = path_of(reports, name);
    int result = tsm_report_open(&entry->report, path, reports->has_leases, reports->log, error);

    free(path);
    if (result) {
        free(entry);
        return -1;
    }
    entry->reports = reports;
    entry->name = memory_copy(name, strlen(name));
    if (watch_entry(entry, error)) {
        free_entry(entry);
        return -1;
    }
    reports->entries[reports->count++] = entry;
    return 0;
}

/* --- the directory of entries --- */

static int add_default(struct tsm_reports *reports, struct error *error)
{
    char *path = path_of(reports, TSM_REPORTS_DEFAULT);
    int result = tsm_file_make_directory(path, error);

    free(path);
    return result ? -1 : add(reports, TSM_REPORTS_DEFAULT, error);
}

static bool is_known(const struct tsm_reports *reports, const char *name)
{
    for (size_t i = 0; i < reports->count; i++)
        if (strcmp(reports->entries[i]->name, name) == 0)
            return true;
    return false;
}

/* And not a symbolic link to one, which may be anyone's. */
static bool is_directory(const struct tsm_reports *reports, const char *name)
{
    char *path = path_of(reports, name);
    struct stat status;
    bool is = lstat(path, &status) == 0 && S_ISDIR(status.st_mode);

    free(path);
    return is;
}

/* Returns whether others may be served after this one. */
static bool welcome(struct tsm_reports *reports, const char *name)
{
    const bool is_full = reports->count == TSM_REPORTS_MAX;
    struct error error = {.kind = ERROR_NONE};

    if (name[0] == '.' || is_known(reports, name) || !is_directory(reports, name))
        return true;
    if (is_full)
        error_input(&error, "there are already %d entries", TSM_REPORTS_MAX);
    else
        (void)add(reports, name, &error);
    if (error.kind && !reports->is_full_told)
        log_write(reports->log, LOG_WARN, "%s/%s is not served: %s", reports->path, name, error.text);
    reports->is_full_told |= is_full;
    return !is_full;
}

/* Up to the one for which visit returns false. */
static void for_each_name(struct tsm_reports *reports,
                          bool (*visit)(struct tsm_reports *reports, const char *name))
{
    DIR *directory = opendir(reports->path);
    const struct dirent *found;
    bool goes_on = directory;

    for (size_t i = 0; goes_on && i < TSM_REPORTS_NAMES_MAX && (found = readdir(directory)); i++)
        goes_on = visit(reports, found->d_name);
    if (directory)
        closedir(directory);
}

/* Another entry, of a process that was killed. Opening it removes what was in it. */
static bool clear(struct tsm_reports *reports, const char *name)
{
    if (name[0] == '.' || is_default(name) || !is_directory(reports, name))
        return true;
    (void)welcome(reports, name);
    if (is_known(reports, name))
        drop_last(reports);
    return true;
}

/* What was made too late to be noticed, unless it holds files. */
static bool remove_unnoticed(struct tsm_reports *reports, const char *name)
{
    char *path = path_of(reports, name);

    if (name[0] != '.')
        (void)rmdir(path);
    free(path);
    return true;
}

static void restore_default(struct tsm_reports *reports)
{
    struct error error = {.kind = ERROR_NONE};

    if (!is_known(reports, TSM_REPORTS_DEFAULT) && add_default(reports, &error))
        log_write(reports->log, LOG_WARN, "%s", error.text);
}

/* A directory that was removed may have been made again since. */
static void on_changed(void *data)
{
    struct tsm_reports *reports = data;

    for (size_t i = reports->count; i-- > 0;)
        if (!tsm_report_has_fifo(&reports->entries[i]->report))
            drop(reports, i);
    restore_default(reports);
    for_each_name(reports, welcome);
}

static void on_default_changed(void *data)
{
    struct tsm_reports_entry *entry = data;
    struct error error = {.kind = ERROR_NONE};

    if (!tsm_report_has_fifo(
            &entry->report)) { /* its descriptor will be closed, and may be another file's then */
        tsm_watch_end(entry->fifo);
        entry->fifo = NULL;
    }
    if (tsm_report_restore(&entry->report, &error) == 0 && !entry->fifo)
        (void)watch_fifo(entry, &error);
    if (error.kind && is_directory(entry->reports, entry->name))
        log_write(entry->reports->log, LOG_WARN, "%s", error.text);
}

struct tsm_reports *tsm_reports_new(uv_loop_t *loop, const char *directory, bool has_leases,
                                    const struct cluster *cluster, struct log *log, struct error *error)
{
    struct tsm_reports *reports = memory_zalloc(sizeof *reports);

    *reports = (struct tsm_reports){.loop = loop, .cluster = cluster, .log = log, .has_leases = has_leases};
    reports->path = memory_copy(directory, strlen(directory));
    for_each_name(reports, clear);
    reports->changes = tsm_watch_directory(loop, directory, on_changed, reports, error);
    if (reports->changes && add_default(reports, error) == 0)
        return reports;
    tsm_reports_free(reports);
    return NULL;
}

void tsm_reports_free(struct tsm_reports *reports)
{
    if (!reports)
        return;
    tsm_watch_end(reports->changes);
    while (reports->count)
        drop_last(reports);
    for_each_name(reports, remove_unnoticed);
    free(reports->path);
    free(reports);
}

/* --- all entries --- */

bool tsm_reports_hold(struct tsm_reports *reports)
{
    bool is_done = true;

    for (size_t i = 0; i < reports->count; i++)
        is_done &= tsm_report_hold(&reports->entries[i]->report);
    return is_done;
}

void tsm_reports_collect(struct tsm_reports *reports)
{
    for (size_t i = 0; i < reports->count; i++)
        tsm_report_collect(&reports->entries[i]->report, first_td(reports));
}

bool tsm_reports_admit(struct tsm_reports *reports)
{
    bool is_done = true;

    for (size_t i = 0; i < reports->count; i++)
        is_done &= tsm_report_admit(&reports->entries[i]->report, first_td(reports));
    return is_done;
}
