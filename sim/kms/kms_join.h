/* The boot of one TD under a KMS elsewhere: what it asks next, and what follows from each answer. Without any
 * I/O; see kms_guest.h for the calls.
 *
 *     TEMP_CA ──▶ APP_KEY ──▶ CERTIFICATE ──▶ DONE      at each URL in turn, until one works
 *        └────────────┴──▶ the next URL, or all have failed, and it can begin again
 *
 * After APP_KEY the TD has its keys (td_keys.h); its certificate is asked of the same KMS alone. A TD whose keys
 * come from a file asks for a certificate only, but of the KMS that has issued them. */
#ifndef KMS_KMS_JOIN_H
#define KMS_KMS_JOIN_H

#include "sim/kms/kms_guest.h"

#define KMS_JOIN_URLS_MAX 16

enum kms_join_step { KMS_JOIN_TEMP_CA, KMS_JOIN_APP_KEY, KMS_JOIN_CERTIFICATE, KMS_JOIN_DONE };

struct kms_join {
    struct cluster *cluster;
    struct td *td;
    char *urls[KMS_JOIN_URLS_MAX]; /* heap: with /prpc */
    size_t count, at;              /* the one that is asked */
    enum kms_join_step step;
    struct app_keys keys;  /* so far */
    struct p256_key key;   /* of the certificate that is asked for, which only shows what this TD is */
    struct error failures; /* of the URLs so far */
};

/* td: of the cluster, and booting. Both outlive the join. urls: at least 1; the first KMS_JOIN_URLS_MAX are copied, and
 * those that lack /prpc at their end get it. A TD that has its keys asks for its certificate where it has got
 * them. */
void kms_join_init(struct kms_join *join, struct cluster *cluster, struct td *td, const char *const *urls,
                   size_t count);
void kms_join_free(struct kms_join *join);

/* The URL that is asked. */
const char *kms_join_url(const struct kms_join *join);

/* What to ask there, in the arena. Returns -1 with an error if that cannot be made. */
MUST_CHECK int kms_join_next(struct kms_join *join, struct arena *arena, struct kms_guest_call *call,
                             struct error *error);

/* Appends what a guest keeps in .appkeys.json, for a TD that has its keys. */
void kms_join_write_keys(const struct kms_join *join, struct buf *out);

enum kms_join_outcome {
    KMS_JOIN_GOES_ON,    /* ask again: kms_join_next */
    KMS_JOIN_HAS_FAILED, /* no URL has worked; kms_join_next begins again. The error is one sentence */
    KMS_JOIN_HAS_KEYS,   /* as GOES_ON; the TD has just been given its keys */
    KMS_JOIN_HAS_ENDED,  /* the TD has booted */
};

/* Takes the answer to the last kms_join_next. */
enum kms_join_outcome kms_join_take(struct kms_join *join, const struct kms_guest_answer *answer,
                                    struct error *error);

#endif
