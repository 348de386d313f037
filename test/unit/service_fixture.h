/* Calling a service's methods directly, as rpc/ does. */
#ifndef TEST_SERVICE_FIXTURE_H
#define TEST_SERVICE_FIXTURE_H

#include "sim/rpc/call.h"
#include "test/unit/td_fixture.h"

struct service_call {
    struct rpc_call call; /* first: replies get back from it to the struct */
    struct arena arena;
    struct td *td;
    int replies;
    ProtobufCMessage *response; /* a copy of what the handler gave, or NULL */
};

/* For a test's own replies, which have the type of each response. */
static inline void service_reply(const ProtobufCMessage *message, void *data)
{
    struct service_call *s = data;
    uint8_t *packed;
    size_t len;

    s->replies++;
    if (!message)
        return;
    packed = arena_alloc(&s->arena, protobuf_c_message_get_packed_size(message));
    len = protobuf_c_message_pack(message, packed);
    s->response = protobuf_c_message_unpack(message->descriptor, NULL, len, packed);
}

#define SERVICE_REPLY(name, type)                                                                            \
    static void name(const type *response, void *data)                                                       \
    {                                                                                                        \
        service_reply(response ? &response->base : NULL, data);                                              \
    }

/* Forgets the last answer; before each call. */
static inline struct service_call *service_again(struct service_call *s)
{
    if (s->response)
        protobuf_c_message_free_unpacked(s->response, NULL);
    s->response = NULL;
    s->replies = 0;
    s->call = (struct rpc_call){.arena = &s->arena};
    return s;
}

static inline int service_setup(void **state)
{
    struct service_call *s = calloc(1, sizeof *s);
    void *td;

    td_setup(&td);
    s->td = td;
    arena_init(&s->arena);
    *state = service_again(s);
    return 0;
}

static inline int service_teardown(void **state)
{
    struct service_call *s = *state;

    service_again(s);
    arena_free(&s->arena);
    td_free(s->td);
    free(s);
    return 0;
}

/* The answer of the last call. */
static inline void *service_answer(const struct service_call *s)
{
    if (!s->response)
        fail_msg("%s", s->call.error.text);
    assert_int_equal(s->replies, 1);
    return s->response;
}

/* The last call failed, and for that reason. */
static inline void assert_service_failed(const struct service_call *s, const char *wants)
{
    assert_int_equal(s->replies, 1);
    assert_null(s->response);
    assert_int_equal(s->call.error.kind, ERROR_INPUT);
    if (!strstr(s->call.error.text, wants))
        fail_msg("%s: %s", wants, s->call.error.text);
}

static inline void assert_binary_hex(ProtobufCBinaryData data, const char *hex)
{
    assert_hex_equal(data.data, data.len, hex);
}

#endif
