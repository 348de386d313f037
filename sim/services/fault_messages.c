#include "sim/services/fault_messages.h"

static int copy_text(const char *field, char *out, size_t size, const char *text, struct error *error)
{
    size_t len = strlen(text);

    if (len >= size)
        return error_input(error, "%s must have at most %zu bytes, not %zu", field, size - 1, len);
    memcpy(out, text, len + 1);
    return 0;
}

int fault_messages_read(struct fault *fault, const Dstack__SetFaultArgs *args, struct error *error)
{
    *fault = (struct fault){
        .status = args->status,
        .delay_ms = args->delay_ms,
        .drop = args->drop,
        .cut = args->cut,
        .garbage = args->garbage,
        .times = args->times,
        .percent = args->percent,
        .random = args->seed,
    };
    if (copy_text("method", fault->method, sizeof fault->method, args->method, error) ||
        copy_text("message", fault->message, sizeof fault->message, args->message, error))
        return -1;
    return 0;
}

Dstack__Fault **fault_messages_list(const struct faults *faults, struct arena *arena, size_t *count)
{
    Dstack__Fault **list = arena_alloc(arena, (faults->count + 1) * sizeof *list);

    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->list[i];

        list[i] = arena_alloc(arena, sizeof **list);
        *list[i] = (Dstack__Fault)DSTACK__FAULT__INIT;
        list[i]->method = arena_copy(arena, fault->method, strlen(fault->method));
        list[i]->status = fault->status;
        list[i]->message = arena_copy(arena, fault->message, strlen(fault->message));
        list[i]->delay_ms = fault->delay_ms;
        list[i]->drop = fault->drop;
        list[i]->cut = fault->cut;
        list[i]->garbage = fault->garbage;
        list[i]->times = fault->times;
        list[i]->percent = fault->percent;
        list[i]->hits = fault->hits;
    }
    *count = faults->count;
    return list;
}
