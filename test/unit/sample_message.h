/* A message with the kinds of field that the API has few or none of: every width
 * of integer, repeated numbers, messages inside, an optional text. Written out as
 * protoc-c would generate it; field n of the table is number n + 1. */
#ifndef TEST_SAMPLE_MESSAGE_H
#define TEST_SAMPLE_MESSAGE_H

#include "proto/kms.pb-c.h"

struct sample {
    ProtobufCMessage base;
    uint32_t alias_case; /* 1 when alias is there */
    char *alias;
    size_t n_flags;
    protobuf_c_boolean *flags;
    int32_t i32;
    int64_t i64;
    Dstack__BootstrapInfo *inner;
    size_t n_items;
    Dstack__AppId **items;
    size_t n_numbers;
    uint64_t *numbers;
    uint32_t u32;
    uint64_t u64;
};

enum sample_index {
    SAMPLE_ALIAS,
    SAMPLE_FLAGS,
    SAMPLE_I32,
    SAMPLE_I64,
    SAMPLE_INNER,
    SAMPLE_ITEMS,
    SAMPLE_NUMBERS,
    SAMPLE_U32,
    SAMPLE_U64,
    SAMPLE_FIELDS,
};

static const ProtobufCFieldDescriptor sample_fields[SAMPLE_FIELDS] = {
    {.name = "alias",
     .id = 1,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_STRING,
     .quantifier_offset = offsetof(struct sample, alias_case),
     .offset = offsetof(struct sample, alias),
     .flags = PROTOBUF_C_FIELD_FLAG_ONEOF},
    {.name = "flags",
     .id = 2,
     .label = PROTOBUF_C_LABEL_REPEATED,
     .type = PROTOBUF_C_TYPE_BOOL,
     .quantifier_offset = offsetof(struct sample, n_flags),
     .offset = offsetof(struct sample, flags)},
    {.name = "i32",
     .id = 3,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_INT32,
     .offset = offsetof(struct sample, i32)},
    {.name = "i64",
     .id = 4,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_INT64,
     .offset = offsetof(struct sample, i64)},
    {.name = "inner",
     .id = 5,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_MESSAGE,
     .offset = offsetof(struct sample, inner),
     .descriptor = &dstack__bootstrap_info__descriptor},
    {.name = "items",
     .id = 6,
     .label = PROTOBUF_C_LABEL_REPEATED,
     .type = PROTOBUF_C_TYPE_MESSAGE,
     .quantifier_offset = offsetof(struct sample, n_items),
     .offset = offsetof(struct sample, items),
     .descriptor = &dstack__app_id__descriptor},
    {.name = "numbers",
     .id = 7,
     .label = PROTOBUF_C_LABEL_REPEATED,
     .type = PROTOBUF_C_TYPE_UINT64,
     .quantifier_offset = offsetof(struct sample, n_numbers),
     .offset = offsetof(struct sample, numbers)},
    {.name = "u32",
     .id = 8,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_UINT32,
     .offset = offsetof(struct sample, u32)},
    {.name = "u64",
     .id = 9,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_UINT64,
     .offset = offsetof(struct sample, u64)},
};

static void sample_init(ProtobufCMessage *message);

static const unsigned sample_by_name[SAMPLE_FIELDS] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
static const ProtobufCIntRange sample_ranges[] = {{1, 0}, {0, SAMPLE_FIELDS}};
static const ProtobufCMessageDescriptor sample_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "test.Sample",
    .short_name = "Sample",
    .sizeof_message = sizeof(struct sample),
    .n_fields = SAMPLE_FIELDS,
    .fields = sample_fields,
    .fields_sorted_by_name = sample_by_name,
    .n_field_ranges = 1,
    .field_ranges = sample_ranges,
    .message_init = sample_init,
};

static void sample_init(ProtobufCMessage *message)
{
    *(struct sample *)(void *)message = (struct sample){.base = PROTOBUF_C_MESSAGE_INIT(&sample_descriptor)};
}

#endif
