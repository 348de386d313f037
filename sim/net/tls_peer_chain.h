/* Refuses certificates of the other end that take long to verify, before mbedTLS does it: mbedTLS verifies all
 * that the chain has, at each link with each certificate that may be the issuer, and calls no one before. The
 * exponent of an RSA key may be as long as its modulus, and some curves take many times as long as P-256.
 *
 * So the handshake is read on its way to mbedTLS (RFC 5246, sections 6.2.1 and 7.4.2), up to the first record
 * that is encrypted. The certificates of TLS 1.3 are, and go unseen. */
#ifndef NET_TLS_PEER_CHAIN_H
#define NET_TLS_PEER_CHAIN_H

#include "sim/base/buf.h"
#include "sim/base/error.h"

#define TLS_PEER_CHAIN_MAX 6                /* certificates */
#define TLS_PEER_CHAIN_EXPONENT_BITS_MAX 32 /* nearly all have 17; Go takes 31 */
#define TLS_PEER_CHAIN_MESSAGE_MAX 65536    /* of a message of the handshake; mbedTLS takes less */
#define TLS_PEER_CHAIN_HEADER_BYTES 5

struct tls_peer_chain {
    bool is_over; /* nothing is looked at any more */
    uint8_t header[TLS_PEER_CHAIN_HEADER_BYTES];
    size_t header_len;
    size_t left;        /* bytes of the record that are to come */
    struct buf message; /* of the handshake, and what follows it in its record */
};

void tls_peer_chain_init(struct tls_peer_chain *chain);
void tls_peer_chain_free(struct tls_peer_chain *chain);

/* Takes received bytes, in pieces of any size. Returns 0, or -1 with an error if the chain has too many
 * certificates, one has an RSA key with a large exponent or a key on another curve than P-256, P-384 and P-521,
 * or a message is too long; what cannot be read is left to mbedTLS. */
MUST_CHECK int tls_peer_chain_look(struct tls_peer_chain *chain, struct span received, struct error *error);

#endif
