#include "sim/tdx/tcb_document.h"

#include <time.h>

#include "crypto/hash.h"
#include "sim/base/hex.h"
#include "sim/base/json_text.h"

#define DAY INT64_C(86400)
#define VALID_BEFORE (1 * DAY)
#define VALID_AFTER (30 * DAY)
#define EXPIRED_FOR (1 * DAY)

void tcb_document_date(struct buf *out, const char *name, int64_t seconds)
{
    char text[32];
    time_t moment = (time_t)seconds;
    struct tm tm;

    gmtime_r(&moment, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    json_text_member(out, ',', name, text);
}

void tcb_document_begin(struct buf *out, const char *id, unsigned version, const struct scenario *scenario,
                        int64_t now)
{
    int64_t end = scenario->collateral_expired ? now - EXPIRED_FOR : now + VALID_AFTER;

    buf_init(out, SIZE_MAX);
    json_text_member(out, '{', "id", id);
    json_text_member_uint(out, ',', "version", version);
    tcb_document_date(out, "issueDate", end - VALID_AFTER - VALID_BEFORE);
    tcb_document_date(out, "nextUpdate", end);
}

void tcb_document_hex(struct buf *out, char separator, const char *name, const void *bytes, size_t len)
{
    uint8_t *room;

    json_text_key(out, separator, name);
    buf_append_byte(out, '"');
    room = buf_reserve(out, 2 * len);
    if (room) {
        hex_encode_upper(bytes, len, (char *)room);
        out->len += 2 * len;
    }
    buf_append_byte(out, '"');
}

enum tcb_status tcb_document_part_status(const struct scenario *scenario, const struct tcb_edition *edition,
                                         enum scenario_part part)
{
    return scenario_status(scenario, part, edition->set == EVALUATION_EARLY);
}

static void member_advisories(struct buf *out, const struct scenario *scenario)
{
    json_text_key(out, ',', "advisoryIDs");
    for (size_t i = 0; i < scenario->advisory_count; i++) {
        buf_append_byte(out, i == 0 ? '[' : ',');
        json_text_string(out, scenario->advisories[i], strlen(scenario->advisories[i]));
    }
    buf_append_byte(out, ']');
}

void tcb_document_end_level(struct buf *out, const struct scenario *scenario,
                            const struct tcb_edition *edition, const struct tcb_level_end *end)
{
    tcb_document_date(out, "tcbDate",
                      end->is_newest ? evaluation_tcb_date(edition->set, edition->now)
                                     : evaluation_older_tcb_date(edition->set, edition->now));
    json_text_member(out, ',', "tcbStatus", tcb_status_name(end->status));
    if (end->has_advisories && scenario->advisory_count > 0)
        member_advisories(out, scenario);
    buf_append_byte(out, '}');
}

static void begin_isv_level(struct buf *out, char separator, unsigned isv_svn)
{
    buf_append_byte(out, (uint8_t)separator);
    json_text_key(out, '{', "tcb");
    json_text_member_uint(out, '{', "isvsvn", isv_svn);
    buf_append_byte(out, '}');
}

void tcb_document_isv_levels(struct buf *out, const struct scenario *scenario,
                             const struct tcb_edition *edition, enum scenario_part part,
                             const unsigned isv_svns[static 2])
{
    enum tcb_status status = tcb_document_part_status(scenario, edition, part);
    const struct tcb_level_end newest = {.is_newest = true, .status = TCB_UP_TO_DATE};
    const struct tcb_level_end older = {.status = status, .has_advisories = true};
    bool is_behind = tcb_status_is_behind(status);

    json_text_key(out, ',', "tcbLevels");
    begin_isv_level(out, '[', isv_svns[is_behind]);
    tcb_document_end_level(out, scenario, edition, &newest);
    if (is_behind) {
        begin_isv_level(out, ',', isv_svns[0]);
        tcb_document_end_level(out, scenario, edition, &older);
    }
    buf_append_byte(out, ']');
}

char *tcb_document_sign(const char *name, struct buf *inner, const struct p256_key *key)
{
    uint8_t digest[32], signature[P256_SIGNATURE_BYTES];
    struct buf out;
    size_t len;

    hash_sha256(inner->data, inner->len, digest);
    p256_sign(key, digest, signature);
    buf_init(&out, SIZE_MAX);
    json_text_key(&out, '{', name);
    buf_append_span(&out, buf_span(inner));
    json_text_member_hex(&out, ',', "signature", signature, sizeof signature);
    buf_append_byte(&out, '}');
    buf_free(inner);
    return buf_take(&out, &len);
}
