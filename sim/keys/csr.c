#include "sim/keys/csr.h"

#include "crypto/hash.h"
#include "crypto/x509_key.h"
#include "crypto/x509_signed.h"
#include "sim/base/cursor.h"
#include "sim/base/utf8.h"
#include "sim/format/scale.h"

enum { VERSION_1 = 1, VERSION_2 = 2 };

/* --- parts --- */

static int fail(struct error *error, const char *what)
{
    return error_input(error, "Failed to parse csr: %s", what);
}

static int read_bool(struct span *rest, bool *value, const char *name, struct error *error)
{
    uint8_t byte;

    if (!cursor_take_byte(rest, &byte) || byte > 1)
        return error_input(error, "Failed to parse csr: %s must be one byte, 00 or 01", name);
    *value = byte;
    return 0;
}

/* A C string: the text must be UTF-8 without NUL. */
static int read_text(struct span *rest, const char *name, struct arena *arena, char **text,
                     struct error *error)
{
    struct span bytes;

    if (!scale_read_bytes(rest, &bytes))
        return error_input(error, "Failed to parse csr: truncated, or a wrong length, in %s", name);
    if (!utf8_valid(bytes.data, bytes.len) || (bytes.len && memchr(bytes.data, 0, bytes.len)))
        return error_input(error, "Failed to parse csr: %s must be UTF-8 without NUL", name);
    *text = arena_copy(arena, bytes.data, bytes.len);
    return 0;
}

static int read_time(struct span *rest, const char *name, struct arena *arena, const uint64_t **time,
                     struct error *error)
{
    struct span bytes;
    uint64_t *value;
    bool is_there = false;

    *time = NULL;
    if (read_bool(rest, &is_there, name, error))
        return -1;
    if (!is_there)
        return 0;
    if (!cursor_take(rest, 8, &bytes))
        return error_input(error, "Failed to parse csr: %s must be 8 bytes", name);
    value = arena_zalloc(arena, sizeof *value);
    for (size_t i = bytes.len; i-- > 0;)
        *value = *value << 8 | bytes.data[i];
    *time = value;
    return 0;
}

static int read_alt_names(struct span *rest, struct arena *arena, struct csr *csr, struct error *error)
{
    size_t count;

    if (!scale_read_compact(rest, &count))
        return fail(error, "truncated in the number of subject_alt_names");
    if (count > CSR_NAMES_MAX)
        return error_input(error,
                           "Failed to parse csr: subject_alt_names has %zu names; at most %d are allowed",
                           count, CSR_NAMES_MAX);
    csr->alt_names = arena_alloc(arena, (count + 1) * sizeof *csr->alt_names);
    for (; csr->alt_name_count < count; csr->alt_name_count++)
        if (read_text(rest, "subject_alt_names", arena, &csr->alt_names[csr->alt_name_count], error))
            return -1;
    return 0;
}

/* --- the whole --- */

static int read_config(uint32_t version, struct span *rest, struct arena *arena, struct csr *csr,
                       struct error *error)
{
    char *org_name = NULL, *subject = NULL;
    bool has_org_name = false;

    if (read_bool(rest, &has_org_name, "org_name", error) ||
        (has_org_name && read_text(rest, "org_name", arena, &org_name, error)) ||
        read_text(rest, "subject", arena, &subject, error))
        return -1;
    csr->org_name = org_name;
    csr->subject = subject;
    if (read_alt_names(rest, arena, csr, error) ||
        read_bool(rest, &csr->is_for_servers, "usage_server_auth", error) ||
        read_bool(rest, &csr->is_for_clients, "usage_client_auth", error) ||
        read_bool(rest, &csr->wants_quote, "ext_quote", error))
        return -1;
    if (version == VERSION_1)
        return 0;
    return read_bool(rest, &csr->wants_app_info, "ext_app_info", error) ||
                   read_time(rest, "not_before", arena, &csr->not_before, error) ||
                   read_time(rest, "not_after", arena, &csr->not_after, error)
               ? -1
               : 0;
}

static int read_evidence(uint32_t version, struct span rest, struct csr *csr, struct error *error)
{
    if (version == VERSION_2) {
        csr->attestation = rest;
        return rest.len ? 0 : fail(error, "the attestation is missing");
    }
    if (!scale_read_bytes(&rest, &csr->quote) || !scale_read_bytes(&rest, &csr->event_log))
        return fail(error, "truncated, or a wrong length, in the quote or the event log");
    return rest.len ? error_input(error, "Failed to parse csr: trailing bytes: %zu", rest.len) : 0;
}

static int read_all(uint32_t version, struct span rest, struct arena *arena, struct csr *csr,
                    struct span *confirm, struct error *error)
{
    if (!scale_read_bytes(&rest, confirm) || !scale_read_bytes(&rest, &csr->spki))
        return fail(error, "truncated, or a wrong length, in the confirm word or the public key");
    return read_config(version, &rest, arena, csr, error) || read_evidence(version, rest, csr, error) ? -1
                                                                                                      : 0;
}

static int check(const struct csr *csr, struct span text, struct span signature, struct span confirm,
                 struct error *error)
{
    uint8_t digest[32], pair[P256_SIGNATURE_BYTES];

    hash_sha256(text.data, text.len, digest);
    if (!x509_signed_signature((struct bytes){signature.data, signature.len}, pair) ||
        !p256_verify(csr->public_key, digest, pair))
        return error_input(error, "Failed to verify csr signature: Invalid signature");
    if (!span_is(confirm, CSR_CONFIRM_WORD))
        return error_input(error, "Failed to verify csr signature: Invalid confirm word");
    return 0;
}

int csr_read(uint32_t version, struct span text, struct span signature, struct arena *arena, struct csr *csr,
             struct error *error)
{
    struct span confirm;

    *csr = (struct csr){.org_name = NULL};
    if (version != VERSION_1 && version != VERSION_2)
        return error_quote_number(error, "Unsupported API version: ", version, "");
    if (read_all(version, text, arena, csr, &confirm, error))
        return -1;
    if (!x509_key_read_spki((struct bytes){csr->spki.data, csr->spki.len}, csr->public_key))
        return error_input(error,
                           "Failed to verify csr signature: Unsupported algorithm: the public key must be "
                           "an uncompressed P-256 key, in DER");
    return check(csr, text, signature, confirm, error);
}
