/* Signed documents of a TD's collateral, opened without the program's own reader. */
#ifndef TEST_COLLATERAL_FIXTURE_H
#define TEST_COLLATERAL_FIXTURE_H

#include <jansson.h>

#include "crypto/hash.h"
#include "test/unit/td_fixture.h"

#define COLLATERAL_NOW INT64_C(1790000000) /* 2026-09-21T14:13:20Z */

/* Checks the signature over the bytes of the inner object; returns that object. */
static inline json_t *collateral_open(const struct td *td, const char *document, const char *name)
{
    json_t *root = json_loads(document, 0, NULL);
    const char *inner = strchr(document + 1, '{');
    const char *end = strstr(document, ",\"signature\":\"");
    uint8_t signature[64], digest[32];
    json_t *object;

    assert_non_null(root);
    assert_non_null(end);
    from_hex(json_string_value(json_object_get(root, "signature")), signature, sizeof signature);
    hash_sha256(inner, (size_t)(end - inner), digest);
    assert_true(p256_verify(td->shared->platform->tcb_signing.key.public_key, digest, signature));
    digest[0] ^= 1;
    assert_false(p256_verify(td->shared->platform->tcb_signing.key.public_key, digest, signature));
    object = json_incref(json_object_get(root, name));
    assert_non_null(object);
    json_decref(root);
    return object;
}

/* The TCB info as of COLLATERAL_NOW. */
static inline json_t *collateral_tcb_info(const struct td *td, enum tcb_tee tee)
{
    return collateral_open(
        td, td_fixture_collateral(td, COLLATERAL_NOW)->documents[tee][EVALUATION_STANDARD].tcb_info,
        "tcbInfo");
}

/* The QE identity as of COLLATERAL_NOW. */
static inline json_t *collateral_qe_identity(const struct td *td, enum tcb_tee tee)
{
    return collateral_open(
        td, td_fixture_collateral(td, COLLATERAL_NOW)->documents[tee][EVALUATION_STANDARD].qe_identity,
        "enclaveIdentity");
}

static inline const char *collateral_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static inline long long collateral_number(const json_t *object, const char *name)
{
    assert_true(json_is_integer(json_object_get(object, name)));
    return json_integer_value(json_object_get(object, name));
}

static inline json_t *collateral_level(const json_t *document, size_t index)
{
    json_t *level = json_array_get(json_object_get(document, "tcbLevels"), index);

    assert_non_null(level);
    return level;
}

#endif
