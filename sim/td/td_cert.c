#include "sim/td/td_cert.h"

#include "crypto/bytes.h"

static int issue_cert(const struct td *td, int64_t now, const struct app_cert_request *request,
                      const struct p256_key *key, struct arena *arena, char **pem, struct error *error)
{
    const struct app_cert_issuer issuer = {&td->keys, &td->identity, &td->state.registers, now};
    struct app_cert_evidence evidence;

    if (!td->keys.ca_cert)
        return error_unavailable(error, "this TD has no CA of its own: its KMS signs its certificates");
    if (app_cert_check(&issuer, request, error))
        return -1;
    if (request->ra_tls)
        td_evidence(td, key, arena, &evidence);
    return app_cert_issue(&issuer, request, key, &evidence, arena, pem, error);
}

int td_cert_issue(const struct td *td, const struct app_cert_request *request, const struct p256_key *key,
                  struct arena *arena, char **pem, struct error *error)
{
    return issue_cert(td, clock_seconds(td->shared->clock), request, key, arena, pem, error);
}

int td_cert_check(const struct td *td, const struct app_cert_request *request, struct error *error)
{
    const struct app_cert_issuer issuer = {&td->keys, &td->identity, &td->state.registers,
                                           clock_seconds(td->shared->clock)};

    return app_cert_check(&issuer, request, error);
}

static int write_own_cert(const struct td *td, struct text *text, struct error *error)
{
    const struct span which = identity_which(&td->identity);
    const struct app_cert_request request = {
        .subject = TD_CERT_OWN_SUBJECT, .ra_tls = true, .client_auth = true};
    struct p256_key key;
    struct arena arena;
    char *leaf;
    int result;

    arena_init(&arena);
    seed_p256(td->shared->seed, "app-cert/key", which, &key);
    result = issue_cert(td, td->boot_time, &request, &key, &arena, &leaf, error);
    if (result == 0) {
        text_copy(text, leaf, strlen(leaf)); /* with a long event log it is a megabyte */
        text_append(text, td->keys.ca_cert, strlen(td->keys.ca_cert));
        if (td->keys.root_cert)
            text_append(text, td->keys.root_cert, strlen(td->keys.root_cert));
    }
    bytes_wipe(&key, sizeof key);
    arena_free(&arena);
    return result;
}

const struct text *td_cert_own(const struct td *td, struct error *error)
{
    struct view *view = td->view;

    if (td->given_cert.len)
        return &td->given_cert;
    if (!view->has_app_cert && write_own_cert(td, &view->app_cert, error)) {
        error_context(error, "this TD's own certificate");
        return NULL;
    }
    view->has_app_cert = true;
    return &view->app_cert;
}
