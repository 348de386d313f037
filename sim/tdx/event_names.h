/* The names of the events that dstack's boot writes and verifiers look for (dstack,
 * "Attestation": RTMR3 events; ACPI tables in RTMR0 as its TDX lite rules measure them). */
#ifndef TDX_EVENT_NAMES_H
#define TDX_EVENT_NAMES_H

/* RTMR3, in boot order, with their payloads. */
#define EVENT_NAME_SYSTEM_PREPARING "system-preparing" /* nothing */
#define EVENT_NAME_APP_ID "app-id"                     /* 20 bytes */
#define EVENT_NAME_COMPOSE_HASH "compose-hash"         /* SHA-256 */
#define EVENT_NAME_INIT_SCRIPT_HASH "init-script-hash" /* SHA-256, one for each; since dstack 0.6 */
#define EVENT_NAME_GPU_POLICY_HASH "gpu-policy-hash"   /* SHA-256; since dstack 0.6 */
#define EVENT_NAME_GPU_ATTESTATION "gpu-attestation"   /* JSON, only with GPUs; since dstack 0.6 */
#define EVENT_NAME_INSTANCE_ID "instance-id"           /* 20 bytes or nothing */
#define EVENT_NAME_BOOT_MR_DONE "boot-mr-done"         /* nothing */
#define EVENT_NAME_OS_IMAGE_HASH "os-image-hash"       /* SHA-256; only with a KMS */
#define EVENT_NAME_KEY_PROVIDER "key-provider"         /* JSON, name and id */
#define EVENT_NAME_STORAGE_FS "storage-fs"             /* "zfs" or "ext4" */
#define EVENT_NAME_SYSTEM_READY "system-ready"         /* nothing; later events are the app's own */

/* RTMR0: the digests of what is passed to the firmware. */
#define EVENT_NAME_ACPI_LOADER "acpi-loader"
#define EVENT_NAME_ACPI_RSDP "acpi-rsdp"
#define EVENT_NAME_ACPI_TABLES "acpi-tables"

#endif
