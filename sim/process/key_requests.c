#include "sim/process/key_requests.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/kms/kms_asking.h"
#include "sim/kms/kms_gate.h"

/* One VM. */
struct key_request {
    struct key_request *next;
    struct key_requests *requests;
    struct vm *vm;
    struct kms_asking asking;
};

static void remove_request(struct key_request *request)
{
    struct key_request **at = &request->requests->first;

    while (*at != request)
        at = &(*at)->next;
    *at = request->next;
    kms_asking_free(&request->asking);
    free(request);
}

/* Returns as key_requests_begin. */
static int check(struct key_request *request, struct error *error)
{
    struct kms_answers *answers = &request->asking.answers;
    struct arena arena;
    int result;

    arena_init(&arena);
    result = kms_gate_boot(request->requests->server, request->vm->td, answers, &arena, error);
    if (result && error->kind == ERROR_PENDING)
        result = kms_asking_go_on(&request->asking, &answers->missing, error) ? -1 : 1;
    arena_free(&arena);
    return result;
}

static void on_answer(void *data)
{
    struct key_request *request = data;
    struct vm *vm = request->vm;
    struct error error = {.kind = ERROR_NONE};
    const int result = check(request, &error);

    if (result > 0)
        return;
    remove_request(request);
    vmm_launched(vm, result ? error.text : NULL);
}

int key_requests_begin(struct key_requests *requests, struct vm *vm, struct error *error)
{
    struct key_request *request = memory_zalloc(sizeof *request);
    int result;

    request->requests = requests;
    request->vm = vm;
    request->next = requests->first;
    requests->first = request;
    kms_asking_init(&request->asking, requests->server, on_answer, request);
    result = check(request, error);
    if (result <= 0)
        remove_request(request);
    return result;
}

void key_requests_end(struct key_requests *requests, const struct vm *vm)
{
    struct key_request *request = requests->first;

    while (request && request->vm != vm)
        request = request->next;
    if (request)
        remove_request(request);
}

void key_requests_end_all(struct key_requests *requests)
{
    while (requests->first)
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it is in the list, and so is taken off it */
        remove_request(requests->first);
}
