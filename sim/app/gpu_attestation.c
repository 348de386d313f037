#include "sim/app/gpu_attestation.h"

#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "sim/base/hex.h"
#include "sim/format/json_file.h"

#define DIGEST_BYTES 32
#define PAYLOAD_BYTES 256

static int count_claims(const json_t *root, size_t *count, struct error *error)
{
    const json_t *claims = json_object_get(root, "claims");

    if (!json_is_array(claims) || json_array_size(claims) == 0)
        return error_input(error,
                           "claims must be an array with one element for each GPU, as nvattest prints it");
    *count = json_array_size(claims);
    return 0;
}

int gpu_attestation_measure(struct span evidence, struct text *payload, struct error *error)
{
    json_t *root = json_file_parse(evidence, error);
    char digits[2 * DIGEST_BYTES + 1], out[PAYLOAD_BYTES];
    uint8_t digest[DIGEST_BYTES];
    size_t devices = 0;
    int result = root ? count_claims(root, &devices, error) : -1;

    json_decref(root);
    if (result)
        return -1;
    hash_sha256(evidence.data, evidence.len, digest);
    hex_encode(digest, sizeof digest, digits);
    digits[sizeof digits - 1] = '\0';
    snprintf(out, sizeof out,
             "{\"version\":2,\"provider\":\"nvidia\",\"devices\":%zu,\"cc_mode\":\"on\",\"devtools\":false,"
             "\"evidence_sha256\":\"%s\"}",
             devices, digits);
    text_copy(payload, out, strlen(out));
    return 0;
}
