/* The entries of configfs-tsm: the directories of a directory, one of which is there from the start, under the
 * name by which Intel's and dstack's libraries know it. A client makes others with mkdir, which get their files
 * a moment later, and removes them with all that is in them. */
#ifndef TSM_TSM_REPORTS_H
#define TSM_TSM_REPORTS_H

#include <uv.h>

#include "sim/cluster/cluster.h"
#include "sim/tsm/tsm_report.h"
#include "sim/tsm/tsm_watch.h"

#define TSM_REPORTS_DEFAULT "com.intel.dcap"
#define TSM_REPORTS_MAX 32
#define TSM_REPORTS_NAMES_MAX 1024 /* that are looked at in the directory */

struct tsm_reports;

struct tsm_reports_entry {
    struct tsm_reports *reports;
    char *name; /* heap */
    struct tsm_report report;
    struct tsm_watch *fifo;    /* of its inblob */
    struct tsm_watch *changes; /* of its directory; only of the first entry, whose files are made again */
};

/* On the heap, as watches point to the entries. */
struct tsm_reports {
    uv_loop_t *loop;
    const struct cluster *cluster; /* whose first TD is attested */
    struct log *log;
    char *path; /* heap */
    bool has_leases;
    struct tsm_watch *changes;
    struct tsm_reports_entry *entries[TSM_REPORTS_MAX];
    size_t count;
    bool is_full_told; /* the log says that there are too many */
};

/* Makes the first entry in a directory that is there; removes others, of a simulator that was killed. All that
 * is passed in outlives the reports. Returns NULL with an error. */
struct tsm_reports *tsm_reports_new(uv_loop_t *loop, const char *directory, bool has_leases,
                                    const struct cluster *cluster, struct log *log, struct error *error);

/* Removes all entries, also those that have not been noticed yet, but not the directory. */
void tsm_reports_free(struct tsm_reports *reports);

/* Has those who wait at this moment let in by tsm_reports_admit, and others wait for the next time. Returns
 * false if a file could not be written, to be tried again. */
MUST_CHECK bool tsm_reports_hold(struct tsm_reports *reports);

/* Takes in what has been written everywhere. */
void tsm_reports_collect(struct tsm_reports *reports);

/* Lets in who waited then. Returns false if a file could not be written, to be tried again. */
MUST_CHECK bool tsm_reports_admit(struct tsm_reports *reports);

#endif
