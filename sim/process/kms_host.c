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
        .policy = {.allowlist = options->kms_allowlist, .auth_url = options->kms_auth_url},
        .flaw = options->kms_flaw,
    };

    if (listen_spec_parse(&spec, options->kms_listen, error))
        return -1;
    if (!config.domain)
        config.domain = default_domain(&spec);
    host->server = kms_server_new(cluster, &config, error);
    return host->server ? 0 : error_context(error, "KMS");
}

static int set_webhook(struct kms_host *host, const struct options *options, uv_loop_t *loop,
                       struct error *error)
{
    char given[OPTIONS_NAME_MAX];

    if (!options->kms_auth_url ||
        kms_asker_init(&host->webhook, options->kms_auth_url, loop, &host->server->asker, error) == 0)
        return 0;
    options_given_as(options, &options->kms_auth_url, given);
    return error_context(error, "%s", given);
}

/* An option that has no effect without another one, or beside it, is a mistake. */
static int check_options(const struct options *options, struct error *error)
{
    char *const *const fields[] = {&options->kms_domain, &options->kms_allowlist, &options->kms_auth_url};
    char given[OPTIONS_NAME_MAX], other[OPTIONS_NAME_MAX];

    for (size_t i = 0; i < sizeof fields / sizeof *fields && !options->kms_listen; i++)
        if (*fields[i]) {
            options_given_as(options, fields[i], given);
            return error_input(error, "%s needs --kms-listen", given);
        }
    if (options->kms_flaw != KMS_FLAW_NONE && !options->kms_listen)
        return error_input(error, "--kms-flaw needs --kms-listen");
    if (!options->kms_allowlist || !options->kms_auth_url)
        return 0;
    options_given_as(options, &options->kms_allowlist, given);
    options_given_as(options, &options->kms_auth_url, other);
    return error_input(error, "%s and %s both say who gets keys; use only one of them", given, other);
}

int kms_host_start(struct kms_host *host, const struct options *options, struct cluster *cluster,
                   uv_loop_t *loop, struct error *error)
{
    *host = (struct kms_host){.server = NULL};
    if (check_options(options, error))
        return -1;
    if (!options->kms_listen)
        return 0;
    if (make_server(host, options, cluster, error) || set_webhook(host, options, loop, error))
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
