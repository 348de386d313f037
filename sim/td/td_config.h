/* What a TD is made from. */
#ifndef TD_TD_CONFIG_H
#define TD_TD_CONFIG_H

#include "sim/image/os_image.h"

#define TD_INSTANCE_DEFAULT "default"

/* Its inputs; td_new copies everything. */
struct td_config {
    const char *instance;         /* distinguishes instances of one app */
    const uint8_t *instance_seed; /* APP_INSTANCE_ID_BYTES: see identity_set_instance; or NULL */
    uint32_t boot;                /* counts the boots of this TD, from 1 */
    struct span app_id;           /* the app was deployed with it; or nothing (see identity.h) */
    struct span app_compose;      /* app-compose.json */
    struct span app_keys;         /* appkeys.json; data NULL: the cluster's KMS issues them */
    const char *app_compose_name; /* what errors call these two */
    const char *app_keys_name;
    struct span os_image;           /* os-image.json */
    const struct os_image *image;   /* or, instead of that, one that has been read; or NULL */
    struct span machine;            /* machine.json */
    struct span sys_config;         /* sys-config.json; or nothing */
    const char *sys_config_name;    /* what errors call it */
    struct span gpu_info;           /* what nvattest printed at boot: the text for GpuInfo; or nothing */
    const char *gpu_info_name;      /* what errors call it */
    struct span user_config;        /* deployed with the app; or nothing */
    const char *health_file;        /* where the app's health status file is on this machine; or NULL */
    struct span encrypted_env;      /* as encrypted_env.h describes it; or nothing */
    const char *encrypted_env_name; /* what errors call it; or NULL */
    bool is_debug;                  /* TDATTRIBUTES says debug */
    bool leaves_mr_config_zero;     /* see mr_config.h */
    bool has_own_ca;                /* under a KMS: see key_provider.h */
    bool awaits_keys;               /* under a KMS: one elsewhere gives them, see td_keys.h */
};

/* The default app, image, machine and instance. */
void td_config_init(struct td_config *config);

#endif
