#include "sim/process/socket_files.h"

#include <sys/stat.h>

#include "test/unit/directory_fixture.h"
#include "test/unit/registry_fixture.h"

static void only_what_is_private_stays_with_the_owner(void **state)
{
    const struct options options = {.socket_mode = 0660};

    (void)state;
    assert_int_equal(socket_files_mode(&options, only("dstack") | only("tappd")), 0660);
    assert_int_equal(socket_files_mode(&options, only("worker")), 0660);
    assert_int_equal(socket_files_mode(&options, only("guest")), 0600);
    assert_int_equal(socket_files_mode(&options, only("dstack") | only("simulator")), 0600);
    assert_int_equal(socket_files_mode(&options, registry_all()), 0600);
}

static void every_file_has_known_services(void **state)
{
    struct registry_choice choice;
    size_t count = 0;

    (void)state;
    for (const char *name; (name = socket_files_name(count)); count++) {
        assert_null(registry_read(socket_files_services(name, false), &choice));
        assert_null(registry_read(socket_files_services(name, true), &choice));
    }
    assert_int_equal(count, 5);
    assert_true(socket_files_is_of_td(3));
    assert_false(socket_files_is_of_td(4));
    assert_false(socket_files_is_of_td(5));
    assert_null(socket_files_services("other.sock", false));
}

static void paths(void **state)
{
    char here[] = ".", there[] = "/run/x";
    struct options moved = {.socket_dir = here, .sockets = {[2] = {.name = "external.sock"}}};
    struct listen_spec spec;
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(socket_files_address(&(struct options){.socket_dir = here}, 0, &spec, &error), 0);
    assert_string_equal(spec.address, "dstack.sock");
    assert_int_equal(socket_files_address(&(struct options){.socket_dir = there}, 3, &spec, &error), 0);
    assert_string_equal(spec.address, "/run/x/guest.sock");
    moved.sockets[2].spec = (struct listen_spec){.kind = LISTEN_TCP, .address = "host", .port = 1};
    assert_int_equal(socket_files_address(&moved, 2, &spec, &error), 0);
    assert_int_equal(spec.kind, LISTEN_TCP);
    assert_string_equal(spec.address, "host");
    assert_int_equal(socket_files_address(&moved, 1, &spec, &error), 0);
    assert_string_equal(spec.address, "tappd.sock");
}

static void a_closed_directory_hides_them(void **state)
{
    struct directory *directory = *state;
    struct options options = {.socket_dir = directory->path, .socket_mode = 0777};
    char sentence[200];

    assert_int_equal(chmod(directory->path, 0711), 0);
    assert_false(socket_files_are_hidden(&options, sentence, sizeof sentence));
    assert_int_equal(chmod(directory->path, 0750), 0);
    assert_true(socket_files_are_hidden(&options, sentence, sizeof sentence));
    assert_non_null(strstr(sentence, directory->path));
    assert_non_null(strstr(sentence, "0750"));
    options.socket_mode = 0660;
    assert_false(socket_files_are_hidden(&options, sentence, sizeof sentence));
    options.socket_dir = NULL;
    assert_false(socket_files_are_hidden(&options, sentence, sizeof sentence));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_private_stays_with_the_owner),
        cmocka_unit_test(every_file_has_known_services),
        cmocka_unit_test(paths),
        cmocka_unit_test_setup_teardown(a_closed_directory_hides_them, directory_setup, directory_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
