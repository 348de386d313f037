/* VMs that are there again when the VMM is made anew. */
#include "test/unit/vmm_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/file.h"
#include "sim/vmm/vm_record_write.h"

struct kept {
    struct vmm_fixture *fixture;
    char path[48];
    struct vmm_store *store;
    char said[2][ERROR_TEXT_BYTES]; /* the first sentences of the reports */
    size_t sayings;
};

static void say(void *data, const char *sentence)
{
    struct kept *kept = data;

    assert_true(kept->sayings < 2);
    snprintf(kept->said[kept->sayings++], ERROR_TEXT_BYTES, "%s", sentence);
}

static void open_store(struct kept *kept)
{
    const struct vmm_store_report report = {say, kept};

    kept->store = vmm_store_open(kept->path, kept->fixture->cluster, &report, &kept->fixture->error);
    if (!kept->store)
        fail_msg("%s", kept->fixture->error.text);
}

/* As after a kill: nothing is said to the VMM that was. */
static void restart(struct kept *kept)
{
    struct vmm_fixture *fixture = kept->fixture;
    const struct vmm_store_report report = {say, kept};
    struct vm_image *images = fixture->vmm->images;

    fixture->vmm->images = NULL;
    vmm_free(fixture->vmm);
    vmm_store_close(kept->store);
    kept->sayings = 0;
    open_store(kept);
    fixture->vmm = vmm_new(&(struct vmm_config){
        .cluster = fixture->cluster,
        .faults = &fixture->faults,
        .host = vmm_fixture_host(fixture),
        .store = kept->store,
    });
    fixture->vmm->images = images;
    vmm_load(fixture->vmm, &report);
}

static int set_up(void **state)
{
    struct kept *kept = calloc(1, sizeof *kept);
    void *fixture;

    if (!kept || vmm_fixture_set_up(&fixture))
        return -1;
    kept->fixture = fixture;
    strcpy(kept->path, "/tmp/test_unit.XXXXXX");
    if (!mkdtemp(kept->path))
        return -1;
    open_store(kept);
    kept->fixture->vmm->store = kept->store;
    *state = kept;
    return 0;
}

static int tear_down(void **state)
{
    struct kept *kept = *state;
    void *fixture = kept->fixture;
    DIR *entries = opendir(kept->path);
    struct dirent *entry;

    while ((entry = readdir(entries)))
        unlinkat(dirfd(entries), entry->d_name, 0);
    closedir(entries);
    vmm_fixture_tear_down(&fixture);
    vmm_store_close(kept->store);
    rmdir(kept->path);
    free(kept);
    return 0;
}

static const char *path_of(const struct kept *kept, const char *name)
{
    static char path[160];

    snprintf(path, sizeof path, "%s/%s", kept->path, name);
    return path;
}

static void put(const struct kept *kept, const char *name, const char *text)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(file_write_atomic(path_of(kept, name), text, strlen(text), &error), 0);
}

static struct vm *find(struct kept *kept, const char *id)
{
    struct vm *vm = vmm_find(kept->fixture->vmm, id, &kept->fixture->error);

    if (!vm)
        fail_msg("%s", kept->fixture->error.text);
    return vm;
}

static void one_that_ran_runs_again(void **state)
{
    struct kept *kept = *state;
    struct vm *vm = vmm_fixture_create(kept->fixture, "web");
    char id[VM_ID_LEN + 1], instance[41];

    vmm_fixture_run(kept->fixture);
    snprintf(id, sizeof id, "%s", vm->id);
    snprintf(instance, sizeof instance, "%s", vm->instance_id);
    restart(kept);
    vm = find(kept, id);
    assert_string_equal(vm->instance_id, instance);
    vmm_fixture_assert_status(vm, "running");
    assert_string_equal(vm->boot_progress, "running");
    vmm_fixture_run(kept->fixture);
    assert_string_equal(vm->boot_progress, "done");
    assert_string_equal(vm->instance_id, instance);
    assert_int_equal(vm->boots, 2);
    for (uint32_t boots = 3; boots < 6; boots++) { /* no boot has the number of another */
        restart(kept);
        vm = find(kept, id);
        assert_int_equal(vm->boots, boots);
    }
    vmm_fixture_run(kept->fixture);
    assert_int_equal(vmm_stop(vm, &kept->fixture->error), 0);
    assert_int_equal(vmm_start(vm, &kept->fixture->error), 0);
    assert_int_equal(vm->boots, 6);
    restart(kept);
    assert_int_equal(find(kept, id)->boots, 7);
    assert_int_equal(kept->sayings, 0);
}

