/* The inside of a tls_config, for tls_session.c alone. */
#ifndef NET_TLS_STATE_H
#define NET_TLS_STATE_H

#include <mbedtls/ssl.h>
#include <stdbool.h>

struct tls_config {
    mbedtls_ssl_config ssl;
    mbedtls_x509_crt chain;
    mbedtls_pk_context key;
    mbedtls_x509_crt trusted;
    const char *protocols[2]; /* of ALPN, with a NULL */
    bool may_lack_peer;       /* the other end may have no certificate, but none that is bad */
};

#endif
