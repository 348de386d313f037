#include "sim/verify/replay.h"

#include <stdio.h>

#include "crypto/hash.h"
#include "sim/tdx/event_names.h"

#define NAME_SHOWN 64 /* characters */

/* Its name is what a client sent. */
static int refuse_event(const struct event *event, size_t number, const char *before, const char *after,
                        struct error *error)
{
    char start[80];

    snprintf(start, sizeof start, "%s %zu (", before, number);
    return error_quote(error, start, span_of(event->name, strnlen(event->name, NAME_SHOWN)), ")%s", after);
}

/* Verifiers of dstack may read only the preimage, so it must say what name and payload say. */
static int check_preimage(const struct event *event, size_t number, struct span preimage, struct error *error)
{
    if (event->version != EVENT_VERSION_2 || span_equal(event->preimage, preimage))
        return 0;
    return event->preimage.len
               ? refuse_event(event, number, "the preimage of event",
                              " is not its name and payload in canonical JSON", error)
               : refuse_event(event, number, "event", " is of version 2, but has no preimage", error);
}

/* The digest that extends RTMR3. If the log has one, it must be the same. */
static int runtime_digest(const struct event *event, size_t number, struct buf *preimage,
                          uint8_t digest[static REGISTER_BYTES], struct error *error)
{
    static const uint8_t left_out[REGISTER_BYTES];

    if (event->type != EVENT_TYPE_RUNTIME)
        return error_input(error, "event %zu extends RTMR3 but is of type 0x%08x, not 0x%08x", number,
                           (unsigned)event->type, EVENT_TYPE_RUNTIME);
    buf_reset(preimage);
    event_preimage(event, preimage);
    if (check_preimage(event, number, buf_span(preimage), error))
        return -1;
    hash_sha384(preimage->data, preimage->len, digest);
    if (memcmp(event->digest, left_out, REGISTER_BYTES) != 0 &&
        memcmp(event->digest, digest, REGISTER_BYTES) != 0)
        return refuse_event(event, number, "the digest of event", " does not match its name and payload",
                            error);
    return 0;
}

static int replay_events(const struct evidence *evidence, struct registers *replayed, struct error *error)
{
    uint8_t digest[REGISTER_BYTES];
    struct buf preimage;
    int result = 0;

    buf_init(&preimage, SIZE_MAX);
    for (size_t i = 0; i < evidence->count && result == 0; i++) {
        const struct event *event = &evidence->events[i];

        memcpy(digest, event->digest, sizeof digest);
        if (event_is_runtime(event))
            result = runtime_digest(event, i + 1, &preimage, digest, error);
        registers_extend(replayed, event->imr, digest);
    }
    buf_free(&preimage);
    return result;
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
    struct registers replayed = {.mrtd = {0}};

    if (replay_events(evidence, &replayed, error))
        return -1;
    for (uint32_t imr = 0; imr < RTMR_COUNT; imr++)
        if (!is_left_out(evidence, imr) && memcmp(replayed.rtmr[imr], quoted->rtmr[imr], REGISTER_BYTES) != 0)
            return error_input(error, "RTMR%u replayed from the event log differs from the quote's",
                               (unsigned)imr);
    return 0;
}

void replay_until(const struct evidence *evidence, const char *name, uint8_t rtmr3[static REGISTER_BYTES])
{
    struct registers replayed = {.mrtd = {0}};
    uint8_t digest[REGISTER_BYTES];
    bool is_done = false;
    struct buf preimage;

    buf_init(&preimage, SIZE_MAX);
    for (size_t i = 0; i < evidence->count && !is_done; i++) {
        const struct event *event = &evidence->events[i];

        if (!event_is_runtime(event))
            continue;
        buf_reset(&preimage);
        event_preimage(event, &preimage);
        hash_sha384(preimage.data, preimage.len, digest);
        registers_extend(&replayed, EVENT_RUNTIME_IMR, digest);
        is_done = strcmp(event->name, name) == 0;
    }
    buf_free(&preimage);
    memcpy(rtmr3, replayed.rtmr[EVENT_RUNTIME_IMR], REGISTER_BYTES);
}

/* The first runtime event with that name from *index on, before system-ready; *index is then the one
 * after it. */
static const struct event *next_named(const struct evidence *evidence, const char *name, size_t *index)
{
    while (*index < evidence->count) {
        const struct event *event = &evidence->events[(*index)++];

        if (!event_is_runtime(event))
            continue;
        if (strcmp(event->name, EVENT_NAME_SYSTEM_READY) == 0)
            break;
        if (strcmp(event->name, name) == 0)
            return event;
    }
    return NULL;
}

bool replay_has(const struct evidence *evidence, const char *name)
{
    size_t index = 0;

    return next_named(evidence, name, &index) != NULL;
}

struct span replay_payload(const struct evidence *evidence, const char *name)
{
    size_t index = 0;
    const struct event *event = next_named(evidence, name, &index);

    return event ? span_of(event->payload, event->payload_len) : SPAN_NONE;
}

size_t replay_payloads(const struct evidence *evidence, const char *name, struct arena *arena,
                       struct span **payloads)
{
    const struct event *event;
    size_t index = 0, count = 0;

    while (next_named(evidence, name, &index))
        count++;
    *payloads = arena_alloc(arena, (count + 1) * sizeof **payloads);
    index = count = 0;
    while ((event = next_named(evidence, name, &index)))
        (*payloads)[count++] = span_of(event->payload, event->payload_len);
    return count;
}
