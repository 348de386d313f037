#include "sim/rpc/percent.h"

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int percent_read(struct span text, size_t at)
{
    int high = text.len - at >= PERCENT_CHARS ? hex_value(text.data[at + 1]) : -1;
    int low = high >= 0 ? hex_value(text.data[at + 2]) : -1;

    return low >= 0 ? high << 4 | low : -1;
}
