/* Where deployed TDs have their sockets. test/services/test_vmm.py sweeps after a kill. */
#include "sim/process/vm_sockets.h"

#include <sys/stat.h>

#include "test/unit/directory_fixture.h"

#define ID "01234567-89ab-4def-8123-456789abcdef"

static void paths(void **state)
{
    char here[] = ".", there[] = "/run/x", path[PATH_MAX];
    struct options options = {.socket_dir = here};

    (void)state;
    vm_sockets_path(&options, ID, path);
    assert_string_equal(path, "vms/" ID);
    options.socket_dir = there;
    vm_sockets_path(&options, NULL, path);
    assert_string_equal(path, "/run/x/vms");
    vm_sockets_path(&options, ID, path);
    assert_string_equal(path, "/run/x/vms/" ID);
}

static void a_long_path_is_refused_before_it_is_used(void **state)
{
    const size_t room = LISTEN_SPEC_PATH_MAX - strlen("/vms/" ID "/external.sock");
    struct error error = {.kind = ERROR_NONE};
    char there[200];
    struct options options = {.socket_dir = there};

    (void)state;
    memset(there, 'd', sizeof there);
    there[room] = '\0';
    assert_int_equal(vm_sockets_check(&options, ID, &error), 0);
    there[room] = 'd';
    there[room + 1] = '\0';
    assert_int_equal(vm_sockets_check(&options, ID, &error), -1);
    assert_non_null(
        strstr(error.text, "/external.sock is too long: a socket path can have at most 107 bytes"));
}

static void the_last_takes_the_parent_with_it(void **state)
{
    struct directory *directory = *state;
    const struct options options = {.socket_dir = directory->path};
    struct error error = {.kind = ERROR_NONE};
    char path[PATH_MAX];

    assert_int_equal(vm_sockets_make(&options, "a", &error), 0);
    assert_int_equal(vm_sockets_make(&options, "b", &error), 0);
    vm_sockets_remove(&options, "a");
    vm_sockets_path(&options, "b", path);
    assert_int_equal(access(path, F_OK), 0);
    vm_sockets_remove(&options, "b");
    vm_sockets_path(&options, NULL, path);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(a_long_path_is_refused_before_it_is_used),
        cmocka_unit_test_setup_teardown(the_last_takes_the_parent_with_it, directory_setup,
                                        directory_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
