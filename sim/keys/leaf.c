#include "sim/keys/leaf.h"

#include <stdio.h>
#include <string.h>

#include "crypto/pem.h"
#include "sim/keys/pki.h"

#define VALID_FOR (INT64_C(10) * 365 * 24 * 3600) /* seconds */
#define LATEST_TIME INT64_C(253402300799)         /* the end of the year 9999 */
#define DNS_NAME_BYTES 253
#define ALT_NAME_BYTES 20  /* beside its text: of an address, which is shorter in text, all */
#define FIXED_BYTES 1024   /* more than all fixed-size parts of a certificate */
#define ATTRIBUTE_BYTES 32 /* more than an attribute of a name has beside its text */

void leaf_private_add(struct leaf_private *extensions, enum ra_tls_extension which, struct span value)
{
    extensions->list[extensions->count].which = which;
    extensions->list[extensions->count].value = value;
    extensions->count++;
}

/* --- checks --- */

static int check_alt_name(const char *name, struct error *error)
{
    size_t len = strlen(name);

    if (len == 0)
        return error_input(error, "alt_names must not contain an empty name");
    if (len > DNS_NAME_BYTES)
        return error_input(error, "alt_names contains a name of %zu bytes; at most %d are allowed", len,
                           DNS_NAME_BYTES);
    for (size_t i = 0; i < len; i++)
        if (name[i] <= 0x20 || name[i] >= 0x7f)
            return error_quote(error, "alt_names: \"", span_text(name),
                               "\" must be ASCII without spaces; write other names in their xn-- form");
    return 0;
}

static int check_name(const char *name, const char *what, struct error *error)
{
    if (name && strlen(name) > LEAF_NAME_BYTES_MAX)
        return error_input(error, "%s has %zu bytes; at most %d are allowed", what, strlen(name),
                           LEAF_NAME_BYTES_MAX);
    return 0;
}

static int check_names(const struct leaf_request *request, struct error *error)
{
    if (check_name(request->subject, "subject", error) || check_name(request->org_name, "org_name", error))
        return -1;
    if (request->alt_name_count > LEAF_ALT_NAMES_MAX)
        return error_input(error, "alt_names has %zu names; at most %d are allowed", request->alt_name_count,
                           LEAF_ALT_NAMES_MAX);
    for (size_t i = 0; i < request->alt_name_count; i++)
        if (check_alt_name(request->alt_names[i], error))
            return -1;
    return 0;
}

struct validity {
    int64_t not_before, not_after;
};

static int refuse_order(const struct validity *validity, struct error *error)
{
    char times[48];

    snprintf(times, sizeof times, "%lld and %lld", (long long)validity->not_before,
             (long long)validity->not_after);
    return error_quote(error, "not_before must be earlier than not_after: they are ", span_text(times), "%s",
                       "");
}

static int find_validity(const struct leaf_request *request, int64_t now, struct validity *validity,
                         struct error *error)
{
    if ((request->not_before && *request->not_before > (uint64_t)LATEST_TIME) ||
        (request->not_after && *request->not_after > (uint64_t)LATEST_TIME))
        return error_input(
            error, "not_before and not_after must be Unix seconds up to %lld, the end of the year 9999",
            (long long)LATEST_TIME);
    validity->not_before = request->not_before ? (int64_t)*request->not_before : PKI_DSTACK_NOT_BEFORE;
    validity->not_after = request->not_after ? (int64_t)*request->not_after : now + VALID_FOR;
    return validity->not_before < validity->not_after ? 0 : refuse_order(validity, error);
}

int leaf_check(const struct leaf_request *request, int64_t now, struct error *error)
{
    struct validity validity;

    return check_names(request, error) || find_validity(request, now, &validity, error) ? -1 : 0;
}

/* --- the certificate --- */

