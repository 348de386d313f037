#include "sim/tsm/tsm_report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"

#define PROVIDER "tdx_guest\n"
#define MODE_READ 0444
#define MODE_WRITE 0200
#define MODE_OPENING 0600 /* so that the owner may read it, if not root */
#define CHUNK_BYTES 4096  /* what is written to a FIFO at once arrives at once up to this size */
#define CHUNKS_MAX 16     /* of a turn */

/* --- the FIFO --- */

static int fail(const struct tsm_report *report, struct error *error)
{
    return error_internal(error, "cannot make the FIFO %s: %s", report->inblob_path, strerror(errno));
}

/* One that is there is used again, because a client may wait for someone to read it. It is opened for writing
 * as well, so that it does not end with its clients. */
static int open_fifo(struct tsm_report *report, struct error *error)
{
    const char *path = report->inblob_path;
    struct stat status;

    if (mkfifo(path, MODE_OPENING) != 0 && errno != EEXIST)
        return fail(report, error);
    if (lstat(path, &status) != 0)
        return fail(report, error);
    if (!S_ISFIFO(status.st_mode))
        return error_input(error, "%s is there and not a FIFO: remove it", path);
    if (chmod(path, MODE_OPENING) != 0)
        return fail(report, error);
    report->inblob = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    if (report->inblob < 0 || fchmod(report->inblob, MODE_WRITE) != 0)
        return fail(report, error);
    return 0;
}

static void close_fifo(struct tsm_report *report)
{
    if (report->inblob >= 0)
        close(report->inblob);
    report->inblob = -1;
}

/* --- making and removing it --- */

static char *path_in(const char *directory, const char *name)
{
    const size_t size = strlen(directory) + strlen(name) + 2;
    char *path = memory_alloc(size);

    snprintf(path, size, "%s/%s", directory, name);
    return path;
}

static int set_generation(struct tsm_report *report, struct error *error)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRIu64 "\n", report->writes);

    return tsm_file_set(&report->generation, span_of(text, (size_t)len), error);
}

/* The provider comes last, because clients that make a directory wait for it. */
static int open_files(struct tsm_report *report, bool has_leases, struct error *error)
{
    if (open_fifo(report, error) ||
        tsm_file_open(&report->outblob, report->path, "outblob", MODE_READ, has_leases, error) ||
        tsm_file_open(&report->generation, report->path, "generation", MODE_READ, has_leases, error) ||
        set_generation(report, error) ||
        tsm_file_open(&report->provider, report->path, "provider", MODE_READ, false, error) ||
        tsm_file_set(&report->provider, span_text(PROVIDER), error))
        return -1;
    return 0;
}

int tsm_report_open(struct tsm_report *report, const char *directory, bool has_leases, struct log *log,
                    struct error *error)
{
    *report = (struct tsm_report){
        .path = memory_copy(directory, strlen(directory)),
        .log = log,
        .inblob_path = path_in(directory, "inblob"),
        .inblob = -1,
    };
    buf_init(&report->pending, SIZE_MAX);
    if (open_files(report, has_leases, error) == 0)
        return 0;
    tsm_report_close(report);
    return -1;
}

void tsm_report_close(struct tsm_report *report)
{
    if (report->inblob >= 0)
        unlink(report->inblob_path);
    close_fifo(report);
    tsm_file_close(&report->provider);
    tsm_file_close(&report->generation);
    tsm_file_close(&report->outblob);
    buf_free(&report->pending);
    free(report->inblob_path);
    free(report->path);
}

static void report_problem(const struct tsm_report *report, const struct error *error)
{
    log_write(report->log, LOG_WARN, "%s", error->text);
}

static bool hold(const struct tsm_report *report, struct tsm_file *file)
{
    struct error error = {.kind = ERROR_NONE};

    if (tsm_file_hold(file, &error) == 0)
        return true;
    report_problem(report, &error);
    return false;
}

bool tsm_report_hold(struct tsm_report *report)
{
    const bool holds_generation = hold(report, &report->generation);

    return hold(report, &report->outblob) && holds_generation;
}

/* --- what is written --- */

static void refuse(const struct tsm_report *report)
{
    log_write(report->log, LOG_WARN, "%s takes %d bytes at once; %zu were written", report->inblob_path,
              REPORT_DATA_BYTES, report->pending.len);
}

