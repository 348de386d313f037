#include "sim/rpc/codec.h"
#include "sim/rpc/message.h"

static void *arena_hook_alloc(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void arena_hook_free(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

ProtobufCMessage *codec_protobuf_decode(const ProtobufCMessageDescriptor *descriptor, struct span body,
                                        struct arena *arena, struct error *error)
{
    ProtobufCAllocator hooks = {.alloc = arena_hook_alloc, .free = arena_hook_free, .allocator_data = arena};
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, &hooks, body.len, body.data);

    if (!message) {
        error_input(error,
                    "the body is no protobuf message of type %s; to send JSON, set Content-Type: application/json",
                    descriptor->short_name);
        return NULL;
    }
    return message_check_strings(message, error) ? NULL : message;
}

void codec_protobuf_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *room = buf_reserve(out, size);

    (void)call;
    if (room)
        out->len += protobuf_c_message_pack(message, room);
}
