#include "sim/kms/kms_join.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/keys/app_keys_file.h"
#include "sim/td/td_cert.h"
#include "sim/td/td_keys.h"

#define METHODS "/prpc"

/* --- life --- */

/* As the guest has it. */
static char *methods_of(const char *url)
{
    const size_t suffix = sizeof METHODS - 1;
    size_t len = strlen(url);
    struct buf out;

    while (len > 0 && url[len - 1] == '/')
        len--;
    buf_init(&out, SIZE_MAX);
    buf_append(&out, url, len);
    if (len < suffix || memcmp(url + len - suffix, METHODS, suffix) != 0)
        buf_append_text(&out, METHODS);
    return buf_take(&out, &len);
}

void kms_join_init(struct kms_join *join, struct cluster *cluster, struct td *td, const char *const *urls,
                   size_t count)
{
    *join = (struct kms_join){.cluster = cluster, .td = td};
    if (td->has_keys) {
        join->step = KMS_JOIN_CERTIFICATE;
        join->urls[join->count++] = methods_of(td->keys.kms.url);
        return;
    }
    for (; join->count < count && join->count < KMS_JOIN_URLS_MAX; join->count++)
        join->urls[join->count] = methods_of(urls[join->count]);
}

void kms_join_free(struct kms_join *join)
{
    for (size_t i = 0; i < join->count; i++)
        free(join->urls[i]);
    app_keys_free(&join->keys);
    bytes_wipe(join, sizeof *join);
}

/* --- asking --- */

const char *kms_join_url(const struct kms_join *join)
{
    return join->urls[join->at];
}

int kms_join_next(struct kms_join *join, struct arena *arena, struct kms_guest_call *call,
                  struct error *error)
{
    const struct app_cert_request own = {.subject = TD_CERT_OWN_SUBJECT, .ra_tls = true, .client_auth = true};

    if (join->step == KMS_JOIN_TEMP_CA) {
        kms_guest_ask_temp_ca(call);
        return 0;
    }
    if (join->step == KMS_JOIN_APP_KEY)
        return kms_guest_ask_app_key(join->td, &join->keys, arena, call, error);
    p256_key_generate(&join->key);
    return kms_guest_ask_certificate(join->td, &own, &join->key, arena, call, error);
}

void kms_join_write_keys(const struct kms_join *join, struct buf *out)
{
    app_keys_file_write(&join->td->keys, out);
}

/* --- answers --- */

/* The keys stay those of the file; the KMS only signs for them. */
static int use_file(struct kms_join *join, struct error *error)
{
    const struct app_keys *of_file = &join->td->keys;
    struct app_keys *keys = &join->keys;

    if (of_file->provider_id_len && !span_equal(span_of(of_file->provider_id, of_file->provider_id_len),
                                                span_of(keys->provider_id, keys->provider_id_len)))
        return error_input(error, "it is not the KMS of the app keys file: its ca_cert is not of the key in "
                                  "key_provider.Kms.pubkey");
    app_keys_copy_secrets(keys, of_file);
    return 0;
}

static int give_keys(struct kms_join *join, struct span image_hash, struct error *error)
{
    const char *url = kms_join_url(join);

    free(join->keys.kms.url);
    join->keys.kms.url = memory_copy(url, strlen(url));
    if (td_keys_take(join->td, &join->keys, image_hash, error))
        return -1;
    join->step = KMS_JOIN_CERTIFICATE;
    return 0;
}

static int take_temp_ca(struct kms_join *join, const struct kms_guest_answer *answer, struct error *error)
{
    const struct identity *identity = &join->td->identity;

    if (kms_guest_take_temp_ca(answer, &join->keys, error))
        return -1;
    join->step = KMS_JOIN_APP_KEY;
    if (!td_keys_are_given(join->td))
        return 0;
    return use_file(join, error) ||
                   give_keys(join, span_of(identity->os_image_hash, sizeof identity->os_image_hash), error)
               ? -1
               : 0;
}

static int take_app_key(struct kms_join *join, const struct kms_guest_answer *answer, struct error *error)
{
    struct kms_guest_image_hash image_hash;

    return kms_guest_take_app_key(join->cluster, answer, &join->keys, &image_hash, error) ||
                   give_keys(join, span_of(image_hash.bytes, image_hash.len), error)
               ? -1
               : 0;
}

static int take_certificate(struct kms_join *join, const struct kms_guest_answer *answer, struct error *error)
{
    char *chain[KMS_GUEST_CHAIN_MAX + 1];
    struct arena arena;
    struct buf joined;
    int result;

    arena_init(&arena);
    buf_init(&joined, SIZE_MAX);
    result = kms_guest_take_chain(join->cluster, answer, &arena, chain, error);
    for (size_t i = 0; result == 0 && chain[i]; i++)
        buf_printf(&joined, "%s%s", chain[i], chain[i][strlen(chain[i]) - 1] == '\n' ? "" : "\n");
    if (result == 0) {
        buf_append_byte(&joined, '\0');
        td_keys_certify(join->td, (const char *)joined.data);
        join->step = KMS_JOIN_DONE;
    }
    buf_free(&joined);
    arena_free(&arena);
    return result;
}

/* --- failing --- */

static void add_failure(struct kms_join *join, const struct error *failure)
{
    if (join->failures.kind == ERROR_NONE)
        error_input(&join->failures, "%s: %s", kms_join_url(join), failure->text);
    else
        error_advice(&join->failures, "%s: %s", kms_join_url(join), failure->text);
}

static enum kms_join_outcome fail(struct kms_join *join, const struct error *failure, struct error *error)
{
    const bool is_certificate = join->step == KMS_JOIN_CERTIFICATE;

    add_failure(join, failure);
    if (!is_certificate)
        join->step = KMS_JOIN_TEMP_CA;
    if (!is_certificate && join->at + 1 < join->count) {
        join->at++;
        return KMS_JOIN_GOES_ON;
    }
    *error = join->failures;
    error_context(error, is_certificate ? "failed to get the TD's certificate from the KMS"
                                        : "failed to get the app's keys from the KMS");
    join->failures = (struct error){.kind = ERROR_NONE};
    if (!is_certificate)
        join->at = 0;
    return KMS_JOIN_HAS_FAILED;
}

enum kms_join_outcome kms_join_take(struct kms_join *join, const struct kms_guest_answer *answer,
                                    struct error *error)
{
    const enum kms_join_step step = join->step;
    struct error failure = {.kind = ERROR_NONE};
    int result = step == KMS_JOIN_TEMP_CA   ? take_temp_ca(join, answer, &failure)
                 : step == KMS_JOIN_APP_KEY ? take_app_key(join, answer, &failure)
                                            : take_certificate(join, answer, &failure);

    if (result)
        return fail(join, &failure, error);
    if (join->step == KMS_JOIN_DONE)
        return KMS_JOIN_HAS_ENDED;
    return join->step == KMS_JOIN_CERTIFICATE ? KMS_JOIN_HAS_KEYS : KMS_JOIN_GOES_ON;
}
