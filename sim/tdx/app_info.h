/* Who an app is, as a certificate tells it: what its TD has measured. */
#ifndef TDX_APP_INFO_H
#define TDX_APP_INFO_H

#include "sim/base/buf.h"

struct app_info {
    struct span app_id;
    struct span compose_hash;
    struct span instance_id; /* may be empty */
    struct span device_id;
    struct span mr_system;
    struct span mr_aggregated;
    struct span os_image_hash;
    struct span key_provider_info; /* JSON */
    const struct span *init_script_hashes;
    size_t init_script_count;
};

/* Appends the MessagePack of RA_TLS_APP_INFO: an array of these in this order, the last one an array too. */
void app_info_write(const struct app_info *info, struct buf *out);

#endif
