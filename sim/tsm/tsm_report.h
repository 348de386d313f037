/* One entry of configfs-tsm (Linux, Documentation/ABI/testing/configfs-tsm-report): the directory with which a
 * program gets quotes.
 *
 *     provider    tdx_guest
 *     inblob      takes report data, 64 bytes at once
 *     outblob     the quote over what was written last; empty without any, and after a wrong size,
 *                 where the kernel's fails with EINVAL
 *     generation  how often inblob was written
 *
 * inblob is a FIFO, so that no write is lost or seen twice, and that it stays the same file, which clients lock
 * (flock(2)). The others are files of tsm_file.h: who opens one sees all that was written before. Without
 * leases only a client that waits for the generation to change is sure to get the quote over its own data. */
#ifndef TSM_TSM_REPORT_H
#define TSM_TSM_REPORT_H

#include "sim/base/log.h"
#include "sim/td/td.h"
#include "sim/tsm/tsm_file.h"

struct tsm_report {
    char *path; /* heap: of the directory */
    struct log *log;
    struct tsm_file provider, generation, outblob;
    char *inblob_path;  /* heap */
    int inblob;         /* the FIFO; readable when there is something to collect */
    struct buf pending; /* less than one write */
    uint64_t writes;
    uint64_t quoted_writes; /* those before outblob was made */
    uint8_t report_data[REPORT_DATA_BYTES];
    bool has_report_data; /* the last write was of the right size */
};

/* Makes the files in a directory that is there. The log outlives the report. After an error there is nothing
 * to close. */
MUST_CHECK int tsm_report_open(struct tsm_report *report, const char *directory, bool has_leases,
                               struct log *log, struct error *error);

/* Removes the files, not the directory. */
void tsm_report_close(struct tsm_report *report);

/* Has those who wait at this moment let in by tsm_report_admit, and others wait for the next time. Returns false
 * if a file could not be written, to be tried again. */
MUST_CHECK bool tsm_report_hold(struct tsm_report *report);

/* Takes in what has been written; without leases, publishes the quote. */
void tsm_report_collect(struct tsm_report *report, const struct td *td);

/* Lets in who waited then. Returns false if a file could not be written, to be tried again. */
MUST_CHECK bool tsm_report_admit(struct tsm_report *report, const struct td *td);

/* Whether inblob in the directory is still the one that was made. If not, and all the rest has gone as well, the
 * directory may be another one of that name. */
bool tsm_report_has_fifo(const struct tsm_report *report);

/* Makes files again that were removed. If inblob was, the descriptor of the one before is closed.
 * Returns -1 with an error if that fails, as it does when the directory has gone. */
MUST_CHECK int tsm_report_restore(struct tsm_report *report, struct error *error);

#endif
