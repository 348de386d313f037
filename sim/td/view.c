#include "sim/td/view.h"

#include "sim/base/json_text.h"
#include "sim/tdx/event_log_json.h"

void view_init(struct view *view, const struct view_subject *subject)
{
    *view = (struct view){.subject = *subject};
    attestation_scale_init(&view->scale);
    attestation_msgpack_init(&view->msgpack);
    attestation_msgpack_init(&view->msgpack_cut);
}

void view_free(struct view *view)
{
    text_free(&view->event_log);
    text_free(&view->tcb_info);
    text_free(&view->app_cert);
    attestation_scale_free(&view->scale);
    attestation_msgpack_free(&view->msgpack);
    attestation_msgpack_free(&view->msgpack_cut);
}

void view_forget(struct view *view)
{
    view->has_event_log = false;
    view->has_scale = false;
    view->has_msgpack = false;
    view->has_msgpack_cut = false;
    view_forget_whole(view);
}

void view_forget_whole(struct view *view)
{
    view->has_aggregate = false;
    view->has_tcb_info = false;
    view_forget_cert(view);
}

void view_forget_cert(struct view *view)
{
    view->has_app_cert = false;
}

const uint8_t *view_aggregate(struct view *view)
{
    if (!view->has_aggregate)
        registers_aggregate(view->subject.registers, view->aggregate);
    view->has_aggregate = true;
    return view->aggregate;
}

static void append_taken(struct text *text, struct buf *buf)
{
    text_append(text, (const char *)buf->data, buf->len);
    buf_free(buf);
}

/* Puts what the log has gained in the place of the closing bracket. */
static void extend_event_log(struct view *view)
{
    struct buf rest;

    buf_init(&rest, SIZE_MAX);
    event_log_json_write_rest(&rest, view->subject.log, view->event_log_count);
    text_cut(&view->event_log, 1);
    append_taken(&view->event_log, &rest);
    view->event_log_count = view->subject.log->count;
}

const struct text *view_event_log(struct view *view)
{
    if (!view->has_event_log) {
        text_copy(&view->event_log, "[]", 2);
        view->event_log_count = 0;
    }
    view->has_event_log = true;
    if (view->event_log_count < view->subject.log->count)
        extend_event_log(view);
    return &view->event_log;
}

static void render_tcb_info(struct view *view)
{
    static const char *const rtmr_names[RTMR_COUNT] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    const struct registers *registers = view->subject.registers;
    const struct identity *identity = view->subject.identity;
    struct buf out;

    buf_init(&out, SIZE_MAX);
    json_text_member_hex(&out, '{', "mrtd", registers->mrtd, REGISTER_BYTES);
    for (int i = 0; i < RTMR_COUNT; i++)
        json_text_member_hex(&out, ',', rtmr_names[i], registers->rtmr[i], REGISTER_BYTES);
    json_text_member_hex(&out, ',', "mr_aggregated", view_aggregate(view), sizeof view->aggregate);
    json_text_member_hex(&out, ',', "os_image_hash", identity->os_image_hash, sizeof identity->os_image_hash);
    json_text_member_hex(&out, ',', "compose_hash", identity->compose_hash, sizeof identity->compose_hash);
    json_text_member_hex(&out, ',', "device_id", identity->device_id, sizeof identity->device_id);
    json_text_key(&out, ',', "event_log");
    text_copy(&view->tcb_info, "", 0);
    append_taken(&view->tcb_info, &out);
    text_append_text(&view->tcb_info, view_event_log(view));
    json_text_member(&out, ',', "app_compose", view->subject.app->compose);
    buf_append_byte(&out, '}');
    append_taken(&view->tcb_info, &out);
}

const struct text *view_tcb_info(struct view *view)
{
    if (!view->has_tcb_info)
        render_tcb_info(view);
    view->has_tcb_info = true;
    return &view->tcb_info;
}

static struct span config_of(const struct view *view)
{
    const struct text *config = &view->subject.identity->vm_config;

    return span_of(config->plain, config->len);
}

const struct attestation_scale_parts *view_scale(struct view *view)
{
    if (!view->has_scale)
        attestation_scale_render(&view->scale, view->subject.log, config_of(view));
    else
        attestation_scale_follow(&view->scale, view->subject.log);
    view->has_scale = true;
    return &view->scale;
}

struct attestation_msgpack_parts *view_msgpack(struct view *view)
{
    if (!view->has_msgpack)
        attestation_msgpack_render(&view->msgpack, view->subject.log, config_of(view), false);
    else
        attestation_msgpack_follow(&view->msgpack, view->subject.log);
    view->has_msgpack = true;
    return &view->msgpack;
}

/* For a certificate. */
static struct attestation_msgpack_parts *msgpack_cut(struct view *view)
{
    if (!view->has_msgpack_cut)
        attestation_msgpack_render(&view->msgpack_cut, view->subject.log, config_of(view), true);
    else
        attestation_msgpack_follow(&view->msgpack_cut, view->subject.log);
    view->has_msgpack_cut = true;
    return &view->msgpack_cut;
}

struct span view_attestation(struct view *view, enum td_attestation_form form, struct span quote,
                             const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], struct arena *arena)
{
    const bool is_version_2 = view->subject.log->version == EVENT_VERSION_2;

    if (form == TD_ATTESTATION_CUT && is_version_2)
        return attestation_msgpack_write(msgpack_cut(view), quote, report_data, arena);
    if (form == TD_ATTESTATION_MSGPACK || is_version_2)
        return attestation_msgpack_write(view_msgpack(view), quote, report_data, arena);
    if (form == TD_ATTESTATION_WHOLE)
        return attestation_scale_write(view_scale(view), quote, report_data, arena);
    return attestation_scale_write_cut(view_scale(view), quote, report_data, arena);
}
