/* What an app-compose.json says; see app_compose.h. */
#ifndef APP_APP_COMPOSE_DATA_H
#define APP_APP_COMPOSE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APP_COMPOSE_INIT_SCRIPTS_MAX 5
#define APP_COMPOSE_PROVIDER_ID_BYTES_MAX 1024
#define APP_COMPOSE_UNKNOWN_MAX 8
#define APP_COMPOSE_STORAGE_FS_DEFAULT "zfs"
#define APP_COMPOSE_MANIFEST_VERSION_DEFAULT 2

/* Where an app's keys come from. The values are those that MRCONFIGID hashes. */
enum app_key_provider {
    APP_KEY_PROVIDER_NONE = 0,
    APP_KEY_PROVIDER_LOCAL = 1,
    APP_KEY_PROVIDER_KMS = 2,
    APP_KEY_PROVIDER_TPM = 3,
};

/* Owns its texts. A member that is missing has its default. */
struct app_compose {
    /* 1 or 2 as a number, or any version as text, which only images of the 0.6 line read. */
    uint32_t manifest_version;
    bool is_manifest_text;

    char *name;                /* "" */
    char *runner;              /* NULL */
    char *docker_compose_file; /* NULL */
    char *storage_fs;          /* APP_COMPOSE_STORAGE_FS_DEFAULT */
    char **allowed_envs;
    size_t allowed_env_count;
    bool gateway_enabled; /* false */
    bool tproxy_enabled;  /* false; its old name */
    bool no_instance_id;  /* false */
    bool public_logs;     /* false */
    bool public_sysinfo;  /* false */
    bool public_tcbinfo;  /* true */

    /* key_provider if given, else what kms_enabled and local_key_provider_enabled say, in this order. */
    enum app_key_provider key_provider;
    uint8_t key_provider_id[APP_COMPOSE_PROVIDER_ID_BYTES_MAX]; /* the only one it may have */
    size_t key_provider_id_len;                                 /* 0: any */

    char *init_scripts[APP_COMPOSE_INIT_SCRIPTS_MAX]; /* in the order they run */
    size_t init_script_count;
    uint32_t event_log_version; /* 1; or 2 */
    bool has_snapshotter;
    char *requirements; /* JSON object, compact with sorted members; NULL */
    char *gpu_policy;   /* requirements.gpu_policy, any JSON value in the same form; NULL */

    /* Members that dstack does not know, at most APP_COMPOSE_UNKNOWN_MAX of them. */
    char *unknown[APP_COMPOSE_UNKNOWN_MAX];
    size_t unknown_count; /* of those above */
};

#endif
