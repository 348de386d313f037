#include "sim/process/kms_host.h"

#include <ctype.h>
#include <string.h>

/* The host of the address, if it is a name that clients call. */
static const char *default_domain(const struct listen_spec *spec)
{
    const char *host = spec->address;

    for (const char *at = host; *at; at++)
        if (isalpha((unsigned char)*at) && !strchr(host, ':'))
            return host;
    return KMS_SERVER_DOMAIN_DEFAULT;
}

static int make_server(struct kms_host *host, const struct options *options, struct cluster *cluster,
                       struct error *error)
{
    struct listen_spec spec;
    struct kms_server_config config = {
        .domain = options->kms_domain,
        .policy = {.allowlist = options->kms_allowlist},
    };

    if (listen_spec_parse(&spec, options->kms_listen, error))
        return -1;
    if (!config.domain)
        config.domain = default_domain(&spec);
    host->server = kms_server_new(cluster, &config, error);
    return host->server ? 0 : error_context(error, "KMS");
}

int kms_host_start(struct kms_host *host, const struct options *options, struct cluster *cluster,
                   struct error *error)
{
    *host = (struct kms_host){.server = NULL};
    if (!options->kms_listen)
        return 0;
    if (make_server(host, options, cluster, error))
        return -1;
    host->tls =
        tls_config_new_server(&(struct tls_config_identity){host->server->certificate, host->server->key},
                              cluster->kms.temp_ca.pem, error);
    return host->tls ? 0 : -1;
}

void kms_host_free(struct kms_host *host)
{
    tls_config_free(host->tls);
    kms_server_free(host->server);
    *host = (struct kms_host){.server = NULL};
}
