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
    view->has_tcb_info = false;
    view->has_scale = false;
    view->has_msgpack = false;
    view->has_msgpack_cut = false;
    view->has_app_cert = false;
}

static void take_text(struct text *text, struct buf *buf)
{
    size_t len;
    char *plain = buf_take(buf, &len);

    text_set(text, plain, len);
}

static void render_event_log(const struct event_log *log, struct text *text)
{
    struct buf out;

    buf_init(&out, SIZE_MAX);
    event_log_json_write(&out, log);
    take_text(text, &out);
}

const struct text *view_event_log(struct view *view)
{
    if (!view->has_event_log)
        render_event_log(view->subject.log, &view->event_log);
    view->has_event_log = true;
    return &view->event_log;
}

static void render_tcb_info(struct view *view)
{
    static const char *const rtmr_names[RTMR_COUNT] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    const struct registers *registers = view->subject.registers;
    const struct identity *identity = view->subject.identity;
    const struct text *event_log = view_event_log(view);
    uint8_t aggregated[32];
    struct buf out;

    registers_aggregate(registers, aggregated);
    buf_init(&out, SIZE_MAX);
    json_text_member_hex(&out, '{', "mrtd", registers->mrtd, REGISTER_BYTES);
    for (int i = 0; i < RTMR_COUNT; i++)
        json_text_member_hex(&out, ',', rtmr_names[i], registers->rtmr[i], REGISTER_BYTES);
    json_text_member_hex(&out, ',', "mr_aggregated", aggregated, sizeof aggregated);
    json_text_member_hex(&out, ',', "os_image_hash", identity->os_image_hash, sizeof identity->os_image_hash);
    json_text_member_hex(&out, ',', "compose_hash", identity->compose_hash, sizeof identity->compose_hash);
    json_text_member_hex(&out, ',', "device_id", identity->device_id, sizeof identity->device_id);
    json_text_key(&out, ',', "event_log");
    buf_append(&out, event_log->plain, event_log->len);
    json_text_member(&out, ',', "app_compose", view->subject.app->compose);
    buf_append_byte(&out, '}');
    take_text(&view->tcb_info, &out);
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
    view->has_scale = true;
    return &view->scale;
}

const struct attestation_msgpack_parts *view_msgpack(struct view *view)
{
    if (!view->has_msgpack)
        attestation_msgpack_render(&view->msgpack, view->subject.log, config_of(view), false);
    view->has_msgpack = true;
    return &view->msgpack;
}

const struct attestation_msgpack_parts *view_msgpack_cut(struct view *view)
{
    if (!view->has_msgpack_cut)
        attestation_msgpack_render(&view->msgpack_cut, view->subject.log, config_of(view), true);
    view->has_msgpack_cut = true;
    return &view->msgpack_cut;
}

struct span view_attestation(struct view *view, enum td_attestation_form form, struct span quote,
                             const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], struct arena *arena)
{
    const bool is_version_2 = view->subject.log->version == EVENT_VERSION_2;

    if (form == TD_ATTESTATION_CUT && is_version_2)
        return attestation_msgpack_write(view_msgpack_cut(view), quote, report_data, arena);
    if (form == TD_ATTESTATION_MSGPACK || is_version_2)
        return attestation_msgpack_write(view_msgpack(view), quote, report_data, arena);
    if (form == TD_ATTESTATION_WHOLE)
        return attestation_scale_write(view_scale(view), quote, report_data, arena);
    return attestation_scale_write_cut(view_scale(view), quote, report_data, arena);
}
