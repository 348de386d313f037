#include "sim/kms/kms_policy.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "sim/base/file.h"
#include "sim/format/json_file.h"
#include "sim/kms/kms_webhook.h"

#define NO_CONTRACT "0x0000000000000000000000000000000000000000"

/* --- the file --- */

static int check_list(const json_t *object, const char *name, struct error *error)
{
    const json_t *list = json_object_get(object, name);

    if (list && !json_is_array(list))
        return error_input(error, "%s must be an array of strings", name);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_array_get(list, i)))
            return error_input(error, "%s[%zu] must be a string", name, i);
    return 0;
}

static int check_flag(const json_t *object, const char *name, struct error *error)
{
    const json_t *flag = json_object_get(object, name);

    return flag && !json_is_boolean(flag) ? error_input(error, "%s must be true or false", name) : 0;
}

static int check_text(const json_t *object, const char *name, struct error *error)
{
    const json_t *text = json_object_get(object, name);

    return text && !json_is_string(text) ? error_input(error, "%s must be a string", name) : 0;
}

static int check_kms(const json_t *root, struct error *error)
{
    const json_t *kms = json_object_get(root, "kms");

    if (kms && !json_is_object(kms))
        return error_input(error, "kms must be an object");
    if (check_list(kms, "mrAggregated", error) || check_list(kms, "devices", error) ||
        check_flag(kms, "allowAnyDevice", error))
        return error_context(error, "kms");
    return 0;
}

static int check_apps(const json_t *root, struct error *error)
{
    json_t *apps = json_object_get(root, "apps");

    if (apps && !json_is_object(apps))
        return error_input(error, "apps must be an object, whose members are named after app ids");
    for (void *at = json_object_iter(apps); at; at = json_object_iter_next(apps, at)) {
        const char *id = json_object_iter_key(at);
        const json_t *app = json_object_iter_value(at);

        if (!json_is_object(app))
            return error_input(error, "apps.%.60s must be an object", id);
        if (check_list(app, "composeHashes", error) || check_list(app, "devices", error) ||
            check_flag(app, "allowAnyDevice", error))
            return error_context(error, "apps.%.60s", id);
    }
    return 0;
}

static int check_root(const json_t *root, struct error *error)
{
    const json_t *chain_id = json_object_get(root, "chainId");

    if (chain_id && !json_is_integer(chain_id))
        return error_input(error, "chainId must be a number");
    return check_text(root, "gatewayAppId", error) || check_text(root, "kmsContractAddr", error) ||
                   check_text(root, "appImplementation", error) || check_list(root, "osImages", error) ||
                   check_list(root, "allowedTcbStatuses", error) ||
                   check_list(root, "allowedAdvisoryIds", error) || check_kms(root, error) ||
                   check_apps(root, error)
               ? -1
               : 0;
}

/* To be freed with json_decref; NULL with an error. */
static json_t *load(const char *path, struct error *error)
{
    json_t *root;
    char *text;
    size_t len;

    if (file_read(path, KMS_POLICY_FILE_BYTES_MAX, &text, &len, error))
        return NULL;
    root = json_file_parse(span_of(text, len), error);
    free(text);
    if (root && check_root(root, error) == 0)
        return root;
    error_context(error, "%s", path);
    json_decref(root);
    return NULL;
}

/* --- comparing: lower case, with 0x --- */

static bool is_hex_of(const char *text, struct span bytes)
{
    if (strncasecmp(text, "0x", 2) == 0)
        text += 2;
    if (strlen(text) != 2 * bytes.len)
        return false;
    for (size_t i = 0; i < bytes.len; i++) {
        char digits[3];

        snprintf(digits, sizeof digits, "%02x", bytes.data[i]);
        if (tolower((unsigned char)text[2 * i]) != digits[0] ||
            tolower((unsigned char)text[2 * i + 1]) != digits[1])
            return false;
    }
    return true;
}

static bool lists_hex(const json_t *object, const char *name, struct span bytes)
{
    const json_t *list = json_object_get(object, name);

    for (size_t i = 0; i < json_array_size(list); i++)
        if (is_hex_of(json_string_value(json_array_get(list, i)), bytes))
            return true;
    return false;
}

static bool lists_text(const json_t *object, const char *name, const char *text)
{
    const json_t *list = json_object_get(object, name);

    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
            return true;
    return false;
}

/* --- deciding --- */