static void one_that_was_stopped_stays_stopped(void **state)
{
    struct kept *kept = *state;
    struct vm *vm = vmm_fixture_create(kept->fixture, "web");
    char id[VM_ID_LEN + 1], instance[41];
    int64_t exited;

    vmm_fixture_run(kept->fixture);
    vmm_fixture_pass(kept->fixture, 5000);
    assert_int_equal(vmm_shut_down(vm, &kept->fixture->error), 0);
    snprintf(id, sizeof id, "%s", vm->id);
    snprintf(instance, sizeof instance, "%s", vm->instance_id);
    exited = vm->exited_millis;
    restart(kept);
    vm = find(kept, id);
    vmm_fixture_assert_status(vm, "stopped");
    assert_int_equal(vmm_run(kept->fixture->vmm), VMM_IDLE);
    assert_string_equal(vm->instance_id, instance);
    assert_string_equal(vm->shutdown_progress, "powering off");
    assert_true(vm->exited_millis == exited && exited > vm->started_millis);
    assert_true(vm->event_count > 0);
}

static void what_a_guest_says_is_kept(void **state)
{
    struct kept *kept = *state;
    struct vm *vm = vmm_fixture_create(kept->fixture, "web");
    char id[VM_ID_LEN + 1];
    bool is_there = false;

    snprintf(id, sizeof id, "%s", vm->id);
    vmm_notify(vm, "app.says", "hello");
    restart(kept);
    vm = find(kept, id);
    for (size_t i = 0; i < vm->event_count; i++)
        is_there |= strcmp(vm->events[i].name, "app.says") == 0 && strcmp(vm->events[i].body, "hello") == 0;
    assert_true(is_there);
}

static void changes_and_removals_are_kept(void **state)
{
    struct kept *kept = *state;
    struct vm_settings settings = vmm_fixture_settings("web");
    struct vm *vm = vmm_create(kept->fixture->vmm, &settings, NULL, true, &kept->fixture->error);
    struct vm *other = vmm_fixture_create(kept->fixture, "other");
    char id[VM_ID_LEN + 1];

    snprintf(id, sizeof id, "%s", vm->id);
    settings.vcpu = 4;
    settings.user_config = "changed";
    assert_int_equal(vmm_change(vm, &settings, &kept->fixture->error), 0);
    assert_int_equal(vmm_remove(other, &kept->fixture->error), 0);
    restart(kept);
    assert_int_equal(kept->fixture->vmm->count, 1);
    assert_int_equal(find(kept, id)->settings.vcpu, 4);
    assert_string_equal(find(kept, id)->settings.user_config, "changed");
}

/* Not even that of one that was removed. */
static void no_id_is_given_twice(void **state)
{
    struct kept *kept = *state;
    struct vm *vm = vmm_fixture_create(kept->fixture, "a");
    char id[VM_ID_LEN + 1];

    snprintf(id, sizeof id, "%s", vm->id);
    assert_int_equal(vmm_remove(vm, &kept->fixture->error), 0);
    for (int i = 0; i < 2; i++) {
        restart(kept);
        vmm_fixture_run(kept->fixture);
        vm = vmm_fixture_create(kept->fixture, "a");
        assert_string_not_equal(vm->id, id);
        snprintf(id, sizeof id, "%s", vm->id);
    }
    restart(kept);
    assert_int_equal(kept->fixture->vmm->count, 2);
    assert_string_equal(kept->fixture->vmm->first->next->id, id); /* in order */
}

