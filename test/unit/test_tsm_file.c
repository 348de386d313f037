/* Files whose openers wait, opened by a thread of the test. */
#include "sim/tsm/tsm_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/host/lease.h"
#include "test/unit/directory_fixture.h"

struct fixture {
    struct directory *directory;
    struct tsm_file file;
    void *inner;
};

static int start(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct error error = {.kind = ERROR_NONE};

    assert_non_null(f);
    signal(LEASE_SIGNAL, SIG_IGN);
    if (directory_setup(&f->inner))
        return -1;
    f->directory = f->inner;
    if (tsm_file_open(&f->file, f->directory->path, "file", 0644, true, &error))
        fail_msg("%s", error.text);
    if (!f->file.has_lease) {
        tsm_file_close(&f->file);
        directory_teardown(&f->inner);
        free(f);
        skip();
    }
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;
    int result;

    tsm_file_close(&f->file);
    result = directory_teardown(&f->inner);
    free(f);
    return result;
}

static void set(struct fixture *f, const char *text)
{
    struct error error = {.kind = ERROR_NONE};

    if (tsm_file_set(&f->file, span_text(text), &error))
        fail_msg("%s", error.text);
}

/* --- someone else --- */

struct client {
    const char *path, *writes; /* or reads */
    int keeps;                 /* the descriptor that it leaves open, or -1 */
    char read[64];
    pthread_t thread;
};

static void *use(void *data)
{
    struct client *client = data;
    int fd = open(client->path, client->writes ? O_WRONLY : O_RDONLY);

    if (fd < 0)
        return NULL;
    if (client->writes && write(fd, client->writes, strlen(client->writes)) < 0)
        return NULL;
    if (!client->writes && read(fd, client->read, sizeof client->read - 1) < 0)
        return NULL;
    if (client->keeps)
        client->keeps = fd;
    else
        close(fd);
    return client;
}

static void begin(struct fixture *f, struct client *client)
{
    client->path = f->file.path;
    assert_int_equal(pthread_create(&client->thread, NULL, use, client), 0);
}

/* Until someone waits. */
static void hold(struct fixture *f)
{
    struct error error = {.kind = ERROR_NONE};

    while (!tsm_file_is_held(&f->file)) {
        if (tsm_file_hold(&f->file, &error))
            fail_msg("%s", error.text);
        usleep(1000);
    }
}

static void admit(struct fixture *f, struct client *client)
{
    struct error error = {.kind = ERROR_NONE};
    void *result;

    if (tsm_file_admit(&f->file, &error))
        fail_msg("%s", error.text);
    assert_int_equal(pthread_join(client->thread, &result), 0);
    assert_ptr_equal(result, client);
}

/* Has the client wait, and lets it in with these contents. */
static void serve(struct fixture *f, struct client *client, const char *contents)
{
    begin(f, client);
    hold(f);
    set(f, contents);
    admit(f, client);
}

static bool is_awaited(struct fixture *f)
{
    struct error error = {.kind = ERROR_NONE};

    if (tsm_file_hold(&f->file, &error))
        fail_msg("%s", error.text);
    return tsm_file_is_held(&f->file);
}

struct seen {
    char texts[256];
    bool is_refused;
};

static bool take(void *data, const struct tsm_file_written *written)
{
    struct seen *seen = data;
    size_t len = strlen(seen->texts);

    snprintf(seen->texts + len, sizeof seen->texts - len, "%.*s>%.*s%s ", (int)written->given.len,
             (const char *)written->given.data, (int)written->contents.len,
             (const char *)written->contents.data, written->is_closed ? "." : "");
    return !seen->is_refused;
}

static const char *collect(struct fixture *f, struct seen *seen)
{
    seen->texts[0] = '\0';
    tsm_file_collect(&f->file, 32, take, seen);
    return seen->texts;
}

/* --- the tests --- */

static void a_reader_gets_what_is_true_then(void **state)
{
    struct fixture *f = *state;

    set(f, "an early, long text");
    assert_false(is_awaited(f));
    for (int i = 0; i < 3; i++) {
        struct client client = {.keeps = 0};
        char text[24];

        snprintf(text, sizeof text, "now %d", i);
        serve(f, &client, text);
        assert_string_equal(client.read, text);
        assert_false(is_awaited(f));
    }
    assert_int_equal(f->file.writer_count, 0);
}