static const char *check_platform(const json_t *root, const struct attested_boot *boot)
{
    const bool is_status_allowed = json_object_get(root, "allowedTcbStatuses")
                                       ? lists_text(root, "allowedTcbStatuses", boot->tcb_status)
                                       : strcmp(boot->tcb_status, "UpToDate") == 0;

    if (!is_status_allowed)
        return "TCB status is not allowed";
    for (size_t i = 0; i < boot->advisory_count; i++)
        if (!lists_text(root, "allowedAdvisoryIds", boot->advisories[i]))
            return "advisory ID is not allowed";
    return lists_hex(root, "osImages", boot->app.os_image_hash) ? NULL : "OS image is not allowed";
}

/* An empty list of devices allows every device. */
static bool allows_device(const json_t *object, struct span device_id)
{
    return json_is_true(json_object_get(object, "allowAnyDevice")) ||
           json_array_size(json_object_get(object, "devices")) == 0 ||
           lists_hex(object, "devices", device_id);
}

static const char *check_kms_boot(const json_t *root, const struct attested_boot *boot)
{
    const json_t *kms = json_object_get(root, "kms");

    if (!lists_hex(kms, "mrAggregated", boot->app.mr_aggregated))
        return "aggregated MR not allowed";
    return allows_device(kms, boot->app.device_id) ? NULL : "KMS is not allowed to boot on this device";
}

static const json_t *find_app(const json_t *root, struct span app_id)
{
    json_t *apps = json_object_get(root, "apps");

    for (void *at = json_object_iter(apps); at; at = json_object_iter_next(apps, at))
        if (is_hex_of(json_object_iter_key(at), app_id))
            return json_object_iter_value(at);
    return NULL;
}

static const char *check_app_boot(const json_t *root, const struct attested_boot *boot)
{
    const json_t *app = find_app(root, boot->app.app_id);

    if (!app)
        return "app not registered";
    if (!lists_hex(app, "composeHashes", boot->app.compose_hash))
        return "compose hash not allowed";
    return allows_device(app, boot->app.device_id) ? NULL : "app is not allowed to boot on this device";
}

static const char *text_of(const json_t *root, const char *name, const char *otherwise, struct arena *arena)
{
    const json_t *text = json_object_get(root, name);

    return text ? arena_copy(arena, json_string_value(text), json_string_length(text)) : otherwise;
}

static void consult_list(const char *path, const struct attested_boot *boot, bool is_kms, struct arena *arena,
                         struct kms_verdict *verdict)
{
    struct error error = {.kind = ERROR_NONE};
    json_t *root = load(path, &error);

    verdict->gateway_app_id = text_of(root, "gatewayAppId", "", arena);
    if (!root)
        verdict->reason = arena_copy(arena, error.text, strlen(error.text));
    else
        verdict->reason = check_platform(root, boot);
    if (!verdict->reason)
        verdict->reason = is_kms ? check_kms_boot(root, boot) : check_app_boot(root, boot);
    verdict->is_allowed = !verdict->reason;
    json_decref(root);
}

int kms_policy_decide(const struct kms_policy *policy, const struct attested_boot *boot, bool is_kms,
                      struct kms_answers *answers, struct arena *arena, struct kms_verdict *verdict,
                      struct error *error)
{
    *verdict = (struct kms_verdict){.is_allowed = true, .reason = "", .gateway_app_id = "any"};
    if (policy->denies_apps && !is_kms) {
        verdict->is_allowed = false;
        verdict->reason = "this KMS denies every app (--kms-flaw denies)";
        return 0;
    }
    if (policy->auth_url)
        return kms_webhook_decide(policy->auth_url, boot, is_kms, answers, arena, verdict, error);
    if (policy->allowlist)
        consult_list(policy->allowlist, boot, is_kms, arena, verdict);
    return 0;
}

int kms_policy_describe(const struct kms_policy *policy, struct kms_answers *answers, struct arena *arena,
                        struct kms_auth_info *info, struct error *error)
{
    json_t *root;

    if (policy->auth_url)
        return kms_webhook_describe(policy->auth_url, answers, arena, info, error);
    *info = (struct kms_auth_info){.is_dev = true, .gateway_app_id = "any"};
    if (!policy->allowlist)
        return 0;
    root = load(policy->allowlist, error);
    if (!root)
        return -1;
    *info = (struct kms_auth_info){
        .gateway_app_id = text_of(root, "gatewayAppId", "", arena),
        .kms_contract = text_of(root, "kmsContractAddr", NO_CONTRACT, arena),
        .app_implementation = text_of(root, "appImplementation", NO_CONTRACT, arena),
        .chain_id = (uint64_t)json_integer_value(json_object_get(root, "chainId")),
    };
    json_decref(root);
    return 0;
}

int kms_policy_check(const struct kms_policy *policy, struct error *error)
{
    json_t *root;

    if (!policy->allowlist)
        return 0;
    root = load(policy->allowlist, error);
    json_decref(root);
    return root ? 0 : -1;
}
