#include "sim/td/attestation.h"

void attestation_parts_init(struct attestation_parts *parts)
{
    attestation_scale_init(&parts->scale);
    attestation_msgpack_init(&parts->msgpack);
}

void attestation_parts_free(struct attestation_parts *parts)
{
    attestation_scale_free(&parts->scale);
    attestation_msgpack_free(&parts->msgpack);
}

void attestation_parts_render(struct attestation_parts *parts, const struct event_log *log,
                              struct span config)
{
    attestation_scale_render(&parts->scale, log, config);
    attestation_msgpack_render(&parts->msgpack, log, config);
}

struct span attestation_scale(const struct attestation_parts *parts, struct span quote,
                              const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], struct arena *arena)
{
    return attestation_scale_write(&parts->scale, quote, report_data, arena);
}

struct span attestation_scale_cut(const struct attestation_parts *parts, struct span quote,
                                  const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                  struct arena *arena)
{
    return attestation_scale_write_cut(&parts->scale, quote, report_data, arena);
}

struct span attestation_msgpack(const struct attestation_parts *parts, struct span quote,
                                const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                struct arena *arena)
{
    return attestation_msgpack_write(&parts->msgpack, quote, report_data, arena);
}
