#include "crypto/x509_extensions.h"

#include <arpa/inet.h>
#include <string.h>

/* id-ce and id-kp (RFC 5280, appendix A.2). */
static const uint8_t oid_subject_key_id[] = {0x55, 0x1d, 14};
static const uint8_t oid_key_usage[] = {0x55, 0x1d, 15};
static const uint8_t oid_subject_alt_name[] = {0x55, 0x1d, 17};
static const uint8_t oid_basic_constraints[] = {0x55, 0x1d, 19};
static const uint8_t oid_crl_distribution_points[] = {0x55, 0x1d, 31};
static const uint8_t oid_authority_key_id[] = {0x55, 0x1d, 35};
static const uint8_t oid_extended_key_usage[] = {0x55, 0x1d, 37};
static const uint8_t oid_server_auth[] = {0x2b, 6, 1, 5, 5, 7, 3, 1};
static const uint8_t oid_client_auth[] = {0x2b, 6, 1, 5, 5, 7, 3, 2};

#define OID(name) ((struct bytes){(name), sizeof(name)})

enum general_name { DNS_NAME = 2, URI = 6, IP_ADDRESS = 7 };

void x509_extensions_init(struct x509_extensions *list, uint8_t *room, size_t size)
{
    *list = (struct x509_extensions){.room = room, .left = size};
}

static void add(struct x509_extensions *list, const struct x509_extension *extension)
{
    if (list->count < X509_EXTENSIONS_MAX)
        list->items[list->count++] = *extension;
    else
        list->has_failed = true;
}

void x509_extensions_add(struct x509_extensions *list, struct bytes oid, bool critical, struct bytes value)
{
    if (value.data)
        add(list, &(struct x509_extension){.oid = oid, .is_critical = critical, .value = value});
    else
        list->has_failed = true;
}

void x509_extensions_add_octets(struct x509_extensions *list, struct bytes oid, struct bytes value)
{
    add(list, &(struct x509_extension){.oid = oid, .value = value, .is_octets = true});
}

void x509_extensions_begin(const struct x509_extensions *list, struct der *der)
{
    der_init(der, list->room, list->left);
}

void x509_extensions_end(struct x509_extensions *list, const struct der *der, struct bytes oid, bool critical)
{
    struct bytes value = der_done(der);

    list->left -= value.len;
    x509_extensions_add(list, oid, critical, value);
}

void x509_extensions_add_key_usage(struct x509_extensions *list, unsigned bits)
{
    uint8_t value[2] = {0, (uint8_t)bits};
    struct der der;

    /* A named bit list is written without its trailing zero bits (X.690, 11.2.2). */
    while (value[0] < 7 && !(bits >> value[0] & 1))
        value[0]++;
    x509_extensions_begin(list, &der);
    der_value(&der, DER_BIT_STRING, value, sizeof value);
    x509_extensions_end(list, &der, OID(oid_key_usage), true);
}

void x509_extensions_add_extended_key_usage(struct x509_extensions *list, bool server_auth, bool client_auth)
{
    struct der der;

    x509_extensions_begin(list, &der);
    if (client_auth)
        der_oid(&der, oid_client_auth, sizeof oid_client_auth);
    if (server_auth)
        der_oid(&der, oid_server_auth, sizeof oid_server_auth);
    der_wrap(&der, 0, DER_SEQUENCE);
    x509_extensions_end(list, &der, OID(oid_extended_key_usage), false);
}

void x509_extensions_add_basic_constraints(struct x509_extensions *list, int path_length)
{
    struct der der;

    x509_extensions_begin(list, &der);
    if (path_length != X509_NOT_A_CA) {
        der_uint(&der, (uint64_t)path_length);
        der_bool(&der, true);
    }
    der_wrap(&der, 0, DER_SEQUENCE);
    x509_extensions_end(list, &der, OID(oid_basic_constraints), true);
}

void x509_extensions_add_subject_key_id(struct x509_extensions *list,
                                        const uint8_t id[static X509_KEY_ID_BYTES])
{
    struct der der;

    x509_extensions_begin(list, &der);
    der_value(&der, DER_OCTET_STRING, id, X509_KEY_ID_BYTES);
    x509_extensions_end(list, &der, OID(oid_subject_key_id), false);
}

void x509_extensions_add_authority_key_id(struct x509_extensions *list,
                                          const uint8_t id[static X509_KEY_ID_BYTES])
{
    struct der der;

    x509_extensions_begin(list, &der);
    der_value(&der, DER_CONTEXT(0), id, X509_KEY_ID_BYTES);
    der_wrap(&der, 0, DER_SEQUENCE);
    x509_extensions_end(list, &der, OID(oid_authority_key_id), false);
}

void x509_extensions_add_crl_distribution_point(struct x509_extensions *list, const char *url)
{
    struct der der;

    x509_extensions_begin(list, &der);
    der_value(&der, DER_CONTEXT(URI), url, strlen(url));
    der_wrap(&der, 0, DER_CONTEXT_CONSTRUCTED(0)); /* fullName */
    der_wrap(&der, 0, DER_CONTEXT_CONSTRUCTED(0)); /* distributionPoint */
    der_wrap(&der, 0, DER_SEQUENCE);
    der_wrap(&der, 0, DER_SEQUENCE);
    x509_extensions_end(list, &der, OID(oid_crl_distribution_points), false);
}

static void write_alt_name(struct der *der, const char *name)
{
    uint8_t address[16];

    if (inet_pton(AF_INET, name, address) == 1)
        der_value(der, DER_CONTEXT(IP_ADDRESS), address, 4);
    else if (inet_pton(AF_INET6, name, address) == 1)
        der_value(der, DER_CONTEXT(IP_ADDRESS), address, 16);
    else
        der_value(der, DER_CONTEXT(DNS_NAME), name, strlen(name));
}

void x509_extensions_add_alt_names(struct x509_extensions *list, char *const *names, size_t count)
{
    struct der der;

    x509_extensions_begin(list, &der);
    while (count-- > 0)
        write_alt_name(&der, names[count]);
    der_wrap(&der, 0, DER_SEQUENCE);
    x509_extensions_end(list, &der, OID(oid_subject_alt_name), false);
}
