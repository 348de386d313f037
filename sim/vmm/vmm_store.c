#include "sim/vmm/vmm_store.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/file_store.h"
#include "sim/base/json_text.h"
#include "sim/base/memory.h"
#include "sim/format/json_file.h"
#include "sim/vmm/vm_record_read.h"
#include "sim/vmm/vm_record_write.h"

#define COMMON_NAME "vmm.json"
#define COMMON_BYTES_MAX 4096
#define COMMON_VERSION 1
#define RECORD_NAME_LEN (VM_ID_LEN + sizeof ".json" - 1)
#define MARK_BYTES 8

struct vmm_store {
    struct file_store files;
    uint64_t run;
    uint8_t mark[MARK_BYTES]; /* tells seeds apart */
    bool first_is_started;
};

static void report_error(const struct vmm_store_report *report, const struct error *error)
{
    report->say(report->data, error->text);
}

/* --- what concerns all VMs --- */

static int save_common(struct vmm_store *store, struct error *error)
{
    char memory[COMMON_BYTES_MAX];
    struct buf text;

    buf_over(&text, memory, sizeof memory);
    json_text_member_uint(&text, '{', "version", COMMON_VERSION);
    json_text_member_uint(&text, ',', "run", store->run);
    json_text_member_hex(&text, ',', "seed_mark", store->mark, sizeof store->mark);
    json_text_key(&text, ',', "first_is_started");
    buf_append_text(&text, store->first_is_started ? "true}\n" : "false}\n");
    return file_store_write(&store->files, COMMON_NAME, buf_span(&text), error);
}

static int parse_common(struct vmm_store *store, struct span text, struct error *error)
{
    json_t *root = json_file_parse(text, error);
    uint64_t version;
    int result = -1;

    if (root && json_file_uint(root, "version", INT64_MAX, &version, error) == 0 &&
        json_file_uint(root, "run", INT64_MAX - 1, &store->run, error) == 0 &&
        json_file_hex(root, "seed_mark", store->mark, sizeof store->mark, error) == 0 &&
        json_file_bool(root, "first_is_started", &store->first_is_started, error) == 0)
        result = version == COMMON_VERSION
                     ? 0
                     : error_input(error, "version must be %d: another release of the simulator wrote this",
                                   COMMON_VERSION);
    json_decref(root);
    return result == 0 ? 0 : error_context(error, "%s/%s", store->files.path, COMMON_NAME);
}

static bool is_record_name(const char *name)
{
    return strlen(name) == RECORD_NAME_LEN && strcmp(name + VM_ID_LEN, ".json") == 0;
}

static void count_record(void *data, const char *name)
{
    *(size_t *)data += is_record_name(name);
}

/* Reads the file if there is one. Sets *is_found, also for a directory of VMs that lacks it. */
static int read_common(struct vmm_store *store, bool *is_found, struct error *error)
{
    char *text;
    size_t len, records = 0;
    int result;

    *is_found = true;
    if (file_store_read(&store->files, COMMON_NAME, COMMON_BYTES_MAX, &text, &len, error))
        return -1;
    if (text) {
        result = parse_common(store, span_of(text, len), error);
        free(text);
        return result;
    }
    if (file_store_list(&store->files, count_record, &records, error))
        return -1;
    *is_found = records > 0;
    return *is_found ? error_input(error, "%s/%s is missing", store->files.path, COMMON_NAME) : 0;
}

/* Without the file, the time is a number that no run before can have had. */
static void count_run(struct vmm_store *store, const struct cluster *cluster,
                      const struct vmm_store_report *report)
{
    struct error error = {.kind = ERROR_NONE};
    uint8_t mark[MARK_BYTES];
    bool is_found;

    seed_bytes(&cluster->seed, "state directory", SPAN_NONE, mark, sizeof mark);
    store->first_is_started = true;
    if (read_common(store, &is_found, &error)) {
        error_advice(&error, "it is made anew, and no VM is lost by that");
        report_error(report, &error);
        store->run = (uint64_t)clock_micros(&cluster->clock);
        store->first_is_started = true;
    } else if (is_found && memcmp(mark, store->mark, sizeof mark) == 0) {
        store->run++;
        return;
    } else if (is_found) {
        error_input(&error,
                    "%s was made with another --seed: the keys that its VMs get from the KMS are not those "
                    "that they had, and they cannot decrypt their environments",
                    store->files.path);
        report_error(report, &error);
        store->run++;
        return; /* with the mark of that seed, which may come back */
    }
    memcpy(store->mark, mark, sizeof mark);
}

struct vmm_store *vmm_store_open(const char *path, const struct cluster *cluster,
                                 const struct vmm_store_report *report, struct error *error)
{
    struct vmm_store *store = memory_zalloc(sizeof *store);

    if (file_store_open(&store->files, path, error)) {
        free(store);
        return NULL;
    }
    count_run(store, cluster, report);
    if (save_common(store, error) == 0)
        return store;
    vmm_store_close(store);
    return NULL;
}