/* It may have written something that has not been collected yet. */
static void who_comes_after_the_hold_waits_for_the_next_time(void **state)
{
    struct fixture *f = *state;
    struct client early = {.keeps = 0}, late = {.keeps = 0};

    begin(f, &early);
    hold(f);
    begin(f, &late);
    while (lease_awaited_by(f->file.fd) == LEASE_AWAITED_BY_NONE)
        usleep(1000);
    set(f, "a");
    admit(f, &early);
    hold(f);
    set(f, "b");
    admit(f, &late);
    assert_string_equal(early.read, "a");
    assert_string_equal(late.read, "b");
}

static void each_writer_is_collected_once_in_order(void **state)
{
    struct fixture *f = *state;
    struct seen seen = {.is_refused = false};

    set(f, "a");
    for (int i = 0; i < 3; i++) {
        static const char *const texts[] = {"x", "x", "y"};
        struct client client = {.writes = texts[i]};

        serve(f, &client, "a");
    }
    assert_string_equal(collect(f, &seen), "a>x. a>x. a>y. ");
    assert_string_equal(collect(f, &seen), "");
}

static void a_writer_that_stays_is_collected_when_it_writes(void **state)
{
    struct fixture *f = *state;
    struct seen seen = {.is_refused = true};
    struct client client = {.writes = "x", .keeps = -1};

    set(f, "a");
    serve(f, &client, "a");
    assert_string_equal(collect(f, &seen), "a>x ");
    seen.is_refused = false;
    assert_string_equal(collect(f, &seen), "a>x ");
    assert_string_equal(collect(f, &seen), "");
    assert_int_equal(write(client.keeps, "yz", 2), 2);
    close(client.keeps);
    assert_string_equal(collect(f, &seen), "x>xyz. ");
    assert_int_equal(f->file.writer_count, 0);
}

static void who_writes_nothing_is_forgotten(void **state)
{
    struct fixture *f = *state;
    struct seen seen = {.is_refused = false};
    struct client client = {.writes = ""};

    set(f, "a");
    serve(f, &client, "a");
    assert_int_equal(f->file.writer_count, 1);
    assert_string_equal(collect(f, &seen), "");
    assert_int_equal(f->file.writer_count, 0);
}

static void too_many_writers_are_not_waited_for(void **state)
{
    struct fixture *f = *state;
    struct client clients[TSM_FILE_WRITERS_MAX + 2];

    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        clients[i] = (struct client){.writes = "x", .keeps = -1};
        serve(f, &clients[i], "a");
    }
    assert_int_equal(f->file.writer_count, TSM_FILE_WRITERS_MAX);
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
        close(clients[i].keeps);
}

