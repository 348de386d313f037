#include "sim/base/clock.h"

#include <time.h>

int64_t clock_micros(const struct clock *clock)
{
    struct timespec now;

    if (clock->fixed_micros)
        return clock->fixed_micros;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_seconds(const struct clock *clock)
{
    return clock_micros(clock) / 1000000;
}

int64_t clock_monotonic_millis(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
