#include "sim/rpc/ignored.h"

#include "sim/base/spelling.h"

static const char *field_at(const void *list, size_t index)
{
    const ProtobufCMessageDescriptor *descriptor = list;

    return index < descriptor->n_fields ? descriptor->fields[index].name : NULL;
}

static void copy_name(char out[static HTTP_MEMBER_BYTES], struct span name)
{
    size_t len = name.len < HTTP_MEMBER_BYTES ? name.len : HTTP_MEMBER_BYTES - 1;

    for (size_t i = 0; i < len; i++)
        out[i] = name.data[i] > ' ' && name.data[i] < 0x7f ? (char)name.data[i] : '?';
    out[len] = '\0';
}

static bool has_name(const struct http_ignored *ignored, const char *name)
{
    for (size_t i = 0; i < ignored->named; i++)
        if (strcmp(ignored->members[i].name, name) == 0)
            return true;
    return false;
}

void ignored_add(struct http_ignored *ignored, const ProtobufCMessageDescriptor *descriptor, struct span name)
{
    struct http_ignored_member *member = &ignored->members[ignored->named];
    char shown[HTTP_MEMBER_BYTES];

    ignored->count++;
    if (ignored->named == HTTP_IGNORED_MAX)
        return;
    copy_name(shown, name);
    if (has_name(ignored, shown))
        return;
    memcpy(member->name, shown, sizeof shown);
    member->nearest = spelling_nearest_in((const char *)name.data, name.len, descriptor, field_at);
    ignored->named++;
}
