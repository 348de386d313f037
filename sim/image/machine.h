/* The machine that an OS image boots on. The default is fixtures/machine.json. */
#ifndef IMAGE_MACHINE_H
#define IMAGE_MACHINE_H

#include <stdint.h>

#include "sim/base/error.h"
#include "sim/base/span.h"

#define MACHINE_NAME_BYTES 128

struct machine {
    uint32_t cpu_count;
    uint64_t memory_size; /* bytes: 2 GiB, or from 0xB0000000 up */
    char cloud_vendor[MACHINE_NAME_BYTES];
    char cloud_product[MACHINE_NAME_BYTES];
};

MUST_CHECK int machine_parse(struct machine *machine, struct span json, struct error *error);

/* Takes processors and memory from the vm_config of the real simulator's
 * sys-config.json, as far as it names them. The image stays as it is: a
 * sys-config does not describe one. */
MUST_CHECK int machine_apply_sys_config(struct machine *machine, struct span json, struct error *error);

#endif
