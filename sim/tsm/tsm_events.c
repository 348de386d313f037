#include "sim/tsm/tsm_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/tdx/runtime_log.h"

#define MODE 0600
#define LOCK_NAME "runtime_event.lock" /* which clients make */
#define TOLD_MAX 8                     /* lines left out that are told one by one */
#define LOG_BYTES_MAX (2u * EVENT_LOG_BYTES_MAX + EVENT_LOG_EVENTS_MAX * 64u)

static int set_contents(struct tsm_events *events, const struct td *td, struct error *error)
{
    const char *version = td->state.log.version == EVENT_VERSION_2 ? "2" : "1";
    struct buf lines;
    int result;

    buf_init(&lines, SIZE_MAX);
    runtime_log_write(&td->state.log, &lines);
    result = tsm_file_set(&events->events, buf_span(&lines), error) ||
                     tsm_file_set(&events->version, span_text(version), error)
                 ? -1
                 : 0;
    buf_free(&lines);
    return result;
}

int tsm_events_open(struct tsm_events *events, const char *directory, bool has_leases, const struct td *td,
                    struct log *log, struct error *error)
{
    *events = (struct tsm_events){.path = memory_copy(directory, strlen(directory)), .log = log};
    if (tsm_file_open(&events->events, directory, "runtime_events.log", MODE, has_leases, error) == 0 &&
        tsm_file_open(&events->version, directory, "runtime_event_version", MODE, false, error) == 0 &&
        set_contents(events, td, error) == 0)
        return 0;
    tsm_events_close(events);
    return -1;
}

void tsm_events_close(struct tsm_events *events)
{
    char *lock;
    size_t size;

    if (!events->path)
        return;
    size = strlen(events->path) + sizeof "/" LOCK_NAME;
    lock = memory_alloc(size);
    snprintf(lock, size, "%s/" LOCK_NAME, events->path);
    unlink(lock);
    free(lock);
    tsm_file_close(&events->events);
    tsm_file_close(&events->version);
    free(events->path);
    events->path = NULL;
}

static bool is_well(const struct tsm_events *events, const struct error *error)
{
    if (error->kind != ERROR_NONE)
        log_write(events->log, LOG_WARN, "%s", error->text);
    return error->kind == ERROR_NONE;
}

bool tsm_events_hold(struct tsm_events *events)
{
    struct error error = {.kind = ERROR_NONE};

    (void)!tsm_file_hold(&events->events, &error);
    return is_well(events, &error);
}

/* --- what is appended --- */

struct appended {
    const struct tsm_events *events;
    struct td *td;
    size_t left_out; /* lines */
};

static void tell(struct appended *appended, struct span text)
{
    struct error error = {.kind = ERROR_NONE};
    struct event_log_line line;
    struct arena arena;

    arena_init(&arena);
    if ((runtime_log_read(text, &arena, &line, &error) || td_tell_event(appended->td, &line, &error)) &&
        ++appended->left_out <= TOLD_MAX)
        log_write(appended->events->log, LOG_WARN, "%s: a line is left out: %s",
                  appended->events->events.path, error.text);
    arena_free(&arena);
}

/* The rest is not looked at once there are so many: a log of a TD holds no more. */
static void tell_all(struct appended *appended, struct span rest)
{
    for (size_t lines = 0; rest.len && lines < EVENT_LOG_EVENTS_MAX; lines++) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        const size_t len = end ? (size_t)(end - rest.data) : rest.len;

        if (len > 0)
            tell(appended, span_of(rest.data, len));
        rest = span_of(rest.data + len + (end != NULL), rest.len - len - (end != NULL));
    }
    if (appended->left_out > TOLD_MAX)
        log_write(appended->events->log, LOG_WARN, "%s: %zu more lines are left out",
                  appended->events->events.path, appended->left_out - TOLD_MAX);
    if (rest.len)
        log_write(appended->events->log, LOG_WARN,
                  "%s: what follows after %d lines is left out: no event log holds more",
                  appended->events->events.path, EVENT_LOG_EVENTS_MAX);
    appended->left_out = 0;
}

static bool begins_with(struct span whole, struct span part)
{
    return whole.len >= part.len && (part.len == 0 || memcmp(whole.data, part.data, part.len) == 0);
}

/* Whole lines; the last one may lack its newline if no more is written. */
static bool take_lines(void *data, const struct tsm_file_written *written)
{
    struct appended *appended = data;
    struct span rest = written->contents;

    if (!begins_with(rest, written->given)) {
        if (written->is_closed)
            log_write(appended->events->log, LOG_WARN, "%s was changed; lines can only be appended to it",
                      appended->events->events.path);
        return false;
    }
    if (!written->is_closed && rest.data[rest.len - 1] != '\n')
        return false;
    tell_all(appended, span_of(rest.data + written->given.len, rest.len - written->given.len));
    return true;
}

void tsm_events_collect(struct tsm_events *events, struct td *td)
{
    struct appended appended = {events, td, 0};

    tsm_file_collect(&events->events, LOG_BYTES_MAX, take_lines, &appended);
}

/* --- what is read --- */

bool tsm_events_publish(struct tsm_events *events, const struct td *td)
{
    struct error error = {.kind = ERROR_NONE};

    (void)!set_contents(events, td, &error);
    return is_well(events, &error);
}

/* Who waits is let in even if the lines cannot be written. */
bool tsm_events_admit(struct tsm_events *events, const struct td *td)
{
    struct error error = {.kind = ERROR_NONE};

    if (!tsm_file_is_held(&events->events))
        return true;
    (void)!set_contents(events, td, &error);
    (void)!tsm_file_admit(&events->events, &error);
    return is_well(events, &error);
}

int tsm_events_restore(struct tsm_events *events, struct error *error)
{
    return tsm_file_restore(&events->events, error) || tsm_file_restore(&events->version, error) ? -1 : 0;
}
