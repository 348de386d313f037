#include "sim/net/tls_peer_chain.h"

#include <mbedtls/x509_crt.h>
#include <string.h>

#include "crypto/mbedtls_private.h"

/* RFC 5246, sections 6.2.1 and 7.4 */
#define RECORD_ALERT 21
#define RECORD_HANDSHAKE 22
#define MESSAGE_CERTIFICATE 11
#define MESSAGE_HEADER_BYTES 4

void tls_peer_chain_init(struct tls_peer_chain *chain)
{
    *chain = (struct tls_peer_chain){.is_over = false};
    buf_init(&chain->message, SIZE_MAX);
}

void tls_peer_chain_free(struct tls_peer_chain *chain)
{
    buf_free(&chain->message);
}

static size_t uint24_at(const uint8_t *bytes)
{
    return (size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2];
}

/* --- certificates --- */

static size_t exponent_bits(const mbedtls_pk_context *key)
{
    mbedtls_mpi exponent;
    size_t bits = 0;

    if (!mbedtls_pk_can_do(key, MBEDTLS_PK_RSA))
        return 0;
    mbedtls_mpi_init(&exponent);
    if (mbedtls_rsa_export(mbedtls_pk_rsa(*key), NULL, NULL, NULL, NULL, &exponent) == 0)
        bits = mbedtls_mpi_bitlen(&exponent);
    mbedtls_mpi_free(&exponent);
    return bits;
}

static bool is_on_other_curve(const mbedtls_pk_context *key)
{
    if (!mbedtls_pk_can_do(key, MBEDTLS_PK_ECKEY))
        return false;
    switch (mbedtls_pk_ec(*key)->MBEDTLS_PRIVATE(grp).id) {
    case MBEDTLS_ECP_DP_SECP256R1:
    case MBEDTLS_ECP_DP_SECP384R1:
    case MBEDTLS_ECP_DP_SECP521R1:
        return false;
    default:
        return true;
    }
}

static int check_key(const mbedtls_pk_context *key, struct error *error)
{
    const size_t bits = exponent_bits(key);

    if (bits > TLS_PEER_CHAIN_EXPONENT_BITS_MAX)
        return error_input(error, "the exponent of its RSA key has %zu bits; %d are allowed", bits,
                           TLS_PEER_CHAIN_EXPONENT_BITS_MAX);
    if (is_on_other_curve(key))
        return error_input(error, "its key is on another curve than P-256, P-384 and P-521");
    return 0;
}

static int check_certificate(struct span der, struct error *error)
{
    mbedtls_x509_crt certificate;
    int result = 0;

    mbedtls_x509_crt_init(&certificate);
    if (mbedtls_x509_crt_parse_der(&certificate, der.data, der.len) == 0)
        result = check_key(&certificate.pk, error);
    mbedtls_x509_crt_free(&certificate);
    return result;
}

/* A list with its length, of certificates with theirs. */
static int check_certificates(struct span list, struct error *error)
{
    size_t at = 3;

    for (int count = 1; at + 3 <= list.len; count++) {
        size_t len = uint24_at(list.data + at);

        at += 3;
        if (len > list.len - at)
            return 0;
        if (count > TLS_PEER_CHAIN_MAX)
            return error_input(error, "its chain has more than %d certificates", TLS_PEER_CHAIN_MAX);
        if (check_certificate(span_of(list.data + at, len), error))
            return -1;
        at += len;
    }
    return 0;
}

/* --- records and messages --- */

static int check_messages(struct tls_peer_chain *chain, struct error *error)
{
    struct buf *message = &chain->message;
    size_t at = 0;

    while (message->len - at >= MESSAGE_HEADER_BYTES) {
        const uint8_t *header = message->data + at;
        const size_t len = uint24_at(header + 1);

        if (len > TLS_PEER_CHAIN_MESSAGE_MAX)
            return error_input(error, "a message of the handshake has %zu bytes", len);
        if (len > message->len - at - MESSAGE_HEADER_BYTES)
            break;
        if (header[0] == MESSAGE_CERTIFICATE &&
            check_certificates(span_of(header + MESSAGE_HEADER_BYTES, len), error))
            return -1;
        at += MESSAGE_HEADER_BYTES + len;
    }
    if (at > 0) {
        message->len -= at;
        memmove(message->data, message->data + at, message->len);
    }
    return 0;
}

static void take_header(struct tls_peer_chain *chain, uint8_t byte)
{
    chain->header[chain->header_len++] = byte;
    if (chain->header_len < TLS_PEER_CHAIN_HEADER_BYTES)
        return;
    chain->left = (size_t)chain->header[3] << 8 | chain->header[4];
    chain->is_over = chain->header[0] != RECORD_HANDSHAKE && chain->header[0] != RECORD_ALERT;
    if (chain->left == 0)
        chain->header_len = 0;
}

/* Returns how many bytes of the record these are. */
static size_t take_contents(struct tls_peer_chain *chain, struct span received)
{
    const size_t len = received.len < chain->left ? received.len : chain->left;

    if (chain->header[0] == RECORD_HANDSHAKE)
        buf_append(&chain->message, received.data, len);
    chain->left -= len;
    if (chain->left == 0)
        chain->header_len = 0;
    return len;
}

int tls_peer_chain_look(struct tls_peer_chain *chain, struct span received, struct error *error)
{
    for (size_t at = 0; at < received.len && !chain->is_over;) {
        if (chain->left == 0) {
            take_header(chain, received.data[at++]);
            continue;
        }
        at += take_contents(chain, span_of(received.data + at, received.len - at));
        if (check_messages(chain, error))
            return -1;
    }
    if (chain->is_over)
        buf_free(&chain->message);
    return 0;
}
