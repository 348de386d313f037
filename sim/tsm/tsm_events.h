/* The runtime events as dstack's guest has them in /run/log/dstack (dstack, dstack-attest and cc-eventlog):
 *
 *     runtime_events.log     a line for each event; see runtime_log.h
 *     runtime_event_version  1 or 2: how new ones are digested
 *
 * A program that measures an event extends RTMR3 by its digest and then appends its line, which is how the TD
 * gets to know of it. A line without such an extension is not taken: who opens the file next does not find it. */
#ifndef TSM_TSM_EVENTS_H
#define TSM_TSM_EVENTS_H

#include "sim/base/log.h"
#include "sim/td/td.h"
#include "sim/tsm/tsm_file.h"

struct tsm_events {
    char *path; /* heap: of the directory */
    struct log *log;
    struct tsm_file events, version;
};

/* Makes the files in a directory that is there. After an error there is nothing to close. */
MUST_CHECK int tsm_events_open(struct tsm_events *events, const char *directory, bool has_leases,
                               const struct td *td, struct log *log, struct error *error);

/* Removes the files, and the lock file of dstack-attest, but not the directory. */
void tsm_events_close(struct tsm_events *events);

/* Has those who wait at this moment let in by tsm_events_admit, and others wait for the next time. Returns false
 * if a file could not be written, to be tried again. */
MUST_CHECK bool tsm_events_hold(struct tsm_events *events);

/* Tells the TD of the lines that were appended. */
void tsm_events_collect(struct tsm_events *events, struct td *td);

/* Lets in who waited then. Returns false if a file could not be written, to be tried again, as the next one
 * does. */
MUST_CHECK bool tsm_events_admit(struct tsm_events *events, const struct td *td);

/* Sets the contents of the files; without leases. */
MUST_CHECK bool tsm_events_publish(struct tsm_events *events, const struct td *td);

/* Makes files again that were removed. */
MUST_CHECK int tsm_events_restore(struct tsm_events *events, struct error *error);

#endif
