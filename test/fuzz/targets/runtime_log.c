/* A line that a program appends to runtime_events.log: what is read of it is written in the same way, and
 * read again. */
#include "sim/tdx/runtime_log.h"

#include "test/fuzz/fuzz.h"

static void expect_same(const struct event_log *log, const struct event_log_line *line, struct arena *arena)
{
    struct error error = {.kind = ERROR_NONE};
    struct event_log_line again;
    struct buf text;

    buf_init(&text, SIZE_MAX);
    runtime_log_write(log, &text);
    FUZZ_EXPECT(text.len > 0 && text.data[text.len - 1] == '\n');
    FUZZ_EXPECT(runtime_log_read(span_of(text.data, text.len - 1), arena, &again, &error) == 0);
    FUZZ_EXPECT(strcmp(again.name, line->name) == 0 && span_equal(again.payload, line->payload));
    FUZZ_EXPECT(again.version == line->version);
    buf_free(&text);
}

/* As a program does it that extends the register first. */
static void measure(const struct event_log_line *line, struct arena *arena)
{
    struct error error = {.kind = ERROR_NONE};
    struct registers registers = {.mrtd = {0}}, other = registers;
    struct event_log log, told;

    event_log_init(&log);
    event_log_init(&told);
    log.version = line->version;
    if (event_log_emit(&log, &registers, line->name, line->payload, &error) == 0) {
        FUZZ_EXPECT(event_log_tell(&told, line, &error) != 0);
        error.kind = ERROR_NONE;
        FUZZ_EXPECT(event_log_extend(&told, &other, EVENT_RUNTIME_IMR, log.events[0].digest, &error) == 0);
        FUZZ_EXPECT(event_log_tell(&told, line, &error) == 0);
        expect_same(&told, line, arena);
    }
    event_log_free(&log);
    event_log_free(&told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct error error = {.kind = ERROR_NONE};
    struct event_log_line line;
    struct arena arena;
    int result;

    arena_init(&arena);
    result = runtime_log_read(span_of(data, len), &arena, &line, &error);
    fuzz_expect_sentence(result, &error);
    if (result == 0)
        measure(&line, &arena);
    arena_free(&arena);
    return 0;
}
