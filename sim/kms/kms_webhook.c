#include "sim/kms/kms_webhook.h"

#include <jansson.h>
#include <stdio.h>

#include "sim/base/json_text.h"
#include "sim/format/json_file.h"

#define SHOWN_BYTES 200 /* of an answer, in an error */

/* --- the question --- */

static void add_hex(struct buf *out, const char *name, struct span value)
{
    json_text_member_hex(out, ',', name, value.data, value.len);
}

static struct span write_boot_info(const struct attested_boot *boot, struct arena *arena)
{
    const struct app_info *app = &boot->app;
    struct span text;
    struct buf out;

    buf_init(&out, SIZE_MAX);
    json_text_member(&out, '{', "teeVariant", "dstack-tdx");
    add_hex(&out, "mrAggregated", app->mr_aggregated);
    add_hex(&out, "osImageHash", app->os_image_hash);
    add_hex(&out, "mrSystem", app->mr_system);
    add_hex(&out, "appId", app->app_id);
    add_hex(&out, "composeHash", app->compose_hash);
    add_hex(&out, "instanceId", app->instance_id);
    add_hex(&out, "deviceId", app->device_id);
    add_hex(&out, "keyProviderInfo", app->key_provider_info);
    json_text_member(&out, ',', "tcbStatus", boot->tcb_status);
    json_text_key(&out, ',', "advisoryIds");
    buf_append_byte(&out, '[');
    for (size_t i = 0; i < boot->advisory_count; i++)
        buf_printf(&out, "%s\"%s\"", i ? "," : "", boot->advisories[i]);
    buf_append_text(&out, "]}");
    text = span_of(arena_copy(arena, out.data, out.len), out.len);
    buf_free(&out);
    return text;
}

/* --- the answer --- */

/* The JSON that was answered, to be freed with json_decref; NULL with an error. */
static json_t *read_answer(const char *url, const struct kms_answer *answer, struct error *error)
{
    const int shown = answer->text.len < SHOWN_BYTES ? (int)answer->text.len : SHOWN_BYTES;
    struct error why = {.kind = ERROR_NONE};
    json_t *root = NULL;

    if (answer->problem)
        error_input(error, "auth api %s%s: %s", url, answer->question.path, answer->problem);
    else if (answer->status < 200 || answer->status > 299)
        error_input(error, "auth api %s%s returned %d: %.*s", url, answer->question.path, answer->status,
                    shown, shown ? (const char *)answer->text.data : "");
    else if (!(root = json_file_parse(answer->text, &why)))
        error_input(error, "failed to decode response from %s%s: %.200s", url, answer->question.path,
                    why.text);
    return root;
}

static json_t *ask(const char *url, const struct kms_question *question, struct kms_answers *answers,
                   struct error *error)
{
    const struct kms_answer *answer = kms_answers_find(answers, question);

    if (answer)
        return read_answer(url, answer, error);
    answers->missing = *question;
    error_pending(error, "the authorization of the KMS is being asked");
    return NULL;
}

static const char *keep(const char *text, struct arena *arena)
{
    return arena_copy(arena, text, strlen(text));
}

static int read_verdict(const json_t *root, struct arena *arena, struct kms_verdict *verdict,
                        struct error *error)
{
    if (json_file_bool(root, "isAllowed", &verdict->is_allowed, error) ||
        json_file_string(root, "reason", &verdict->reason, error) ||
        json_file_string(root, "gatewayAppId", &verdict->gateway_app_id, error))
        return error_context(error, "failed to decode response of the auth api");
    verdict->reason = keep(verdict->reason, arena);
    verdict->gateway_app_id = keep(verdict->gateway_app_id, arena);
    return 0;
}

int kms_webhook_decide(const char *url, const struct attested_boot *boot, bool is_kms,
                       struct kms_answers *answers, struct arena *arena, struct kms_verdict *verdict,
                       struct error *error)
{
    const struct kms_question question = {is_kms ? "/bootAuth/kms" : "/bootAuth/app",
                                          write_boot_info(boot, arena)};
    json_t *root = ask(url, &question, answers, error);
    int result = root ? read_verdict(root, arena, verdict, error) : -1;

    json_decref(root);
    return result;
}

static int read_info(const json_t *root, struct arena *arena, struct kms_auth_info *info, struct error *error)
{
    *info = (struct kms_auth_info){.is_dev = false};
    if (json_file_string(root, "kmsContractAddr", &info->kms_contract, error) ||
        json_file_string(root, "gatewayAppId", &info->gateway_app_id, error) ||
        json_file_string(root, "appImplementation", &info->app_implementation, error) ||
        json_file_uint(root, "chainId", INT64_MAX, &info->chain_id, error))
        return error_context(error, "failed to decode response of the auth api");
    info->kms_contract = keep(info->kms_contract, arena);
    info->gateway_app_id = keep(info->gateway_app_id, arena);
    info->app_implementation = keep(info->app_implementation, arena);
    return 0;
}

int kms_webhook_describe(const char *url, struct kms_answers *answers, struct arena *arena,
                         struct kms_auth_info *info, struct error *error)
{
    const struct kms_question question = {"", SPAN_NONE};
    json_t *root = ask(url, &question, answers, error);
    int result = root ? read_info(root, arena, info, error) : -1;

    json_decref(root);
    return result;
}
