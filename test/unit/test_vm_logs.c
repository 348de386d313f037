/* The console of a VM as a page: escape sequences, where they are cut, and the end. */
#include "sim/pages/vm_logs.h"

#include "test/unit/vmm_fixture.h"

/* The page that reads a VM's stdout. */
static struct http_stream *open_log(struct vmm_fixture *fixture, const struct vm *vm, const char *options,
                                    struct arena *arena)
{
    const struct site site = {.vmm = fixture->vmm};
    struct router *router = router_new(&fixture->faults);
    struct buf body;
    struct exchange exchange = {
        .request = {.verb = HTTP_VERB_GET,
                    .path = span_text("/logs"),
                    .query = span_text(arena_printf(arena, "id=%s&ch=stdout%s", vm->id, options))},
        .response = {.status = 200, .body = &body},
        .arena = arena,
    };
    struct http_handler handler;

    buf_init(&body, SIZE_MAX);
    vm_logs_add(&site, router);
    handler = router_handler(router);
    handler.serve(handler.context, &exchange);
    assert_int_equal(exchange.response.status, 200);
    assert_non_null(exchange.response.stream);
    buf_free(&body);
    router_free(router);
    return exchange.response.stream;
}

/* All that the page says, as text in the arena. */
static const char *read_log(struct vmm_fixture *fixture, const struct vm *vm, const char *options,
                            struct arena *arena)
{
    struct http_stream *stream = open_log(fixture, vm, options, arena);
    const char *text;
    struct buf all;

    buf_init(&all, SIZE_MAX);
    while (stream->actions->pull(stream, &all) == HTTP_STREAM_MORE)
        ;
    stream->actions->release(stream);
    text = arena_copy(arena, all.data, all.len);
    buf_free(&all);
    return text;
}

static void escape_sequences_are_left_out(void **state)
{
    static const struct {
        const char *line, *plain;
    } rows[] = {
        {"nothing", "nothing"},
        {"\x1b[31mred\x1b[0m", "red"},
        {"a \x1b[1;38;5;12mb\x1b[m c", "a b c"},
        {"\x1b[@a\x1b[~b", "ab"},                /* the first and the last that end one */
        {"\x1b[1\x7f\x3fma", "a"},               /* no others do */
        {"\x1b[?25l\x1b[2K\x1b[1Adone", "done"}, /* a progress bar */
        {"\x1b\x37saved\x1b\x38", "saved"},
        {"\x1b[31m\x1b[1m", ""},
    };
    struct vmm_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vm *vm = vmm_fixture_create(fixture, "a");
        struct arena arena;

        arena_init(&arena);
        vm_log_line(&vm->logs[VM_CHANNEL_STDOUT], "%s", rows[i].line);
        assert_string_equal(read_log(fixture, vm, "", &arena), arena_printf(&arena, "%s\n", rows[i].plain));
        assert_string_equal(read_log(fixture, vm, "&ansi=true", &arena),
                            arena_printf(&arena, "%s\n", rows[i].line));
        arena_free(&arena);
    }
}

/* Lines before it fill a piece, up to each byte of it in turn. */
static void a_sequence_may_be_in_two_pieces(void **state)
{
    enum { LINE = 4000, LINES = (HTTP_STREAM_PIECE_BYTES - 1) / (LINE + 1) };
    const size_t left = HTTP_STREAM_PIECE_BYTES - LINES * (LINE + 1);
    struct vmm_fixture *fixture = *state;
    char filler[LINE + 1];

    memset(filler, 'x', LINE);
    filler[LINE] = '\0';
    for (size_t before = 0; before < sizeof "\x1b[31m"; before++) {
        struct vm *vm = vmm_fixture_create(fixture, "a");
        struct vm_log *log = &vm->logs[VM_CHANNEL_STDOUT];
        struct arena arena;
        const char *text;

        arena_init(&arena);
        for (int i = 0; i < LINES; i++)
            vm_log_line(log, "%s", filler);
        vm_log_line(log, "%.*s\x1b[31mred", (int)(left - before), filler);
        text = read_log(fixture, vm, "", &arena);
        assert_int_equal(strlen(text), HTTP_STREAM_PIECE_BYTES - before + sizeof "red\n" - 1);
        assert_string_equal(text + strlen(text) - sizeof "xred\n" + 1, "xred\n");
        arena_free(&arena);
    }
}

static void ignore(void *waiter)
{
    (void)waiter;
}

/* What a reader has not had when the VM is removed: still all of it, and then the end. */
static void the_rest_is_sent_when_the_log_has_ended(void **state)
{
    enum { LINE = 4000, LINES = 2 * HTTP_STREAM_PIECE_BYTES / LINE };
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");
    struct vm_log *log = &vm->logs[VM_CHANNEL_STDOUT];
    struct http_stream *stream;
    struct arena arena;
    struct buf all;

    arena_init(&arena);
    buf_init(&all, SIZE_MAX);
    stream = open_log(fixture, vm, "&follow=true", &arena);
    stream->wake = ignore;
    vm_log_line(log, "first");
    assert_int_equal(stream->actions->pull(stream, &all), HTTP_STREAM_MORE);
    assert_int_equal(stream->actions->pull(stream, &all), HTTP_STREAM_WAIT);
    assert_true(span_is(buf_span(&all), "first\n"));
    for (int i = 0; i < LINES; i++)
        vm_log_line(log, "%0*d", LINE - 1, i);
    vm_log_end(log);
    assert_null(log->readers);
    buf_reset(&all);
    while (stream->actions->pull(stream, &all) == HTTP_STREAM_MORE)
        ;
    assert_int_equal(all.len, LINES * LINE);
    stream->actions->release(stream);
    buf_free(&all);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VMM_TEST(escape_sequences_are_left_out),
        VMM_TEST(a_sequence_may_be_in_two_pieces),
        VMM_TEST(the_rest_is_sent_when_the_log_has_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
