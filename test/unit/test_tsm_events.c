/* The runtime events of a TD as files, where the file system has no leases. */
#include "sim/tsm/tsm_events.h"

#include <unistd.h>

#include "sim/base/file.h"
#include "sim/tdx/runtime_log.h"
#include "test/unit/tsm_fixture.h"

struct world {
    struct tsm_place place;
    struct tsm_events events;
};

static int start(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error error = {.kind = ERROR_NONE};

    assert_non_null(world);
    if (tsm_place_open(&world->place))
        return -1;
    if (tsm_events_open(&world->events, world->place.directory->path, false, world->place.td,
                        &world->place.log, &error))
        fail_msg("%s", error.text);
    *state = world;
    return 0;
}

static int finish(void **state)
{
    struct world *world = *state;
    int result;

    tsm_events_close(&world->events);
    result = tsm_place_close(&world->place);
    free(world);
    return result;
}

/* --- someone else --- */

static void assert_file(const struct world *world, const char *name, struct span expected)
{
    struct error error = {.kind = ERROR_NONE};
    char path[64], *text;
    size_t len;

    snprintf(path, sizeof path, "%s/%s", world->place.directory->path, name);
    if (file_read(path, 1 << 20, &text, &len, &error))
        fail_msg("%s", error.text);
    assert_int_equal(len, expected.len);
    assert_memory_equal(text, expected.data, len);
    free(text);
}

/* The log of the TD, and its version. */
static void assert_files(const struct world *world)
{
    struct buf lines;

    buf_init(&lines, SIZE_MAX);
    runtime_log_write(&world->place.td->state.log, &lines);
    assert_true(lines.len > 0);
    assert_file(world, "runtime_events.log", buf_span(&lines));
    assert_file(world, "runtime_event_version", span_text("1"));
    buf_free(&lines);
}

/* Events of the TD's log that a line says. */
static size_t lines_of_log(const struct world *world)
{
    size_t count = 0;
    struct buf lines;

    buf_init(&lines, SIZE_MAX);
    runtime_log_write(&world->place.td->state.log, &lines);
    for (size_t i = 0; i < lines.len; i++)
        count += lines.data[i] == '\n';
    buf_free(&lines);
    return count;
}

static void append(const struct world *world, const char *text)
{
    FILE *file = fopen(world->events.events.path, "a");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* As a program that measures: what another TD logs for the event, the register of this one. */
static char *measure(struct world *world, const char *name)
{
    struct cluster *other = td_fixture_cluster(NULL, NULL);
    const struct event_log *log = &other->first->state.log;
    struct error error = {.kind = ERROR_NONE};
    struct buf lines;
    const char *last;
    char *line;

    assert_int_equal(td_emit_event(other->first, name, span_text("payload"), &error), 0);
    assert_int_equal(td_extend(world->place.td, 3, log->events[log->count - 1].digest, &error), 0);
    buf_init(&lines, SIZE_MAX);
    runtime_log_write(log, &lines);
    buf_append_byte(&lines, '\0');
    last = (const char *)lines.data + lines.len - 2; /* the newline at the end */
    while (last > (const char *)lines.data && last[-1] != '\n')
        last--;
    line = strdup(last);
    buf_free(&lines);
    cluster_free(other);
    return line;
}

/* --- the tests --- */

static void they_are_those_of_the_log(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};

    assert_files(world);
    assert_int_equal(td_emit_event(world->place.td, "e", span_text("payload"), &error), 0);
    assert_true(tsm_events_publish(&world->events, world->place.td));
    assert_files(world);
}

static size_t collect(struct world *world)
{
    tsm_events_collect(&world->events, world->place.td);
    return lines_of_log(world);
}

