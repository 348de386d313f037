#include "sim/rpc/proto_name.h"

#include <stdbool.h>
#include <string.h>

/* Whether text starts with a version: "v1". */
static bool is_version(const char *text, size_t len)
{
    if (len < 2 || text[0] != 'v')
        return false;
    for (size_t i = 1; i < len; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

const char *proto_name_short(const char *name, const char *package)
{
    size_t len = package ? strlen(package) : 0;
    size_t last = len;

    if (len == 0 || strncmp(name, package, len) != 0 || name[len] != '.')
        return name;
    while (last > 0 && package[last - 1] != '.')
        last--;
    return name + (is_version(package + last, len - last) ? last : len + 1);
}