void vmm_store_close(struct vmm_store *store)
{
    if (!store)
        return;
    file_store_close(&store->files);
    free(store);
}

uint64_t vmm_store_run(const struct vmm_store *store)
{
    return store ? store->run : 0;
}

bool vmm_store_first_is_started(const struct vmm_store *store)
{
    return !store || store->first_is_started;
}

/* --- reading VMs --- */

struct loading {
    const struct vmm_store *store;
    const struct vmm_store_report *report;
    struct vm *first;
    size_t count, most;
};

static struct vm *read_record(const struct vmm_store *store, const char *name, struct error *error)
{
    struct vm *vm;
    char *text;
    size_t len;

    if (file_store_read(&store->files, name, VM_RECORD_BYTES_MAX, &text, &len, error))
        return NULL;
    vm = vm_record_read(text ? span_of(text, len) : SPAN_NONE, error);
    free(text);
    if (vm && strncmp(vm->id, name, VM_ID_LEN) != 0) {
        error_input(error, "the member id must be as in the file's name");
        vm_free(vm);
        vm = NULL;
    }
    if (!vm)
        error_context(error, "%s/%s", store->files.path, name);
    return vm;
}

static void load_record(void *data, const char *name)
{
    struct loading *loading = data;
    struct error error = {.kind = ERROR_NONE};
    struct vm *vm = NULL;

    if (!is_record_name(name))
        return;
    if (loading->count >= loading->most)
        error_input(&error, "%s/%s: there are already %zu VMs", loading->store->files.path, name,
                    loading->most);
    else
        vm = read_record(loading->store, name, &error);
    if (!vm) {
        error_advice(&error, "the VM is left out, and the file as it is");
        report_error(loading->report, &error);
        return;
    }
    vm->next = loading->first;
    loading->first = vm;
    loading->count++;
}

static int compare(const void *left, const void *right)
{
    const struct vm *a = *(struct vm *const *)left, *b = *(struct vm *const *)right;

    if (a->run != b->run)
        return a->run < b->run ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static struct vm *sort(struct vm *first, size_t count)
{
    struct vm **vms = memory_alloc((count + 1) * sizeof(struct vm *));
    size_t i = 0;

    for (struct vm *vm = first; vm; vm = vm->next)
        vms[i++] = vm;
    qsort(vms, count, sizeof(struct vm *), compare);
    vms[count] = NULL;
    for (i = 0; i < count; i++)
        vms[i]->next = vms[i + 1];
    first = vms[0];
    free(vms);
    return first;
}

struct vm *vmm_store_load(const struct vmm_store *store, size_t most, const struct vmm_store_report *report)
{
    struct loading loading = {.store = store, .report = report, .most = most};
    struct error error = {.kind = ERROR_NONE};

    if (!store)
        return NULL;
    if (file_store_list(&store->files, load_record, &loading, &error))
        report_error(report, &error);
    return sort(loading.first, loading.count);
}

/* --- changes --- */

static void write_name(const struct vm *vm, char name[static RECORD_NAME_LEN + 1])
{
    snprintf(name, RECORD_NAME_LEN + 1, "%s.json", vm->id);
}

static int save_record(const struct vmm_store *store, const struct vm *vm, struct error *error)
{
    char name[RECORD_NAME_LEN + 1];
    struct buf text;
    int result;

    write_name(vm, name);
    buf_init(&text, VM_RECORD_BYTES_MAX);
    vm_record_write(vm, &text);
    result = text.has_overflowed
                 ? error_input(error, "the VM's settings are too large to be kept: %u MiB are allowed",
                               VM_RECORD_BYTES_MAX >> 20)
                 : file_store_write(&store->files, name, buf_span(&text), error);
    buf_free(&text);
    return result;
}

static int save_first(struct vmm_store *store, const struct vm *vm, struct error *error)
{
    const bool was_started = store->first_is_started;

    store->first_is_started = vm->is_started;
    if (save_common(store, error) == 0)
        return 0;
    store->first_is_started = was_started;
    return -1;
}

int vmm_store_save(struct vmm_store *store, struct vm *vm, struct error *error)
{
    if (!store || vm->is_removed)
        return 0;
    vm->saved_run = store->run;
    if (vm->is_first ? save_first(store, vm, error) : save_record(store, vm, error))
        return -1;
    vm->saved_boots = vm->boots;
    return 0;
}

int vmm_store_remove(struct vmm_store *store, const struct vm *vm, struct error *error)
{
    char name[RECORD_NAME_LEN + 1];

    if (!store)
        return 0;
    write_name(vm, name);
    return file_store_remove(&store->files, name, error);
}
