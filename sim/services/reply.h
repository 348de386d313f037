/* Pieces of responses that several services share.
 *
 * Each fills in a response whose strings and bytes are in the call's arena or in the
 * TD. Functions that can fail return 0, or -1 with call->error set. */
#ifndef SERVICES_REPLY_H
#define SERVICES_REPLY_H

#include "proto/kms.pb-c.h"
#include "sim/keys/app_key.h"
#include "sim/rpc/call.h"
#include "sim/td/td.h"

/* The whole Version method, which is the same in every service. */
void reply_version(Dstack__VersionResponse_Closure reply, void *call);

/* everything: include TCB info and vm_config, which an app may keep private. */
MUST_CHECK int reply_app_info(struct rpc_call *call, const struct td *td, bool everything,
                              Dstack__AppInfo *response);

void reply_quote(struct rpc_call *call, const struct td *td,
                 const uint8_t report_data[static REPORT_DATA_BYTES], Dstack__GetQuoteResponse *response);

/* The app_cert_request of a method whose arguments have GetTlsKey's names. */
#define REPLY_CERT_REQUEST(args)                                                                             \
    {                                                                                                        \
        .subject = (args)->subject,                                                                          \
        .alt_names = (args)->alt_names,                                                                      \
        .alt_name_count = (args)->n_alt_names,                                                               \
        .ra_tls = (args)->usage_ra_tls,                                                                      \
        .server_auth = (args)->usage_server_auth,                                                            \
        .client_auth = (args)->usage_client_auth,                                                            \
        .with_app_info = (args)->with_app_info,                                                              \
        .not_before = (args)->optional_not_before_case ? &(args)->not_before : NULL,                         \
        .not_after = (args)->optional_not_after_case ? &(args)->not_after : NULL,                            \
    }

struct reply_cert {
    char *key;    /* PKCS#8, PEM */
    char **chain; /* leaf first, PEM */
    size_t chain_len;
};

/* The key with a certificate for it. Out: in the call's arena and the TD. */
MUST_CHECK int reply_issue_cert(struct rpc_call *call, const struct td *td,
                                const struct app_cert_request *request, const struct p256_key *key,
                                struct reply_cert *cert);

/* The same, as older methods answer it. */
MUST_CHECK int reply_tls_key(struct rpc_call *call, const struct td *td,
                             const struct app_cert_request *request, const struct p256_key *key,
                             Dstack__GetTlsKeyResponse *response);

/* The app's health, in the arena. */
Dstack__AppHealth *reply_app_health(const struct app_health *health, struct arena *arena);

/* The whole GetAppEnvEncryptPubKey method, of the KMS and of the VMM that forwards it. */
void reply_env_key(struct rpc_call *call, const Dstack__AppId *args, Dstack__PublicKeyResponse_Closure reply);

/* The same with another key for the app. The finder fails with an error in the call. now: Unix seconds. */
typedef int reply_env_key_finder(struct rpc_call *call, ProtobufCBinaryData app_id, uint64_t now,
                                 struct kms_env_key *key);
void reply_env_key_found(struct rpc_call *call, const Dstack__AppId *args, reply_env_key_finder *find,
                         Dstack__PublicKeyResponse_Closure reply);

/* The key as PKCS#8 in PEM, in the call's arena. */
char *reply_private_key(struct rpc_call *call, const struct p256_key *key);

/* The app key's signature over a path's key and the KMS root's over the app key.
 * key must stay valid until reply. Out: an array of two. */
void reply_signature_chain(struct rpc_call *call, const struct td *td, const struct app_key *key,
                           size_t *count, ProtobufCBinaryData **chain);

#endif
