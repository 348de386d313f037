/* The registers of a TD as files, where the file system has no leases. */
#include "sim/tsm/tsm_registers.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "test/unit/tsm_fixture.h"

struct world {
    struct tsm_place place;
    struct tsm_registers registers;
};

static int start(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct error error = {.kind = ERROR_NONE};

    assert_non_null(world);
    if (tsm_place_open(&world->place))
        return -1;
    if (tsm_registers_open(&world->registers, world->place.directory->path, false, &world->place.log, &error))
        fail_msg("%s", error.text);
    assert_true(tsm_registers_publish(&world->registers, world->place.td));
    *state = world;
    return 0;
}

static int finish(void **state)
{
    struct world *world = *state;
    int result;

    tsm_registers_close(&world->registers);
    result = tsm_place_close(&world->place);
    free(world);
    return result;
}

/* --- someone else --- */

static const char *path_of(const struct world *world, const char *name)
{
    static char path[64];

    snprintf(path, sizeof path, "%s/%s", world->place.directory->path, name);
    return path;
}

static void assert_file(const struct world *world, const char *name, const uint8_t *value)
{
    uint8_t bytes[REGISTER_BYTES + 1];
    int fd = open(path_of(world, name), O_RDONLY);

    assert_true(fd >= 0);
    assert_int_equal(read(fd, bytes, sizeof bytes), REGISTER_BYTES);
    close(fd);
    assert_memory_equal(bytes, value, REGISTER_BYTES);
}

static void write_file(const struct world *world, const char *name, const uint8_t *bytes, size_t len)
{
    int fd = open(path_of(world, name), O_WRONLY | O_TRUNC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

/* --- the tests --- */

static void each_register_is_a_file(void **state)
{
    static const uint8_t zeros[REGISTER_BYTES];
    const struct world *world = *state;
    const struct registers *registers = &world->place.td->state.registers;

    assert_file(world, "mrtd:sha384", registers->mrtd);
    assert_file(world, "mrconfigid", registers->config_id);
    assert_file(world, "mrowner", zeros);
    assert_file(world, "mrownerconfig", zeros);
    assert_file(world, "rtmr0:sha384", registers->rtmr[0]);
    assert_file(world, "rtmr1:sha384", registers->rtmr[1]);
    assert_file(world, "rtmr2:sha384", registers->rtmr[2]);
    assert_file(world, "rtmr3:sha384", registers->rtmr[3]);
}

static void a_digest_extends_a_register(void **state)
{
    static const char *const names[] = {"rtmr2:sha384", "rtmr3:sha384"};
    struct world *world = *state;

    for (size_t i = 0; i < 2; i++) {
        const uint8_t *value = world->place.td->state.registers.rtmr[2 + i];
        uint8_t extended[2 * REGISTER_BYTES], expected[REGISTER_BYTES];

        memcpy(extended, value, REGISTER_BYTES);
        memset(extended + REGISTER_BYTES, (int)(7 + i), REGISTER_BYTES);
        hash_sha384(extended, sizeof extended, expected);
        write_file(world, names[i], extended + REGISTER_BYTES, REGISTER_BYTES);
        tsm_registers_collect(&world->registers, world->place.td);
        assert_memory_equal(value, expected, REGISTER_BYTES);
        assert_true(tsm_registers_publish(&world->registers, world->place.td));
        assert_file(world, names[i], expected);
    }
}

static void nothing_else_changes_one(void **state)
{
    static const struct {
        const char *name;
        size_t len;
    } rows[] = {
        {"rtmr3:sha384", 0},  {"rtmr3:sha384", REGISTER_BYTES - 1}, {"rtmr3:sha384", REGISTER_BYTES + 1},
        {"rtmr3:sha384", 96}, {"rtmr1:sha384", REGISTER_BYTES},     {"mrowner", REGISTER_BYTES},
    };
    struct world *world = *state;
    const struct registers before = world->place.td->state.registers;
    uint8_t bytes[96] = {1, 2, 3};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(chmod(path_of(world, rows[i].name), 0644), 0);
        write_file(world, rows[i].name, bytes, rows[i].len);
        tsm_registers_collect(&world->registers, world->place.td);
        assert_memory_equal(&world->place.td->state.registers, &before, sizeof before);
    }
}

static void what_is_removed_is_made_again(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(tsm_registers_restore(&world->registers, &error), 0);
    assert_int_equal(unlink(path_of(world, "rtmr3:sha384")), 0);
    assert_int_equal(unlink(path_of(world, "mrtd:sha384")), 0);
    assert_int_equal(tsm_registers_restore(&world->registers, &error), 0);
    assert_int_equal(error.kind, ERROR_NONE);
    each_register_is_a_file(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_register_is_a_file, start, finish),
        cmocka_unit_test_setup_teardown(a_digest_extends_a_register, start, finish),
        cmocka_unit_test_setup_teardown(nothing_else_changes_one, start, finish),
        cmocka_unit_test_setup_teardown(what_is_removed_is_made_again, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
