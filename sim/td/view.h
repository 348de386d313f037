/* What responses show of a TD's state. Each part is rendered at its first use, and kept until the state
 * changes. When events have been appended, what lists events has them appended at its next use. */
#ifndef TD_VIEW_H
#define TD_VIEW_H

#include "sim/td/identity.h"
#include "sim/tdx/attestation_msgpack.h"
#include "sim/tdx/attestation_scale.h"

/* What a view shows. Must outlive it. */
struct view_subject {
    const struct identity *identity;
    const struct registers *registers;
    const struct event_log *log;
    const struct app *app;
};

enum td_attestation_form {
    TD_ATTESTATION_WHOLE,   /* as Attest returns it: in SCALE, or in MessagePack for a log of version 2 */
    TD_ATTESTATION_CUT,     /* the same, shortened for a certificate */
    TD_ATTESTATION_MSGPACK, /* as in GetQuote's attestation field */
};

struct view {
    struct view_subject subject;
    bool has_aggregate, has_event_log, has_tcb_info, has_scale, has_msgpack, has_msgpack_cut, has_app_cert;
    uint8_t aggregate[REGISTERS_AGGREGATE_BYTES];
    size_t event_log_count; /* events in the next one */
    struct text event_log;  /* use the functions below to read these */
    struct text tcb_info;
    struct attestation_scale_parts scale;
    struct attestation_msgpack_parts msgpack;
    struct attestation_msgpack_parts msgpack_cut;
    struct text app_cert; /* filled by td_cert.c */
};

void view_init(struct view *view, const struct view_subject *subject);
void view_free(struct view *view);

/* Must be called after the subject has changed, one of the three: any change, only events appended to
 * the log, only what quotes say (which the TD's own certificate contains). */
void view_forget(struct view *view);
void view_forget_whole(struct view *view);
void view_forget_cert(struct view *view);

/* Each result is valid until the next change. */
const uint8_t *view_aggregate(struct view *view);     /* of the registers, see registers_aggregate */
const struct text *view_event_log(struct view *view); /* JSON array */
const struct text *view_tcb_info(struct view *view);  /* JSON object */
const struct attestation_scale_parts *view_scale(struct view *view);
struct attestation_msgpack_parts *view_msgpack(struct view *view);

/* An attestation with that quote, which is over the report data, in the arena. */
struct span view_attestation(struct view *view, enum td_attestation_form form, struct span quote,
                             const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], struct arena *arena);

#endif
