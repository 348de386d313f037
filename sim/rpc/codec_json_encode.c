#include <inttypes.h>

#include "sim/base/json_text.h"
#include "sim/rpc/codec.h"
#include "sim/rpc/message.h"

static void write_message(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out);

static void write_string(const struct rpc_call *call, const char *text, struct buf *out)
{
    for (size_t i = 0; i < call->text_count; i++) {
        if (call->texts[i]->plain == text) {
            buf_append(out, call->texts[i]->json, call->texts[i]->json_len);
            return;
        }
    }
    json_text_string(out, text, strlen(text));
}

static void write_value(const struct rpc_call *call, const ProtobufCFieldDescriptor *field, const void *value,
                        struct buf *out)
{
    const ProtobufCBinaryData *bytes = value;

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        write_string(call, *(const char *const *)value, out);
        break;
    case PROTOBUF_C_TYPE_BYTES:
        json_text_hex(out, bytes->data, bytes->len);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        buf_append_text(out, *(const protobuf_c_boolean *)value ? "true" : "false");
        break;
    case PROTOBUF_C_TYPE_INT32:
        buf_printf(out, "%" PRId32, *(const int32_t *)value);
        break;
    case PROTOBUF_C_TYPE_UINT32:
        buf_printf(out, "%" PRIu32, *(const uint32_t *)value);
        break;
    case PROTOBUF_C_TYPE_INT64:
        buf_printf(out, "%" PRId64, *(const int64_t *)value);
        break;
    case PROTOBUF_C_TYPE_UINT64:
        buf_printf(out, "%" PRIu64, *(const uint64_t *)value);
        break;
    default: /* a message: test_message.c checks that the protos use no other type */
        if (*(const ProtobufCMessage *const *)value)
            write_message(call, *(const ProtobufCMessage *const *)value, out);
        else
            buf_append_text(out, "null");
    }
}

static void write_array(const struct rpc_call *call, const ProtobufCFieldDescriptor *field,
                        const uint8_t *base, struct buf *out)
{
    const uint8_t *elements = *(const uint8_t *const *)(const void *)(base + field->offset);
    size_t count;

    memcpy(&count, base + field->quantifier_offset, sizeof count);
    buf_append_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        write_value(call, field, elements + i * message_value_size(field), out);
    }
    buf_append_byte(out, ']');
}

static bool is_absent(const ProtobufCFieldDescriptor *field, const uint8_t *base)
{
    uint32_t which;

    if (!message_field_is_oneof(field))
        return false;
    memcpy(&which, base + field->quantifier_offset, sizeof which);
    return which != field->id;
}

static void write_message(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out)
{
    const uint8_t *base = (const uint8_t *)message;

    buf_append_byte(out, '{');
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];

        json_text_key(out, i > 0 ? ',' : 0, field->name);
        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            write_array(call, field, base, out);
        else if (is_absent(field, base))
            buf_append_text(out, "null");
        else
            write_value(call, field, base + field->offset, out);
    }
    buf_append_byte(out, '}');
}

void codec_json_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out)
{
    if (message->descriptor->n_fields == 0)
        buf_append_text(out, "null");
    else
        write_message(call, message, out);
}
