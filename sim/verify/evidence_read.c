#include "sim/verify/evidence_read.h"

#include "sim/base/hex.h"
#include "sim/tdx/attestation_msgpack.h"
#include "sim/tdx/attestation_scale.h"
#include "sim/tdx/event_log_json.h"

static int read_hex(struct span text, const char *name, struct arena *arena, struct span *bytes,
                    struct error *error)
{
    uint8_t *out;
    size_t len;

    if (hex_read(text, name, arena, &out, &len, error))
        return -1;
    *bytes = span_of(out, len);
    return 0;
}

int evidence_read_attestation(struct span bytes, struct arena *arena, struct evidence *evidence,
                              struct error *error)
{
    int result;

    *evidence = (struct evidence){.count = 0};
    if (attestation_scale_begins(bytes))
        result = attestation_scale_read(evidence, bytes, arena, error);
    else if (attestation_msgpack_begins(bytes))
        result = attestation_msgpack_read(evidence, bytes, arena, error);
    else
        return error_input(
            error, "attestation is neither SCALE (starts with 00) nor MessagePack (starts with a map)");
    return result ? error_context(error, "attestation") : 0;
}

static int read_attestation(struct span text, struct arena *arena, struct evidence *evidence,
                            struct error *error)
{
    struct span bytes;

    return read_hex(text, "attestation", arena, &bytes, error)
               ? -1
               : evidence_read_attestation(bytes, arena, evidence, error);
}

int evidence_read_quote(struct span quote, struct span event_log, struct arena *arena,
                        struct evidence *evidence, struct error *error)
{
    *evidence = (struct evidence){.quote = quote};
    return event_log_json_read(evidence, event_log, arena, error) ? error_context(error, "event_log") : 0;
}

int evidence_read(const struct evidence_request *request, struct arena *arena, struct evidence *evidence,
                  struct error *error)
{
    *evidence = (struct evidence){.count = 0};
    if (request->attestation.len > 0)
        return read_attestation(request->attestation, arena, evidence, error);
    if (request->quote.len == 0)
        return error_input(error, "expected a quote with event_log and vm_config, or an attestation");
    if (request->event_log.len == 0)
        return error_input(error, "event_log is missing: a quote is verified together with its event log");
    if (read_hex(request->quote, "quote", arena, &evidence->quote, error))
        return -1;
    if (event_log_json_read(evidence, request->event_log, arena, error))
        return error_context(error, "event_log");
    evidence->vm_config = request->vm_config;
    return 0;
}