static void add_extensions(struct x509_extensions *list, const struct leaf_issuer *issuer,
                           const struct leaf_request *request, const uint8_t *public_key,
                           const struct leaf_private *extensions)
{
    uint8_t key_id[X509_KEY_ID_BYTES];

    x509_key_id(public_key, key_id);
    if (request->alt_name_count)
        x509_extensions_add_alt_names(list, request->alt_names, request->alt_name_count);
    x509_extensions_add_key_usage(list, X509_DIGITAL_SIGNATURE);
    if (request->is_for_servers || request->is_for_clients)
        x509_extensions_add_extended_key_usage(list, request->is_for_servers, request->is_for_clients);
    x509_extensions_add_subject_key_id(list, key_id);
    x509_extensions_add_authority_key_id(list, issuer->key_id);
    for (size_t i = 0; i < extensions->count; i++)
        ra_tls_add(list, extensions->list[i].which, extensions->list[i].value);
}

/* Upper bounds for the sizes of its subject, of what its extensions need room for, and of the certificate. */
static size_t count_subject_bytes(const struct leaf_request *request)
{
    return 3 * ATTRIBUTE_BYTES + strlen(request->subject) +
           (request->org_name ? strlen(request->org_name) : 0);
}

static size_t count_extension_bytes(const struct leaf_request *request)
{
    size_t bytes = FIXED_BYTES;

    for (size_t i = 0; i < request->alt_name_count; i++)
        bytes += strlen(request->alt_names[i]) + ALT_NAME_BYTES;
    return bytes;
}

static size_t count_bytes(const struct leaf_issuer *issuer, const struct leaf_request *request,
                          const struct leaf_private *extensions)
{
    size_t bytes = count_extension_bytes(request) + count_subject_bytes(request) + issuer->name.len;

    for (size_t i = 0; i < extensions->count; i++)
        bytes += extensions->list[i].value.len;
    return bytes;
}

static int write_subject(const struct leaf_request *request, struct arena *arena, struct bytes *name)
{
    const size_t size = count_subject_bytes(request);
    uint8_t *room = arena_alloc(arena, size);
    const struct x509_attribute attributes[] = {{X509_O, request->org_name}, {X509_CN, request->subject}};
    const size_t skipped = request->org_name ? 0 : 1;
    size_t len;

    if (x509_write_name(attributes + skipped, 2 - skipped, room, size, &len))
        return -1;
    *name = (struct bytes){room, len};
    return 0;
}

static int write_pem(const struct x509_certificate *certificate, const struct p256_key *key, size_t size,
                     struct arena *arena, char **pem)
{
    uint8_t *der = arena_alloc(arena, size);
    size_t len;

    if (x509_write_certificate(certificate, key, der, size, &len))
        return -1;
    *pem = arena_alloc(arena, pem_chars("CERTIFICATE", len) + 1);
    (*pem)[pem_encode("CERTIFICATE", der, len, *pem)] = '\0';
    return 0;
}

int leaf_issue(const struct leaf_issuer *issuer, const struct leaf_request *request,
               const uint8_t public_key[static P256_PUBLIC_BYTES], const struct leaf_private *extensions,
               struct arena *arena, char **pem, struct error *error)
{
    const size_t size = count_bytes(issuer, request, extensions), room = count_extension_bytes(request);
    uint8_t serial[X509_KEY_SERIAL_BYTES];
    struct x509_extensions list;
    struct validity validity;
    struct x509_certificate certificate = {
        .serial = {serial, sizeof serial}, .issuer = issuer->name, .public_key = public_key};

    if (find_validity(request, issuer->now, &validity, error))
        return -1;
    certificate.not_before = validity.not_before;
    certificate.not_after = validity.not_after;
    x509_key_serial(public_key, serial);
    x509_extensions_init(&list, arena_alloc(arena, room), room);
    add_extensions(&list, issuer, request, public_key, extensions);
    certificate.extensions = list.items;
    certificate.extension_count = list.count;
    if (list.has_failed || write_subject(request, arena, &certificate.subject) ||
        write_pem(&certificate, issuer->key, size, arena, pem))
        return error_internal(error, "the certificate does not fit in %zu bytes", size);
    return 0;
}