static void a_file_that_is_broken_is_named_and_the_others_run(void **state)
{
    struct kept *kept = *state;
    char good[VM_ID_LEN + 1], bad[VM_ID_LEN + 6], expected[ERROR_TEXT_BYTES];

    snprintf(good, sizeof good, "%s", vmm_fixture_create(kept->fixture, "good")->id);
    snprintf(bad, sizeof bad, "%s.json", vmm_fixture_create(kept->fixture, "bad")->id);
    put(kept, bad, "{\"version\":1");
    put(kept, "notes", "nothing of ours");
    restart(kept);
    assert_int_equal(kept->fixture->vmm->count, 1);
    assert_non_null(find(kept, good));
    snprintf(
        expected, sizeof expected,
        "%s/%s: not valid JSON: '}' expected near end of file (line 1, column 12); the VM is left out, and "
        "the file as it is",
        kept->path, bad);
    assert_string_equal(kept->said[0], expected);
    assert_int_equal(kept->sayings, 1);
    assert_int_equal(access(path_of(kept, bad), F_OK), 0);
}

static void a_record_belongs_to_its_name(void **state)
{
    struct kept *kept = *state;
    char from[160], name[] = "01234567-89ab-4def-8123-456789abcdef.json";

    snprintf(from, sizeof from, "%s/%s.json", kept->path, vmm_fixture_create(kept->fixture, "a")->id);
    assert_int_equal(rename(from, path_of(kept, name)), 0);
    restart(kept);
    assert_int_equal(kept->fixture->vmm->count, 0);
    assert_non_null(strstr(kept->said[0], "the member id must be as in the file's name; the VM is left out"));
}

static void without_vmm_json_no_vm_is_lost(void **state)
{
    static const char *const broken[] = {
        NULL, "{}", "{\"version\":1,\"run\":\"\"}",
        "{\"version\":2,\"run\":1,\"seed_mark\":\"0000000000000000\",\"first_is_started\":true}"};
    struct kept *kept = *state;

    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        vmm_fixture_create(kept->fixture, "a");
        unlink(path_of(kept, "vmm.json"));
        if (broken[i])
            put(kept, "vmm.json", broken[i]);
        restart(kept);
        vmm_fixture_pass(kept->fixture, 1);
        assert_int_equal(kept->fixture->vmm->count, i + 1);
        assert_int_equal(kept->sayings, 1);
        assert_non_null(strstr(kept->said[0], "/vmm.json"));
        assert_non_null(strstr(kept->said[0], "it is made anew, and no VM is lost by that"));
    }
}

static void what_is_too_large_to_be_kept_is_refused(void **state)
{
    struct kept *kept = *state;
    struct vm *vm = vmm_fixture_create(kept->fixture, "a");
    char *large = malloc(VM_RECORD_BYTES_MAX + 1);

    memset(large, 'x', VM_RECORD_BYTES_MAX);
    large[VM_RECORD_BYTES_MAX] = '\0';
    vm->settings.user_config = large;
    assert_int_equal(vmm_store_save(kept->store, vm, &kept->fixture->error), -1);
    assert_non_null(strstr(kept->fixture->error.text, "the VM's settings are too large to be kept: 64 MiB"));
    vm->settings.user_config = "";
    free(large);
}

static void another_seed_is_noticed(void **state)
{
    struct kept *kept = *state;
    struct seed *seed = &kept->fixture->cluster->seed;
    const struct seed right = *seed;

    seed_init(seed, "another");
    restart(kept);
    assert_non_null(strstr(kept->said[0], "was made with another --seed: the keys that its VMs get"));
    *seed = right;
    restart(kept);
    assert_int_equal(kept->sayings, 0);
}

static void keep_sentence(void *data, const char *sentence)
{
    snprintf(data, ERROR_TEXT_BYTES, "%s", sentence);
}

