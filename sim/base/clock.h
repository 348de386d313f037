/* The program's clock, which a test can freeze. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* All zero: the system clock. */
struct clock {
    int64_t fixed_micros; /* the frozen time since the Unix epoch, or 0 */
};

/* Since the Unix epoch. */
int64_t clock_seconds(const struct clock *clock);
int64_t clock_micros(const struct clock *clock);

/* Since an arbitrary point in the past; never decreases. */
int64_t clock_monotonic_millis(void);

#endif