static void a_line_says_what_was_measured(void **state)
{
    struct world *world = *state;
    const size_t before = lines_of_log(world);
    char *first = measure(world, "first"), *second = measure(world, "second");

    assert_int_equal(collect(world), before);
    append(world, first);
    assert_int_equal(collect(world), before + 1);
    append(world, second);
    append(world, "{}\n");
    assert_int_equal(collect(world), before + 2);
    assert_int_equal(collect(world), before + 2); /* each once */
    assert_true(tsm_events_publish(&world->events, world->place.td));
    assert_files(world);
    free(first);
    free(second);
}

static void two_lines_may_come_at_once(void **state)
{
    struct world *world = *state;
    const size_t before = lines_of_log(world);
    char *first = measure(world, "first"), *second = measure(world, "second");

    append(world, first);
    append(world, "\n");
    append(world, second);
    assert_int_equal(collect(world), before + 2);
    free(first);
    free(second);
}

static void a_line_may_come_in_pieces(void **state)
{
    struct world *world = *state;
    const size_t before = lines_of_log(world);
    char *line = measure(world, "mine");
    const size_t len = strlen(line);
    char rest[] = "x";

    for (size_t i = 0; i < len; i++) {
        assert_int_equal(collect(world), before);
        rest[0] = line[i];
        append(world, rest);
    }
    assert_int_equal(collect(world), before + 1);
    free(line);
}

/* How often the log of the program has the text. */
static size_t times_logged(struct world *world, const char *text)
{
    size_t times = 0;

    buf_append_byte(&world->place.log.kept, '\0');
    for (const char *at = (const char *)world->place.log.kept.data; (at = strstr(at, text)); at++)
        times++;
    return times;
}

static void only_the_first_bad_lines_are_told_of(void **state)
{
    enum { TOLD = 8 };
    struct world *world = *state;

    world->place.log = (struct log){.level = LOG_WARN};
    for (int i = 0; i < TOLD + 2; i++)
        append(world, "{}\n");
    collect(world);
    assert_int_equal(times_logged(world, "a line is left out: the member event is missing"), TOLD);
    assert_int_equal(times_logged(world, "2 more lines are left out"), 1);
    log_free(&world->place.log);
    world->place.log = (struct log){.level = LOG_OFF};
}

static void lines_can_only_be_appended(void **state)
{
    struct world *world = *state;
    const size_t before = lines_of_log(world);
    char *line = measure(world, "mine");
    FILE *file = fopen(world->events.events.path, "w");

    assert_non_null(file);
    assert_true(fputs(line, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(collect(world), before);
    free(line);
}

static void what_is_removed_is_made_again(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(tsm_events_restore(&world->events, &error), 0);
    assert_int_equal(unlink(world->events.events.path), 0);
    assert_int_equal(unlink(world->events.version.path), 0);
    assert_int_equal(tsm_events_restore(&world->events, &error), 0);
    assert_int_equal(error.kind, ERROR_NONE);
    assert_files(world);
}

static void the_lock_of_clients_is_removed_too(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};
    char path[64];

    snprintf(path, sizeof path, "%s/runtime_event.lock", world->place.directory->path);
    assert_int_equal(file_write_atomic(path, "", 0, &error), 0);
    tsm_events_close(&world->events);
    assert_int_equal(access(path, F_OK), -1);
    tsm_events_close(&world->events); /* a second time, which does nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(they_are_those_of_the_log, start, finish),
        cmocka_unit_test_setup_teardown(a_line_says_what_was_measured, start, finish),
        cmocka_unit_test_setup_teardown(two_lines_may_come_at_once, start, finish),
        cmocka_unit_test_setup_teardown(a_line_may_come_in_pieces, start, finish),
        cmocka_unit_test_setup_teardown(only_the_first_bad_lines_are_told_of, start, finish),
        cmocka_unit_test_setup_teardown(lines_can_only_be_appended, start, finish),
        cmocka_unit_test_setup_teardown(what_is_removed_is_made_again, start, finish),
        cmocka_unit_test_setup_teardown(the_lock_of_clients_is_removed_too, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