static void more_than_fit_are_left_out(void **state)
{
    struct kept *kept = *state;
    char said[ERROR_TEXT_BYTES] = "";
    const struct vmm_store_report report = {keep_sentence, said};
    struct vm *vm;

    vmm_fixture_create(kept->fixture, "a");
    vmm_fixture_create(kept->fixture, "b");
    vm = vmm_store_load(kept->store, 1, &report);
    assert_non_null(vm);
    assert_null(vm->next);
    assert_non_null(strstr(said, ": there are already 1 VMs"));
    vm_free(vm);
}

/* A directory in a file's place is what root cannot replace either. */
static void what_cannot_be_saved_does_not_happen(void **state)
{
    struct kept *kept = *state;
    struct vmm_fixture *fixture = kept->fixture;
    const struct vm_settings settings = vmm_fixture_settings("b");
    struct vm_settings changed = vmm_fixture_settings("a");
    struct vm *vm = vmm_fixture_create(fixture, "a");
    char name[VM_ID_LEN + 6];

    changed.user_config = "changed";
    vmm_fixture_run(fixture);
    snprintf(name, sizeof name, "%s.json", vm->id);
    assert_int_equal(unlink(path_of(kept, name)), 0);
    assert_int_equal(mkdir(path_of(kept, name), 0700), 0);
    assert_int_equal(vmm_stop(vm, &fixture->error), -1);
    assert_non_null(strstr(fixture->error.text, "cannot write "));
    fixture->error.kind = ERROR_NONE;
    assert_int_equal(vmm_change(vm, &changed, &fixture->error), -1);
    assert_int_equal(vmm_remove(vm, &fixture->error), -1);
    assert_int_equal(vmm_shut_down(vm, &fixture->error), -1);
    assert_string_equal(vm->settings.user_config, "");
    assert_string_equal(vm->shutdown_progress, "");
    vmm_fixture_assert_status(vm, "running");
    assert_int_equal(rmdir(path_of(kept, name)), 0);
    assert_int_equal(mkdir(path_of(kept, ".new"), 0700), 0);
    fixture->error.kind = ERROR_NONE;
    assert_null(vmm_create(fixture->vmm, &settings, NULL, false, &fixture->error));
    assert_int_equal(fixture->vmm->count, 1);
    assert_int_equal(rmdir(path_of(kept, ".new")), 0);
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    vmm_fixture_assert_status(vm, "stopped");
    assert_non_null(vmm_create(fixture->vmm, &settings, NULL, false, &fixture->error));
}

static void what_nobody_asked_for_goes_on_unsaved(void **state)
{
    struct kept *kept = *state;
    struct vm *vm = vmm_fixture_create(kept->fixture, "a");

    assert_int_equal(mkdir(path_of(kept, ".new"), 0700), 0);
    vmm_fixture_run(kept->fixture);
    assert_int_equal(rmdir(path_of(kept, ".new")), 0);
    assert_string_equal(vm->boot_progress, "done");
    buf_append_byte(&vm->logs[VM_CHANNEL_SERIAL].text, 0);
    assert_non_null(strstr((const char *)vm->logs[VM_CHANNEL_SERIAL].text.data,
                           "dstack-vmm: this is not kept: cannot write "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(one_that_ran_runs_again),
        TEST(one_that_was_stopped_stays_stopped),
        TEST(what_a_guest_says_is_kept),
        TEST(changes_and_removals_are_kept),
        TEST(no_id_is_given_twice),
        TEST(a_file_that_is_broken_is_named_and_the_others_run),
        TEST(a_record_belongs_to_its_name),
        TEST(without_vmm_json_no_vm_is_lost),
        TEST(what_is_too_large_to_be_kept_is_refused),
        TEST(more_than_fit_are_left_out),
        TEST(another_seed_is_noticed),
        TEST(what_cannot_be_saved_does_not_happen),
        TEST(what_nobody_asked_for_goes_on_unsaved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
