#include "sim/net/tls_config.h"

#include <mbedtls/version.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/random.h"
#include "sim/base/memory.h"
#include "sim/net/tls_state.h"

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif

static int give_random(void *context, unsigned char *out, size_t len)
{
    (void)context;
    random_bytes(out, len);
    return 0;
}

/* --- what differs between releases of mbedTLS --- */

#if MBEDTLS_VERSION_NUMBER < 0x03000000
static int parse_key(mbedtls_pk_context *key, const char *pem)
{
    return mbedtls_pk_parse_key(key, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0);
}

static bool fits(const mbedtls_x509_crt *certificate, const mbedtls_pk_context *key)
{
    return mbedtls_pk_check_pair(&certificate->pk, key) == 0;
}

static int prepare(void)
{
    return 0;
}

static void set_versions(mbedtls_ssl_config *ssl)
{
    mbedtls_ssl_conf_min_version(ssl, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}

/* By default the largest comes first, which takes many times as long. */
static void set_groups(mbedtls_ssl_config *ssl)
{
    static const mbedtls_ecp_group_id groups[] = {MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1,
                                                  MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_NONE};

    mbedtls_ssl_conf_curves(ssl, groups);
}
#else
static int parse_key(mbedtls_pk_context *key, const char *pem)
{
    return mbedtls_pk_parse_key(key, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0, give_random, NULL);
}

static bool fits(const mbedtls_x509_crt *certificate, const mbedtls_pk_context *key)
{
    return mbedtls_pk_check_pair(&certificate->pk, key, give_random, NULL) == 0;
}

/* TLS 1.3 computes with PSA. */
static int prepare(void)
{
    return psa_crypto_init() == PSA_SUCCESS ? 0 : -1;
}

static void set_versions(mbedtls_ssl_config *ssl)
{
    mbedtls_ssl_conf_min_tls_version(ssl, MBEDTLS_SSL_VERSION_TLS1_2);
}

static void set_groups(mbedtls_ssl_config *ssl)
{
    static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
                                      MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};

    mbedtls_ssl_conf_groups(ssl, groups);
}
#endif

/* --- making one --- */

/* Forward secret, authenticated encryption; those of TLS 1.3 are in front where there are any. */
static const int suites[] = {
#ifdef MBEDTLS_TLS1_3_AES_128_GCM_SHA256
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
#endif
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    0,
};

static int read_certificates(mbedtls_x509_crt *list, const char *pem, const char *what, struct error *error)
{
    if (mbedtls_x509_crt_parse(list, (const unsigned char *)pem, strlen(pem) + 1) != 0)
        return error_input(error, "the %s is not a PEM certificate (-----BEGIN CERTIFICATE-----)", what);
    return 0;
}

static int set_identity(struct tls_config *config, const struct tls_config_identity *identity,
                        struct error *error)
{
    if (read_certificates(&config->chain, identity->chain, "TLS certificate", error))
        return -1;
    if (parse_key(&config->key, identity->key) != 0)
        return error_input(error, "the TLS key is not a PEM private key without a password");
    if (!fits(&config->chain, &config->key) ||
        mbedtls_ssl_conf_own_cert(&config->ssl, &config->chain, &config->key) != 0)
        return error_input(error, "the TLS key is not that of the TLS certificate");
    return 0;
}

static int set_trust(struct tls_config *config, const char *ca, int mode, struct error *error)
{
    if (!ca) {
        mbedtls_ssl_conf_authmode(&config->ssl, MBEDTLS_SSL_VERIFY_NONE);
        return 0;
    }
    if (read_certificates(&config->trusted, ca, "CA of TLS", error))
        return -1;
    mbedtls_ssl_conf_ca_chain(&config->ssl, &config->trusted, NULL);
    mbedtls_ssl_conf_authmode(&config->ssl, mode);
    config->may_lack_peer = mode == MBEDTLS_SSL_VERIFY_OPTIONAL;
    return 0;
}

static int set_common(struct tls_config *config, int endpoint, struct error *error)
{
    if (prepare() != 0 || mbedtls_ssl_config_defaults(&config->ssl, endpoint, MBEDTLS_SSL_TRANSPORT_STREAM,
                                                      MBEDTLS_SSL_PRESET_DEFAULT) != 0)
        return error_internal(error, "TLS cannot be set up");
    set_versions(&config->ssl);
    set_groups(&config->ssl);
    mbedtls_ssl_conf_rng(&config->ssl, give_random, NULL);
    mbedtls_ssl_conf_ciphersuites(&config->ssl, suites);
#ifdef MBEDTLS_SSL_RENEGOTIATION
    mbedtls_ssl_conf_renegotiation(&config->ssl, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#endif
#ifdef MBEDTLS_SSL_SESSION_TICKETS
    if (endpoint == MBEDTLS_SSL_IS_CLIENT)
        mbedtls_ssl_conf_session_tickets(&config->ssl, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
#endif
    if (mbedtls_ssl_conf_alpn_protocols(&config->ssl, config->protocols) != 0)
        return error_internal(error, "TLS cannot be set up: ALPN");
    return 0;
}

static struct tls_config *make(int endpoint, int mode, const struct tls_config_identity *identity,
                               const char *ca, struct error *error)
{
    struct tls_config *config = memory_zalloc(sizeof *config);

    mbedtls_ssl_config_init(&config->ssl);
    mbedtls_x509_crt_init(&config->chain);
    mbedtls_x509_crt_init(&config->trusted);
    mbedtls_pk_init(&config->key);
    config->protocols[0] = "http/1.1";
    if (set_common(config, endpoint, error) == 0 &&
        (!identity || set_identity(config, identity, error) == 0) && set_trust(config, ca, mode, error) == 0)
        return config;
    tls_config_free(config);
    return NULL;
}

struct tls_config *tls_config_new_server(const struct tls_config_identity *identity, const char *client_ca,
                                         struct error *error)
{
    return make(MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_VERIFY_OPTIONAL, identity, client_ca, error);
}

struct tls_config *tls_config_new_client(const struct tls_config_identity *identity, const char *server_ca,
                                         struct error *error)
{
    return make(MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_VERIFY_REQUIRED, identity, server_ca, error);
}

void tls_config_free(struct tls_config *config)
{
    if (!config)
        return;
    mbedtls_ssl_config_free(&config->ssl);
    mbedtls_x509_crt_free(&config->chain);
    mbedtls_x509_crt_free(&config->trusted);
    mbedtls_pk_free(&config->key);
    free(config);
}
