#include "sim/td/view.h"

#include "crypto/hash.h"
#include "sim/base/json_text.h"
#include "sim/td/app_cert.h"

void view_init(struct td_view *view)
{
    *view = (struct td_view){0};
    attestation_parts_init(&view->attestation);
}

void view_free(struct td_view *view)
{
    text_free(&view->event_log);
    text_free(&view->tcb_info);
    text_free(&view->app_cert);
    attestation_parts_free(&view->attestation);
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
    buf_append_byte(&out, '[');
    for (size_t i = 0; i < log->count; i++) {
        const struct event *event = &log->events[i];
        if (i > 0)
            buf_append_byte(&out, ',');
        json_text_member_uint(&out, '{', "imr", event->imr);
        json_text_member_uint(&out, ',', "event_type", event->type);
        json_text_member_hex(&out, ',', "digest", event->digest, REGISTER_BYTES);
        json_text_member(&out, ',', "event", event->name);
        json_text_member_hex(&out, ',', "event_payload", event->payload, event->payload_len);
        buf_append_byte(&out, '}');
    }
    buf_append_byte(&out, ']');
    take_text(text, &out);
}

/* SHA-256(MRTD || RTMR0..2 || SHA-256(key provider info)): the system without the app. */
static void render_mr_system(const struct td *td, uint8_t mr_system[static 32])
{
    uint8_t provider[32];
    const struct bytes parts[] = {
        {td->registers.mrtd, REGISTER_BYTES},
        {td->registers.rtmr, EVENT_RUNTIME_IMR * REGISTER_BYTES},
        {provider, sizeof provider},
    };

    hash_sha256(td->key_provider_info.plain, td->key_provider_info.len, provider);
    hash_parts(HASH_SHA256, parts, 3, mr_system);
}

static void render_tcb_info(const struct td *td, struct td_view *view)
{
    static const char *const rtmr_names[RTMR_COUNT] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
    struct buf out;

    buf_init(&out, SIZE_MAX);
    json_text_member_hex(&out, '{', "mrtd", td->registers.mrtd, REGISTER_BYTES);
    for (int i = 0; i < RTMR_COUNT; i++)
        json_text_member_hex(&out, ',', rtmr_names[i], td->registers.rtmr[i], REGISTER_BYTES);
    json_text_member_hex(&out, ',', "mr_aggregated", view->mr_aggregated, sizeof view->mr_aggregated);
    json_text_member_hex(&out, ',', "os_image_hash", td->os_image_hash, sizeof td->os_image_hash);
    json_text_member_hex(&out, ',', "compose_hash", td->app.compose_hash, sizeof td->app.compose_hash);
    json_text_member_hex(&out, ',', "device_id", td->platform.device_id, sizeof td->platform.device_id);
    json_text_key(&out, ',', "event_log");
    buf_append(&out, view->event_log.plain, view->event_log.len);
    json_text_member(&out, ',', "app_compose", td->app.compose);
    buf_append_byte(&out, '}');
    take_text(&view->tcb_info, &out);
}

void view_render(struct td *td)
{
    struct td_view *view = &td->view;
    size_t len;
    char *app_cert;

    registers_aggregate(&td->registers, view->mr_aggregated);
    render_mr_system(td, view->mr_system);
    render_event_log(&td->log, &view->event_log);
    render_tcb_info(td, view);
    attestation_parts_render(&view->attestation, &td->log, span_of(td->vm_config.plain, td->vm_config.len));
    app_cert = app_cert_write_own(td, &len);
    text_set(&view->app_cert, app_cert, len);
}
