#include "sim/process/notices.h"

#include <stdio.h>

#include "sim/app/app_compose_members.h"
#include "sim/app/app_manifest.h"

/* Each writes the index-th notice of its kind; returns false past the last. */
typedef bool teller(const struct td *td, size_t index, char sentence[static NOTICES_BYTES]);

static bool tell_ignored(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    char members[APP_MANIFEST_SENTENCE_BYTES];

    if (index > 0 || os_image_is_0_6(&td->image) || !app_manifest_ignored(&td->app.says, members))
        return false;
    snprintf(sentence, NOTICES_BYTES, "app-compose: %s", members);
    return true;
}

static bool tell_unknown(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    const struct app_compose *compose = &td->app.says;
    const char *name, *meant;

    if (index >= compose->unknown_count)
        return false;
    name = compose->unknown[index];
    meant = app_compose_members_nearest(name);
    snprintf(sentence, NOTICES_BYTES, "app-compose: dstack knows no member \"%s\", so it has no effect%s%s%s",
             name, meant ? "; did you mean " : "", meant ? meant : "", meant ? "?" : "");
    return true;
}

static bool tell_env(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    if (index > 0 || !td->env.encrypted.len || !td_env_is_ignored(&td->env))
        return false;
    snprintf(sentence, NOTICES_BYTES,
             "the encrypted environment is ignored: the app's key provider is \"%s\", and only a KMS has the "
             "key for it",
             app_compose_provider_name(td->app.says.key_provider));
    return true;
}

static bool tell_dropped(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    if (index > 0 || !td->env.dropped_count)
        return false;
    snprintf(
        sentence, NOTICES_BYTES,
        "%zu of %zu variables in the encrypted environment are not in the app's allowed_envs, so the app "
        "does not get them; Simulator.DecryptEnv names them",
        td->env.dropped_count, td->env.count + td->env.dropped_count);
    return true;
}

static bool tell_signature(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    const enum td_signature signature = td_app_key_signature(td);

    if (index > 0)
        return false;
    if (signature == TD_SIGNATURE_OTHER_APP)
        snprintf(sentence, NOTICES_BYTES,
                 "app keys: their KMS signature is over another app id, so clients refuse it for this one; "
                 "name the "
                 "app's id with --app-id");
    else if (signature == TD_SIGNATURE_OTHER_KMS && td->identity.app_id_source == IDENTITY_OF_COMPOSE_HASH)
        snprintf(sentence, NOTICES_BYTES,
                 "app keys: another KMS signed them for the app id that they were issued for, and this app's "
                 "id is "
                 "only the beginning of its compose hash; unless they are the same, clients refuse the "
                 "signature: name the id with --app-id");
    else
        return false;
    return true;
}

/* TDs that are deployed may have another one. */
static bool tell_kms_url(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    if (index > 0 || !td->awaits_keys || td->app.says.key_provider == APP_KEY_PROVIDER_KMS)
        return false;
    snprintf(sentence, NOTICES_BYTES,
             "the KMS of --kms-url is not asked for the first TD's keys: its app's key provider is \"%s\"",
             app_compose_provider_name(td->app.says.key_provider));
    return true;
}

static bool tell_ca(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    if (index > 0 || !td->keys.has_borrowed_ca)
        return false;
    snprintf(sentence, NOTICES_BYTES,
             "app keys: the file has no key of a CA, because a KMS signs the guest's certificates; the "
             "simulator's own KMS signs them here");
    return true;
}

bool notices_find(const struct td *td, size_t index, char sentence[static NOTICES_BYTES])
{
    static teller *const tellers[] = {tell_ignored,   tell_unknown, tell_env, tell_dropped,
                                      tell_signature, tell_kms_url, tell_ca};

    for (size_t i = 0; i < sizeof tellers / sizeof *tellers; i++) {
        size_t told = 0;

        while (told <= index && tellers[i](td, told, sentence))
            told++;
        if (told > index)
            return true;
        index -= told;
    }
    return false;
}
