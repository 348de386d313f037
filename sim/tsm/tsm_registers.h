/* The registers of the TD as files (Linux, Documentation/ABI/testing/sysfs-devices-virtual-misc-tdx_guest):
 * 48 raw bytes each, under the kernel's names. Writing 48 bytes to rtmr2:sha384 or rtmr3:sha384 extends that
 * register by them. */
#ifndef TSM_TSM_REGISTERS_H
#define TSM_TSM_REGISTERS_H

#include "sim/base/log.h"
#include "sim/td/td.h"
#include "sim/tsm/tsm_file.h"

#define TSM_REGISTERS 8

struct tsm_registers {
    struct log *log;
    size_t count; /* files that are open */
    struct tsm_file files[TSM_REGISTERS];
};

/* Makes the files in a directory that is there. After an error there is nothing to close. */
MUST_CHECK int tsm_registers_open(struct tsm_registers *registers, const char *directory, bool has_leases,
                                  struct log *log, struct error *error);

/* Removes the files, not the directory. */
void tsm_registers_close(struct tsm_registers *registers);

/* Has those who wait at this moment let in by tsm_registers_admit, and others wait for the next time. Returns
 * false if a file could not be written, to be tried again. */
MUST_CHECK bool tsm_registers_hold(struct tsm_registers *registers);

/* Extends the TD's registers by what was written. */
void tsm_registers_collect(struct tsm_registers *registers, struct td *td);

/* Lets in who waited then. Returns false if a file could not be written, to be tried again, as the next one
 * does. */
MUST_CHECK bool tsm_registers_admit(struct tsm_registers *registers, const struct td *td);

/* Sets the contents of all files; for those without leases. */
MUST_CHECK bool tsm_registers_publish(struct tsm_registers *registers, const struct td *td);

/* Makes files again that were removed. */
MUST_CHECK int tsm_registers_restore(struct tsm_registers *registers, struct error *error);

#endif
