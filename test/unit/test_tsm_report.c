/* An entry: its FIFO and the quote over what is written to it, and an entry whose FIFO cannot be made. */
#include "sim/tsm/tsm_report.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "sim/base/file.h"
#include "test/unit/tsm_fixture.h"

static void assert_refused(const char *directory, const char *expected)
{
    struct error error = {.kind = ERROR_NONE};
    struct tsm_report report;
    char sentence[128];
    int len = snprintf(sentence, sizeof sentence, expected, directory);

    assert_in_range(len, 1, sizeof sentence - 1);
    assert_int_equal(tsm_report_open(&report, directory, false, NULL, &error), -1);
    assert_string_equal(error.text, sentence);
}

static void its_directory_has_gone(void **state)
{
    (void)state;
    assert_refused("/nowhere", "cannot make the FIFO %s/inblob: No such file or directory");
}

static void something_else_has_the_name(void **state)
{
    const struct directory *directory = *state;
    struct error error = {.kind = ERROR_NONE};
    char path[48];

    snprintf(path, sizeof path, "%s/inblob", directory->path);
    assert_int_equal(file_write_atomic(path, "mine", 4, &error), 0);
    assert_refused(directory->path, "%s/inblob is there and not a FIFO: remove it");
    assert_int_equal(unlink(path), 0);
}

/* --- one that is served, without leases --- */

struct world {
    struct tsm_place place;
    struct tsm_report report;
};

static int start(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error error = {.kind = ERROR_NONE};

    assert_non_null(world);
    if (tsm_place_open(&world->place))
        return -1;
    if (tsm_report_open(&world->report, world->place.directory->path, false, &world->place.log, &error))
        fail_msg("%s", error.text);
    *state = world;
    return 0;
}

static int finish(void **state)
{
    struct world *world = *state;
    int result;

    tsm_report_close(&world->report);
    result = tsm_place_close(&world->place);
    free(world);
    return result;
}

static void write_inblob(const struct world *world, const uint8_t *bytes, size_t len)
{
    int fd = open(world->report.inblob_path, O_WRONLY | O_NONBLOCK);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

/* After what was written has been collected: the generation, and whether there is a quote over these data. */
static void assert_read(struct world *world, const char *generation, const uint8_t *report_data)
{
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct span quote;
    char *text;
    size_t len;

    tsm_report_collect(&world->report, world->place.cluster->first);
    if (file_read(world->report.generation.path, 32, &text, &len, &error))
        fail_msg("%s", error.text);
    assert_string_equal(text, generation);
    free(text);
    arena_init(&arena);
    quote = report_data ? td_quote(world->place.cluster->first, report_data, &arena) : SPAN_NONE;
    if (file_read(world->report.outblob.path, 1 << 20, &text, &len, &error))
        fail_msg("%s", error.text);
    assert_int_equal(len, quote.len);
    if (len)
        assert_memory_equal(text, quote.data, 632); /* the signature may differ */
    free(text);
    arena_free(&arena);
}

static void a_quote_is_over_the_last_write(void **state)
{
    struct world *world = *state;
    uint8_t data[2 * REPORT_DATA_BYTES];

    memset(data, 1, REPORT_DATA_BYTES);
    memset(data + REPORT_DATA_BYTES, 2, REPORT_DATA_BYTES);
    assert_read(world, "0\n", NULL);
    write_inblob(world, data, REPORT_DATA_BYTES);
    assert_read(world, "1\n", data);
    assert_read(world, "1\n", data);
    write_inblob(world, data, sizeof data); /* two writes */
    assert_read(world, "3\n", data + REPORT_DATA_BYTES);
    write_inblob(world, data, REPORT_DATA_BYTES);
    assert_read(world, "4\n", data);
}

static void a_write_may_come_in_pieces(void **state)
{
    struct world *world = *state;
    uint8_t data[REPORT_DATA_BYTES] = {1, 2, 3};

    write_inblob(world, data, 1);
    assert_read(world, "0\n", NULL);
    write_inblob(world, data + 1, sizeof data - 1);
    assert_read(world, "1\n", data);
    write_inblob(world, data, sizeof data - 1);
    write_inblob(world, data, 2); /* no longer a piece */
    assert_read(world, "1\n", data);
    write_inblob(world, data, sizeof data);
    assert_read(world, "2\n", data);
}

static void what_is_removed_is_made_again(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};
    uint8_t data[REPORT_DATA_BYTES] = {1, 2, 3};

    assert_int_equal(tsm_report_restore(&world->report, &error), 0);
    assert_true(tsm_report_has_fifo(&world->report));
    assert_int_equal(unlink(world->report.inblob_path), 0);
    assert_int_equal(unlink(world->report.outblob.path), 0);
    assert_int_equal(unlink(world->report.generation.path), 0);
    assert_int_equal(unlink(world->report.provider.path), 0);
    assert_false(tsm_report_has_fifo(&world->report));
    assert_int_equal(mkfifo(world->report.inblob_path, 0600), 0); /* someone else's */
    assert_false(tsm_report_has_fifo(&world->report));
    assert_int_equal(tsm_report_restore(&world->report, &error), 0);
    assert_true(tsm_report_has_fifo(&world->report));
    assert_int_equal(access(world->report.provider.path, F_OK), 0);
    write_inblob(world, data, sizeof data);
    assert_read(world, "1\n", data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_directory_has_gone),
        cmocka_unit_test_setup_teardown(something_else_has_the_name, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_quote_is_over_the_last_write, start, finish),
        cmocka_unit_test_setup_teardown(a_write_may_come_in_pieces, start, finish),
        cmocka_unit_test_setup_teardown(what_is_removed_is_made_again, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
