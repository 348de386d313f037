/* What the tests of sim/rpc share: an arena, an error and a buffer, fresh for each
 * test, and how a refused input is checked. */
#ifndef TEST_RPC_FIXTURE_H
#define TEST_RPC_FIXTURE_H

#include "sim/rpc/codec.h"
#include "test/unit/vectors.h"

struct rpc_fixture {
    struct arena arena;
    struct error error;
    struct http_ignored ignored; /* by the last decoding */
    struct buf out;
};

static inline int rpc_setup(void **state)
{
    struct rpc_fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    arena_init(&fixture->arena);
    buf_init(&fixture->out, SIZE_MAX);
    *state = fixture;
    return 0;
}

static inline int rpc_teardown(void **state)
{
    struct rpc_fixture *fixture = *state;

    arena_free(&fixture->arena);
    buf_free(&fixture->out);
    free(fixture);
    return 0;
}

/* The head of a service's method, whose body follows. The types are named without their prefix. */
#define RPC_METHOD(name, owner, args_type, response_type)                                                    \
    static inline void name(Dstack__##owner##_Service *service, const Dstack__##args_type *args,             \
                            Dstack__##response_type##_Closure reply, void *data)

#define RPC_TEST(name) cmocka_unit_test_setup_teardown(name, rpc_setup, rpc_teardown)

typedef ProtobufCMessage *rpc_decoder(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                      struct arena *arena, struct http_ignored *ignored, struct error *error);

/* Decodes from a heap block of exactly that size, so that ASan sees a read past it. */
static inline void *rpc_decode_bytes(struct rpc_fixture *fixture, rpc_decoder *decoder,
                                     const ProtobufCMessageDescriptor *descriptor, const void *data,
                                     size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    void *message;

    assert_non_null(copy);
    if (len)
        memcpy(copy, data, len);
    fixture->error = (struct error){.kind = ERROR_NONE};
    fixture->ignored = (struct http_ignored){.count = 0};
    message = decoder(descriptor, span_of(copy, len), &fixture->arena, &fixture->ignored, &fixture->error);
    free(copy);
    /* A message and an error exclude each other. */
    assert_int_equal(fixture->error.kind, message ? ERROR_NONE : ERROR_INPUT);
    return message;
}

/* A text that must be accepted. */
static inline void *rpc_decode(struct rpc_fixture *fixture, rpc_decoder *decoder,
                               const ProtobufCMessageDescriptor *descriptor, const char *text)
{
    void *message = rpc_decode_bytes(fixture, decoder, descriptor, text, strlen(text));

    if (!message)
        fail_msg("%s: %s", text, fixture->error.text);
    return message;
}

/* A text that must be refused with a sentence that contains `says`. */
static inline void rpc_refuse(struct rpc_fixture *fixture, rpc_decoder *decoder,
                              const ProtobufCMessageDescriptor *descriptor, const char *text,
                              const char *says)
{
    if (rpc_decode_bytes(fixture, decoder, descriptor, text, strlen(text)))
        fail_msg("accepted: %s", text);
    if (!strstr(fixture->error.text, says))
        fail_msg("%s: '%s' does not say '%s'", text, fixture->error.text, says);
}

/* How many members were ignored by the last decoding, and the names that are kept of them. */
static inline void rpc_assert_ignored(const struct rpc_fixture *fixture, size_t count, const char *names)
{
    const struct http_ignored *ignored = &fixture->ignored;
    char found[HTTP_IGNORED_MAX * 2 * HTTP_MEMBER_BYTES] = "";

    for (size_t i = 0; i < ignored->named; i++) {
        strcat(found, i ? " " : "");
        strcat(found, ignored->members[i].name);
    }
    assert_int_equal(ignored->count, count);
    assert_string_equal(found, names);
}

static inline void rpc_assert_out(struct rpc_fixture *fixture, const char *text)
{
    buf_append_byte(&fixture->out, 0);
    assert_string_equal((const char *)fixture->out.data, text);
    buf_reset(&fixture->out);
}

#endif
