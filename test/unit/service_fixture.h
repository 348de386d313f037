/* Calling a service's methods directly, as rpc/ does. */
#ifndef TEST_SERVICE_FIXTURE_H
#define TEST_SERVICE_FIXTURE_H

#include "sim/services/service.h"
#include "test/unit/td_fixture.h"

struct service_call {
    struct rpc_call call; /* first: replies get back from it to the struct */
    struct arena arena;
    struct td *td;
    struct site site; /* what the services answer for: all that follows, with the controls */
    struct faults faults, faults_at_start;
    bool is_stopping;
    struct stats *stats;
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
    s->call = (struct rpc_call){.context = &s->site, .arena = &s->arena};
    return s;
}

/* Calls a method of a service, which has that generated type. */
#define SERVICE_CALL(s, service, type, method, args, on_reply)                                               \
    ((const type *)(service).methods)->method(unconst((service).methods), args, on_reply, service_again(s))

/* For a struct that a fixture begins with, all zero. */
static inline void service_start(struct service_call *s)
{
    void *td;

    td_setup(&td);
    s->td = td;
    s->stats = stats_new();
    s->site = (struct site){
        .cluster = td_fixture_cluster_of(s->td),
        .td = s->td,
        .faults = &s->faults,
        .faults_at_start = &s->faults_at_start,
        .stats = s->stats,
        .is_stopping = &s->is_stopping,
        .started_millis = clock_monotonic_millis(),
        .has_control = true,
    };
    arena_init(&s->arena);
    service_again(s);
}

static inline int service_setup(void **state)
{
    struct service_call *s = calloc(1, sizeof *s);

    assert_non_null(s);
    service_start(s);
    *state = s;
    return 0;
}

/* Also frees what begins with it. */
static inline int service_teardown(void **state)
{
    struct service_call *s = *state;

    service_again(s);
    arena_free(&s->arena);
    stats_free(s->stats);
    cluster_free(s->site.cluster);
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
static inline void assert_service_failed(const struct service_call *s, const char *expected)
{
    assert_int_equal(s->replies, 1);
    assert_null(s->response);
    assert_int_equal(s->call.error.kind, ERROR_INPUT);
    if (!strstr(s->call.error.text, expected))
        fail_msg("%s: %s", expected, s->call.error.text);
}

static inline void assert_binary_hex(ProtobufCBinaryData data, const char *hex)
{
    assert_hex_equal(data.data, data.len, hex);
}

#endif