static void accept(struct tsm_report *report, uint64_t writes)
{
    const struct buf *pending = &report->pending;

    report->has_report_data = pending->len >= REPORT_DATA_BYTES;
    if (report->has_report_data)
        memcpy(report->report_data, pending->data + pending->len - REPORT_DATA_BYTES, REPORT_DATA_BYTES);
    report->writes += writes;
    buf_reset(&report->pending);
}

static void read_fifo(struct tsm_report *report)
{
    ssize_t count = 0;

    for (int i = 0; i < CHUNKS_MAX; i++) {
        count = read(report->inblob, buf_reserve(&report->pending, CHUNK_BYTES), CHUNK_BYTES);
        if (count <= 0)
            return;
        report->pending.len += (size_t)count;
    }
}

/* What is less than one write may go on, until a client looks for its result. */
static void take_whole_writes(struct tsm_report *report)
{
    const size_t len = report->pending.len;

    if (len % REPORT_DATA_BYTES == 0) {
        if (len > 0)
            accept(report, len / REPORT_DATA_BYTES);
    } else if (len > REPORT_DATA_BYTES) {
        refuse(report);
        buf_reset(&report->pending);
    }
}

/* The kernel counts a write of another size, and fails to make a quote of it. */
static void take_short_write(struct tsm_report *report)
{
    if (!report->pending.len)
        return;
    refuse(report);
    accept(report, 1);
}

/* --- what is read --- */

/* Once for what was written, as the kernel does: later extensions of registers are not in it. */
static int make_quote(struct tsm_report *report, const struct td *td, struct error *error)
{
    struct arena arena;
    struct span quote = SPAN_NONE;
    int result;

    if (report->quoted_writes == report->writes)
        return 0;
    arena_init(&arena);
    if (report->has_report_data && !td->is_halted)
        quote = td_quote(td, report->report_data, &arena);
    result = tsm_file_set(&report->outblob, quote, error);
    if (result == 0) {
        report->quoted_writes = report->writes;
        if (quote.len)
            log_write(report->log, LOG_INFO, "%s: quote %" PRIu64, report->path, report->writes);
    }
    arena_free(&arena);
    return result;
}

/* The quote is there before the generation says so. */
static void publish(struct tsm_report *report, const struct td *td)
{
    struct error error = {.kind = ERROR_NONE};

    if (make_quote(report, td, &error) || set_generation(report, &error))
        report_problem(report, &error);
}

void tsm_report_collect(struct tsm_report *report, const struct td *td)
{
    read_fifo(report);
    take_whole_writes(report);
    if (!report->outblob.wants_lease)
        publish(report, td);
}

/* Who waits is let in even if there is nothing to read. */
static void admit(const struct tsm_report *report, struct tsm_file *file, struct error *error)
{
    (void)!tsm_file_admit(file, error);
    if (error->kind != ERROR_NONE)
        report_problem(report, error);
}

bool tsm_report_admit(struct tsm_report *report, const struct td *td)
{
    const bool wants_generation = tsm_file_is_held(&report->generation);
    const bool wants_outblob = tsm_file_is_held(&report->outblob);
    struct error of_generation = {.kind = ERROR_NONE}, of_outblob = {.kind = ERROR_NONE};

    if (wants_generation || wants_outblob)
        take_short_write(report);
    if (wants_generation) {
        (void)!set_generation(report, &of_generation);
        admit(report, &report->generation, &of_generation);
    }
    if (wants_outblob) {
        (void)!make_quote(report, td, &of_outblob);
        admit(report, &report->outblob, &of_outblob);
    }
    return of_generation.kind == ERROR_NONE && of_outblob.kind == ERROR_NONE;
}

/* --- what is removed --- */

bool tsm_report_has_fifo(const struct tsm_report *report)
{
    struct stat ours, theirs;

    return fstat(report->inblob, &ours) == 0 && lstat(report->inblob_path, &theirs) == 0 &&
           ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

int tsm_report_restore(struct tsm_report *report, struct error *error)
{
    if (!tsm_report_has_fifo(report)) {
        close_fifo(report);
        if (open_fifo(report, error))
            return -1;
    }
    return tsm_file_restore(&report->provider, error) || tsm_file_restore(&report->generation, error) ||
                   tsm_file_restore(&report->outblob, error)
               ? -1
               : 0;
}
