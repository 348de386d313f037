#include "sim/tdx/evaluation.h"

#include <time.h>

#define FIRST_NUMBER 16u
#define DAY INT64_C(86400)
#define MONTHS_BETWEEN 12

/* How many months ago the event of the newest set was: the one of the set before is more than
 * twelve months old, its own is not. */
#define MONTHS_SINCE_EARLY 3

unsigned evaluation_number(enum evaluation_set set)
{
    return FIRST_NUMBER + (unsigned)set;
}

enum evaluation_found evaluation_find(uint64_t number, enum evaluation_set *set)
{
    if (number < FIRST_NUMBER)
        return EVALUATION_TOO_OLD;
    if (number >= FIRST_NUMBER + EVALUATION_SETS)
        return EVALUATION_UNKNOWN;
    *set = (enum evaluation_set)(number - FIRST_NUMBER);
    return EVALUATION_FOUND;
}

/* The first day of a month, so that dates change as rarely as possible. */
static int64_t months_ago(int months, int64_t now)
{
    time_t moment = (time_t)now;
    struct tm tm;

    gmtime_r(&moment, &tm);
    tm = (struct tm){.tm_year = tm.tm_year, .tm_mon = tm.tm_mon - months, .tm_mday = 1};
    return timegm(&tm);
}

static int months_since(enum evaluation_set set)
{
    return MONTHS_SINCE_EARLY + MONTHS_BETWEEN * (EVALUATION_EARLY - (int)set);
}

int64_t evaluation_event(enum evaluation_set set, int64_t now)
{
    return months_ago(months_since(set), now);
}

/* As Intel's, on the day after the event. */
int64_t evaluation_tcb_date(enum evaluation_set set, int64_t now)
{
    return evaluation_event(set, now) + DAY;
}

int64_t evaluation_older_tcb_date(enum evaluation_set set, int64_t now)
{
    return months_ago(months_since(set) + MONTHS_BETWEEN, now) + DAY;
}
