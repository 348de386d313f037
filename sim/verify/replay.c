#include "sim/verify/replay.h"

#include "sim/tdx/event_names.h"

/* The digest that extends RTMR3. If the log has one, it must be the same. */
static int runtime_digest(const struct event *event, size_t number, uint8_t digest[static REGISTER_BYTES],
                          struct error *error)
{
    static const uint8_t left_out[REGISTER_BYTES];

    if (event->type != EVENT_TYPE_RUNTIME)
        return error_input(error, "event %zu extends RTMR3 but is of type 0x%08x, not 0x%08x", number,
                           (unsigned)event->type, EVENT_TYPE_RUNTIME);
    event_runtime_digest(event->name, span_of(event->payload, event->payload_len), digest);
    if (memcmp(event->digest, left_out, REGISTER_BYTES) != 0 &&
        memcmp(event->digest, digest, REGISTER_BYTES) != 0)
        return error_input(error, "the digest of event %zu (%.64s) does not match its name and payload",
                           number, event->name);
    return 0;
}

static bool is_left_out(const struct evidence *evidence, uint32_t imr)
{
    if (imr == EVENT_RUNTIME_IMR)
        return false;
    for (size_t i = 0; i < evidence->count; i++)
        if (evidence->events[i].imr == imr && !event_is_acpi(&evidence->events[i]))
            return false;
    return true;
}

int replay_verify(const struct evidence *evidence, const struct registers *quoted, struct error *error)
{
    struct registers replayed = {{0}, {{0}}};
    uint8_t digest[REGISTER_BYTES];

    for (size_t i = 0; i < evidence->count; i++) {
        const struct event *event = &evidence->events[i];
        memcpy(digest, event->digest, sizeof digest);
        if (event_is_runtime(event) && runtime_digest(event, i + 1, digest, error))
            return -1;
        registers_extend(&replayed, event->imr, digest);
    }
    for (uint32_t imr = 0; imr < RTMR_COUNT; imr++)
        if (!is_left_out(evidence, imr) && memcmp(replayed.rtmr[imr], quoted->rtmr[imr], REGISTER_BYTES) != 0)
            return error_input(error, "RTMR%u replayed from the event log differs from the quote's",
                               (unsigned)imr);
    return 0;
}

struct span replay_payload(const struct evidence *evidence, const char *name)
{
    for (size_t i = 0; i < evidence->count; i++) {
        const struct event *event = &evidence->events[i];
        if (!event_is_runtime(event))
            continue;
        if (strcmp(event->name, EVENT_NAME_SYSTEM_READY) == 0)
            break;
        if (strcmp(event->name, name) == 0)
            return span_of(event->payload, event->payload_len);
    }
    return SPAN_NONE;
}