static void what_is_removed_is_made_again(void **state)
{
    struct fixture *f = *state;
    struct error error = {.kind = ERROR_NONE};
    struct client client = {.keeps = 0};
    struct stat status;

    set(f, "a");
    assert_int_equal(tsm_file_restore(&f->file, &error), 0);
    assert_int_equal(unlink(f->file.path), 0);
    assert_int_equal(tsm_file_restore(&f->file, &error), 0);
    assert_int_equal(stat(f->file.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    serve(f, &client, "b");
    assert_string_equal(client.read, "b");
}

/* The largest file from now on, as on a disk that is full. */
static void allow_bytes(rlim_t most)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = most;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void fail_to_set(struct fixture *f, const char *text)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(tsm_file_set(&f->file, span_text(text), &error), -1);
    assert_non_null(strstr(error.text, "cannot write "));
}

static void what_cannot_be_written_can_be_set_again(void **state)
{
    struct fixture *f = *state;
    struct error error = {.kind = ERROR_NONE};
    struct client client = {.keeps = 0};

    set(f, "a");
    allow_bytes(4);
    fail_to_set(f, "a longer text");
    fail_to_set(f, "a longer text");
    allow_bytes(RLIM_INFINITY);
    serve(f, &client, "a longer text");
    assert_string_equal(client.read, "a longer text");
    tsm_file_close(&f->file);
    assert_int_equal(tsm_file_open(&f->file, f->directory->path, "file", 0644, false, &error), 0);
    set(f, "a");
    allow_bytes(4);
    fail_to_set(f, "a longer text");
    allow_bytes(RLIM_INFINITY);
    client = (struct client){.path = f->file.path};
    assert_ptr_equal(use(&client), &client);
    assert_string_equal(client.read, "a");
    set(f, "a longer text");
    client = (struct client){.path = f->file.path};
    assert_ptr_equal(use(&client), &client);
    assert_string_equal(client.read, "a longer text");
}

static void without_room_for_another_file_it_lets_all_in(void **state)
{
    struct fixture *f = *state;
    struct error error = {.kind = ERROR_NONE};
    struct client client = {.keeps = 0}, next = {.path = f->file.path}, writer = {.writes = "x"};
    struct seen seen = {.is_refused = false};

    set(f, "a long text");
    begin(f, &client);
    allow_bytes(4);
    while (tsm_file_hold(&f->file, &error) == 0)
        usleep(1000);
    assert_non_null(strstr(error.text, "cannot write "));
    assert_true(tsm_file_is_held(&f->file));
    admit(f, &client);
    assert_ptr_equal(use(&next), &next);
    assert_string_equal(client.read, "a long text");
    assert_string_equal(next.read, "a long text");
    allow_bytes(RLIM_INFINITY);
    writer.path = f->file.path;
    assert_ptr_equal(use(&writer), &writer);
    assert_false(is_awaited(f));
    assert_string_equal(collect(f, &seen), "a long text>x long text. ");
    client = (struct client){.keeps = 0};
    serve(f, &client, "b");
    assert_string_equal(client.read, "b");
}

static void a_link_is_no_directory(void **state)
{
    struct fixture *f = *state;
    struct error error = {.kind = ERROR_NONE};
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/link", f->directory->path);
    assert_int_equal(symlink(f->directory->path, path), 0);
    assert_int_equal(tsm_file_make_directory(path, &error), -1);
    assert_non_null(strstr(error.text, "/link is there and not a directory: remove it"));
    assert_int_equal(unlink(path), 0);
    error.kind = ERROR_NONE;
    assert_int_equal(tsm_file_make_directory(path, &error), 0);
    assert_int_equal(tsm_file_make_directory(path, &error), 0);
    assert_int_equal(rmdir(path), 0);
}

static void a_directory_that_is_not_there(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct tsm_file file;

    (void)state;
    assert_int_equal(tsm_file_open(&file, "/nowhere", "file", 0644, true, &error), -1);
    assert_string_equal(error.text, "cannot write /nowhere/file: No such file or directory");
}

static void without_a_lease_it_is_replaced(void **state)
{
    struct fixture *f = *state;
    struct error error = {.kind = ERROR_NONE};
    struct seen seen = {.is_refused = false};
    struct client client = {.writes = "written"};

    tsm_file_close(&f->file);
    assert_int_equal(tsm_file_open(&f->file, f->directory->path, "file", 0644, false, &error), 0);
    set(f, "a");
    assert_false(is_awaited(f));
    client.path = f->file.path;
    assert_ptr_equal(use(&client), &client);
    assert_string_equal(collect(f, &seen), "a>written ");
    set(f, "b");
    client = (struct client){.path = f->file.path};
    assert_ptr_equal(use(&client), &client);
    assert_string_equal(client.read, "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reader_gets_what_is_true_then, start, finish),
        cmocka_unit_test_setup_teardown(who_comes_after_the_hold_waits_for_the_next_time, start, finish),
        cmocka_unit_test_setup_teardown(each_writer_is_collected_once_in_order, start, finish),
        cmocka_unit_test_setup_teardown(a_writer_that_stays_is_collected_when_it_writes, start, finish),
        cmocka_unit_test_setup_teardown(who_writes_nothing_is_forgotten, start, finish),
        cmocka_unit_test_setup_teardown(too_many_writers_are_not_waited_for, start, finish),
        cmocka_unit_test_setup_teardown(what_is_removed_is_made_again, start, finish),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_can_be_set_again, start, finish),
        cmocka_unit_test_setup_teardown(without_room_for_another_file_it_lets_all_in, start, finish),
        cmocka_unit_test_setup_teardown(a_link_is_no_directory, start, finish),
        cmocka_unit_test(a_directory_that_is_not_there),
        cmocka_unit_test_setup_teardown(without_a_lease_it_is_replaced, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
