/* A request in JSON, as a query string or in protobuf, for one of the messages with the most in them; what
 * was read is written again in both forms. The first byte chooses. */
#include "proto/dashboard.pb-c.h"
#include "proto/dstack_guest.pb-c.h"
#include "proto/simulator.pb-c.h"
#include "proto/verifier.pb-c.h"
#include "proto/vmm.pb-c.h"
#include "sim/rpc/codec.h"
#include "test/fuzz/fuzz.h"

enum { WRITTEN_BYTES_MAX = 64 * 1024 * 1024 };

typedef ProtobufCMessage *decoder(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                  struct arena *arena, struct http_ignored *ignored, struct error *error);

static decoder *const decoders[] = {
    codec_json_decode,         codec_json_decode_strict, codec_json_decode_exact, codec_query_decode,
    codec_query_decode_strict, codec_query_decode_exact, codec_protobuf_decode,
};
enum { DECODERS = sizeof decoders / sizeof *decoders };

static const ProtobufCMessageDescriptor *const messages[] = {
    &dstack__vm_configuration__descriptor, &dstack__update_vm_request__descriptor,
    &dstack__get_tls_key_args__descriptor, &dstack__set_platform_args__descriptor,
    &dstack__verify_request__descriptor,   &dstack__emit_event_args__descriptor,
    &dstack__dashboard_state__descriptor,
};
enum { MESSAGES = sizeof messages / sizeof *messages };

/* Protobuf's unknown fields are kept. */
static void write_again(const ProtobufCMessage *message, size_t unknown, struct arena *arena)
{
    const struct rpc_call call = {.arena = arena};
    struct http_ignored ignored = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    struct buf out;

    buf_init(&out, WRITTEN_BYTES_MAX);
    codec_json_encode(&call, message, &out);
    buf_reset(&out);
    codec_protobuf_encode(&call, message, &out);
    FUZZ_EXPECT(codec_protobuf_decode(message->descriptor, buf_span(&out), arena, &ignored, &error));
    FUZZ_EXPECT(ignored.count <= unknown);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    uint8_t choice = fuzz_choice(&input);
    struct http_ignored ignored = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    ProtobufCMessage *message;
    struct arena arena;

    arena_init(&arena);
    message =
        decoders[choice % DECODERS](messages[choice / DECODERS % MESSAGES], input, &arena, &ignored, &error);
    fuzz_expect_sentence(message ? 0 : -1, &error);
    if (message)
        write_again(message, ignored.count, &arena);
    arena_free(&arena);
    return 0;
}
