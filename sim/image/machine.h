/* The machine that an OS image boots on. The default is fixtures/machine.json; the member
 * tdx_attestation_variant may be missing, and is lite then. */
#ifndef IMAGE_MACHINE_H
#define IMAGE_MACHINE_H

#include "sim/base/error.h"
#include "sim/base/span.h"

#define MACHINE_NAME_BYTES 128
#define MACHINE_SEED_BYTES 32

/* The memory sizes for which the firmware rules describe the memory map: 2 GiB, or enough to be
 * split around the hole below 4 GiB, again with 2 GiB below it. */
#define MACHINE_MEMORY_LOW 0x80000000u
#define MACHINE_MEMORY_SPLIT_FROM 0xb0000000u
#define MACHINE_MEMORY_BYTES_MAX (UINT64_C(1) << 46)

struct machine {
    uint32_t cpu_count;
    uint64_t memory_size; /* bytes; see machine_memory_is_described */
    char cloud_vendor[MACHINE_NAME_BYTES];
    char cloud_product[MACHINE_NAME_BYTES];

    /* The variant of the measurements (dstack, tdx_attestation_variant). Those of a legacy machine depend
     * on the QEMU that runs it, so that no true value of them exists here: see measurement.h. */
    bool is_legacy;
    uint8_t legacy_seed[MACHINE_SEED_BYTES]; /* what they follow from instead */

    /* Of a machine that the VMM deploys, what else it writes into vm_config; else "". */
    char deployed_image[MACHINE_NAME_BYTES]; /* the name of the OS image, nothing to escape in JSON */
    bool has_hugepages;
    uint32_t gpu_count;
};

bool machine_memory_is_described(uint64_t size);

/* Which variant the VMM gives a machine by itself (dstack-vmm, "auto"): legacy below 3 GiB, except at
 * 2 GiB. */
bool machine_wants_legacy(uint64_t memory_size);

/* Leaves legacy_seed zero. */
MUST_CHECK int machine_parse(struct machine *machine, struct span json, struct error *error);

/* Takes processors and memory, if present, from the vm_config of the real simulator's
 * sys-config.json, which does not describe an image. */
MUST_CHECK int machine_apply_sys_config(struct machine *machine, struct span json, struct error *error);

#endif
