#include "sim/tdx/app_info.h"

#include "sim/format/msgpack.h"

#define MEMBERS 9

void app_info_write(const struct app_info *info, struct buf *out)
{
    const struct span values[MEMBERS - 1] = {
        info->app_id,    info->compose_hash,  info->instance_id,   info->device_id,
        info->mr_system, info->mr_aggregated, info->os_image_hash, info->key_provider_info,
    };

    msgpack_write_array(out, MEMBERS);
    for (size_t i = 0; i < MEMBERS - 1; i++)
        msgpack_write_bin(out, values[i].data, values[i].len);
    msgpack_write_array(out, info->init_script_count);
    for (size_t i = 0; i < info->init_script_count; i++)
        msgpack_write_bin(out, info->init_script_hashes[i].data, info->init_script_hashes[i].len);
}
