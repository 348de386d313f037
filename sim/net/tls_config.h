/* What TLS connections of one kind share: versions, own certificate and key, and whom to trust.
 *
 * TLS 1.2 and, where mbedTLS has it (3.6), 1.3; ECDHE with AES-GCM or ChaCha20-Poly1305 only; no
 * renegotiation, no resumption. Dates of certificates are compared with the system's clock. */
#ifndef NET_TLS_CONFIG_H
#define NET_TLS_CONFIG_H

#include "sim/base/error.h"

struct tls_config;

/* Who this end is; the text is copied. */
struct tls_config_identity {
    const char *chain; /* PEM certificates, leaf first */
    const char *key;   /* PEM, of the leaf */
};

/* A server, which asks for a client certificate, takes clients without one, and refuses one that does not
 * chain to client_ca (PEM), if that is not NULL; else it does not ask. Returns NULL with an error if a text
 * cannot be read or the key does not fit the certificate. Free it once its sessions have gone. */
struct tls_config *tls_config_new_server(const struct tls_config_identity *identity, const char *client_ca,
                                         struct error *error);

/* A client, which may have an identity, or NULL. It refuses a server whose certificate does not chain to
 * server_ca (PEM), or takes any if that is NULL. */
struct tls_config *tls_config_new_client(const struct tls_config_identity *identity, const char *server_ca,
                                         struct error *error);

void tls_config_free(struct tls_config *config);

#endif
