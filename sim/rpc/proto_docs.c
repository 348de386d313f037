#include "sim/rpc/proto_docs.h"

#include <string.h>

/* Compares "name.member", or only name if member is NULL, with a row's name. */
static int compare(const char *name, const char *member, const char *row)
{
    size_t len = strlen(name);
    int order = strncmp(name, row, len);

    if (order != 0 || !member)
        return order ? order : -(row[len] != '\0');
    return row[len] == '.' ? strcmp(member, row + len + 1) : '.' - (unsigned char)row[len];
}

const struct proto_doc *proto_docs_find(const struct proto_docs *docs, const char *name, const char *member)
{
    static const struct proto_doc nothing;
    size_t low = 0, high = docs->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(name, member, docs->rows[middle].name);
        if (order == 0)
            return &docs->rows[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return &nothing;
}
