/* The time, as the program takes it: a test may make it stand still. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* All zero: the machine's own clock. */
struct clock {
    int64_t fixed_micros; /* since the Unix epoch; 0: it goes */
};

/* Since the Unix epoch. */
int64_t clock_seconds(const struct clock *clock);
int64_t clock_micros(const struct clock *clock);

/* Since some point in the past; never goes back. */
int64_t clock_monotonic_millis(void);

#endif
