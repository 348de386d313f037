/* TCB evaluation data sets: Intel publishes one after each TCB recovery event, in which a TCB is
 * raised, and keeps some older ones for fleets that have yet to update (Intel PCS API, version 4,
 * "Get TCB Evaluation Data Numbers").
 *
 * The simulator has three, under fixed numbers. Their dates follow the clock, so that each one
 * stays what it is called. */
#ifndef TDX_EVALUATION_H
#define TDX_EVALUATION_H

#include <stdbool.h>
#include <stdint.h>

enum evaluation_set {
    EVALUATION_OLD,
    EVALUATION_STANDARD, /* the newest whose event is at least twelve months old; the default */
    EVALUATION_EARLY,    /* the newest */
};
#define EVALUATION_SETS 3

/* Its tcbEvaluationDataNumber. */
unsigned evaluation_number(enum evaluation_set set);

enum evaluation_found { EVALUATION_FOUND, EVALUATION_TOO_OLD, EVALUATION_UNKNOWN };

/* The set with that number. */
enum evaluation_found evaluation_find(uint64_t number, enum evaluation_set *set);

/* Its recovery event as of `now`, and the date of the newest TCB level, which came with it. All are
 * Unix seconds, at midnight UTC. */
int64_t evaluation_event(enum evaluation_set set, int64_t now);
int64_t evaluation_tcb_date(enum evaluation_set set, int64_t now);

/* The date of a TCB level that the event has put out of date. */
int64_t evaluation_older_tcb_date(enum evaluation_set set, int64_t now);

#endif
