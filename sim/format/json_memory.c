#include "sim/format/json_memory.h"

#include <jansson.h>
#include <stdlib.h>

#include "sim/base/memory.h"

void json_memory_share(void)
{
    json_set_alloc_funcs(memory_alloc, free);
}
