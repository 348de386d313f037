#include "sim/tsm/tsm_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/host/lease.h"

/* --- making and replacing it --- */

int tsm_file_make_directory(const char *path, struct error *error)
{
    struct stat status;

    if (mkdir(path, TSM_FILE_DIRECTORY_MODE) == 0)
        return 0;
    if (errno != EEXIST)
        return error_input(error, "cannot create the directory %s: %s", path, strerror(errno));
    if (lstat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return error_input(error, "%s is there and not a directory: remove it", path);
    return 0;
}

/* Returns 0, or -1 with errno set. */
static int write_whole(int fd, struct span contents)
{
    size_t done = 0;

    while (done < contents.len) {
        ssize_t count = pwrite(fd, contents.data + done, contents.len - done, (off_t)done);

        if (count < 0 && errno != EINTR)
            return -1;
        done += count > 0 ? (size_t)count : 0;
    }
    return ftruncate(fd, (off_t)contents.len);
}

static int fail(const struct tsm_file *file, struct error *error)
{
    return error_internal(error, "cannot write %s: %s", file->path, strerror(errno));
}

/* Makes the next file, with the lease before anyone can open it. Returns its descriptor, or -1 with errno. */
static int make_next(const struct tsm_file *file, bool *has_lease)
{
    int fd, cause;

    (void)unlink(file->beside); /* of one that was killed */
    fd = open(file->beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -1;
    if (fchmod(fd, file->mode) == 0 && write_whole(fd, buf_span(&file->contents)) == 0) {
        *has_lease = file->wants_lease && lease_take(fd);
        if (rename(file->beside, file->path) == 0)
            return fd;
    }
    cause = errno;
    close(fd);
    unlink(file->beside);
    errno = cause;
    return -1;
}

/* Out: *old, the descriptor of what was there. */
static int replace(struct tsm_file *file, int *old, struct error *error)
{
    bool has_lease = false;
    int fd = make_next(file, &has_lease);

    if (fd < 0)
        return fail(file, error);
    *old = file->fd;
    file->fd = fd;
    file->has_lease = has_lease;
    return 0;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

int tsm_file_open(struct tsm_file *file, const char *directory, const char *name, mode_t mode,
                  bool wants_lease, struct error *error)
{
    const size_t size = strlen(directory) + strlen(name) + sizeof "/..new";
    int none;

    *file = (struct tsm_file){.mode = mode, .wants_lease = wants_lease, .fd = -1, .held = -1};
    file->path = memory_alloc(size);
    file->beside = memory_alloc(size);
    snprintf(file->path, size, "%s/%s", directory, name);
    snprintf(file->beside, size, "%s/.%s.new", directory, name);
    buf_init(&file->contents, SIZE_MAX);
    if (replace(file, &none, error) == 0)
        return 0;
    tsm_file_close(file);
    return -1;
}

static void forget_writer(struct tsm_file *file, size_t index)
{
    struct tsm_file_writer *writer = &file->writers[index];

    close(writer->fd);
    buf_free(&writer->given);
    file->writer_count--;
    memmove(writer, writer + 1, (file->writer_count - index) * sizeof *writer);
}

void tsm_file_close(struct tsm_file *file)
{
    if (!file->path)
        return;
    if (file->fd >= 0)
        unlink(file->path);
    close_fd(file->fd);
    while (file->writer_count)
        forget_writer(file, 0);
    buf_free(&file->contents);
    free(file->path);
    free(file->beside);
    *file = (struct tsm_file){.fd = -1, .held = -1};
}

/* --- its contents --- */

/* Only we have it open. Half of it would be worse than nothing. */
static int rewrite(struct tsm_file *file, struct span contents, struct error *error)
{
    int result = write_whole(file->fd, contents) == 0 ? 0 : fail(file, error);

    buf_reset(&file->contents);
    if (result == 0)
        buf_append_span(&file->contents, contents);
    else
        (void)!ftruncate(file->fd, 0);
    return result;
}

int tsm_file_set(struct tsm_file *file, struct span contents, struct error *error)
{
    struct buf before = file->contents;
    int old;

    if (span_equal(buf_span(&before), contents))
        return 0;
    file->held_is_current = false;
    if (file->has_lease)
        return rewrite(file, contents, error);
    buf_init(&file->contents, SIZE_MAX);
    buf_append_span(&file->contents, contents);
    if (replace(file, &old, error)) {
        buf_free(&file->contents);
        file->contents = before;
        return -1;
    }
    buf_free(&before);
    close_fd(old);
    return 0;
}

/* --- who waits --- */

static bool is_awaited(const struct tsm_file *file)
{
    if (!file->has_lease)
        return file->wants_lease;
    return lease_awaited_by(file->fd) != LEASE_AWAITED_BY_NONE;
}

/* A writer that would be one too many is not waited for. */
static void keep_writer(struct tsm_file *file, int fd)
{
    struct tsm_file_writer *writer;

    if (file->writer_count == TSM_FILE_WRITERS_MAX)
        forget_writer(file, 0);
    writer = &file->writers[file->writer_count++];
    writer->fd = fd;
    buf_init(&writer->given, SIZE_MAX);
    buf_append_span(&writer->given, buf_span(&file->contents));
}

int tsm_file_hold(struct tsm_file *file, struct error *error)
{
    const bool had_lease = file->has_lease;
    int old;

    if (!is_awaited(file))
        return 0;
    if (replace(file, &old, error)) {
        file->is_held_in_place = true;
        return -1;
    }
    if (had_lease)
        file->held = old;
    else
        keep_writer(file, old); /* no one waited, and anyone may have it open */
    file->held_is_current = true;
    return 0;
}

bool tsm_file_is_held(const struct tsm_file *file)
{
    return file->held >= 0 || file->is_held_in_place;
}

static void hand_over(struct tsm_file *file, int fd)
{
    if (lease_awaited_by(fd) != LEASE_AWAITED_BY_WRITER) {
        close(fd);
        return;
    }
    keep_writer(file, fd);
    lease_release(fd);
}

int tsm_file_admit(struct tsm_file *file, struct error *error)
{
    const int held = file->held;
    int result = 0;

    if (file->is_held_in_place) {
        file->is_held_in_place = file->has_lease = false;
        lease_release(file->fd);
    }
    if (held < 0)
        return 0;
    if (!file->held_is_current && write_whole(held, buf_span(&file->contents)) != 0) {
        result = fail(file, error);
        (void)!ftruncate(held, 0);
    }
    file->held = -1;
    hand_over(file, held);
    return result;
}

/* --- what others write --- */

static bool read_whole(int fd, size_t limit, struct buf *contents)
{
    uint8_t *room = buf_reserve(contents, limit);
    ssize_t count;

    while ((count = pread(fd, room + contents->len, limit - contents->len, (off_t)contents->len)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        contents->len += (size_t)count;
    }
    return true;
}

/* Two reads in a row tell a finished write from one that is under way. */
static bool read_settled(int fd, size_t limit, bool is_closed, struct buf *contents)
{
    struct buf again;
    bool is_settled;

    if (!read_whole(fd, limit, contents))
        return false;
    if (is_closed)
        return true;
    buf_init(&again, SIZE_MAX);
    is_settled = read_whole(fd, limit, &again) && span_equal(buf_span(contents), buf_span(&again));
    buf_free(&again);
    return is_settled;
}

static void collect_from(int fd, struct buf *given, bool is_closed, size_t limit,
                         bool (*taken)(void *data, const struct tsm_file_written *written), void *data)
{
    struct buf contents;

    buf_init(&contents, SIZE_MAX);
    if (read_settled(fd, limit, is_closed, &contents) && !span_equal(buf_span(given), buf_span(&contents))) {
        const struct tsm_file_written written = {buf_span(given), buf_span(&contents), is_closed};

        if (taken(data, &written)) {
            buf_reset(given);
            buf_append_span(given, buf_span(&contents));
        }
    }
    buf_free(&contents);
}

void tsm_file_collect(struct tsm_file *file, size_t limit,
                      bool (*taken)(void *data, const struct tsm_file_written *written), void *data)
{
    for (size_t i = 0; i < file->writer_count;) {
        struct tsm_file_writer *writer = &file->writers[i];
        const bool is_closed = lease_take(writer->fd);

        collect_from(writer->fd, &writer->given, is_closed, limit, taken, data);
        if (is_closed)
            forget_writer(file, i);
        else
            i++;
    }
    if (!file->has_lease)
        collect_from(file->fd, &file->contents, false, limit, taken, data);
}

int tsm_file_restore(struct tsm_file *file, struct error *error)
{
    struct stat ours, theirs;
    int old;

    if (fstat(file->fd, &ours) == 0 && lstat(file->path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
        ours.st_ino == theirs.st_ino)
        return 0;
    if (replace(file, &old, error))
        return -1;
    close_fd(old);
    return 0;
}
