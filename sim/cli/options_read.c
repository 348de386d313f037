#include "sim/cli/options_read.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/fault_spec.h"
#include "sim/cli/tcb_spec.h"
#include "sim/services/fault_names.h"

enum { SEED_MAX = 256, URL_MAX = 200, VMM_TOKEN_MAX = 256, APP_ID_DIGITS = 40 };

/* For other programs, an address without a host means every address of the machine. */
static void warn_of_loopback(struct options *options, const char *text)
{
    char warning[320];

    if (text[0] != ':')
        return;
    snprintf(warning, sizeof warning,
             "\"%.60s\" means this machine only, as in 127.0.0.1%.60s; for all of its addresses write "
             "0.0.0.0%.60s",
             text, text, text);
    options_texts_append(&options->warnings, warning);
}

int options_read_listen(struct options *options, const char *text, struct error *error)
{
    struct listen_spec spec;

    if (listen_spec_parse(&spec, text, error))
        return -1;
    warn_of_loopback(options, text);
    options->listen = memory_grow(options->listen, (options->listen_count + 1) * sizeof spec);
    options->listen[options->listen_count++] = spec;
    return 0;
}

/* Only TCP, because TLS clients call a host and a port. */
int options_read_kms_listen(struct options *options, const char *text, struct error *error)
{
    struct listen_spec spec;

    if (listen_spec_parse(&spec, text, error))
        return -1;
    if (spec.kind != LISTEN_TCP || strchr(text, '='))
        return error_input(error, "the KMS listens on PORT, HOST:PORT or [v6]:PORT only");
    warn_of_loopback(options, text);
    options_texts_replace(&options->kms_listen, text);
    return 0;
}

int options_read_kms_auth_url(struct options *options, const char *text, struct error *error)
{
    struct healthcheck_spec spec;

    if (strncmp(text, "http://", 7) != 0)
        return error_input(
            error, "\"%.60s\" is not a URL such as http://localhost:8000; HTTPS is not supported", text);
    if (healthcheck_spec_parse(&spec, text, error) || healthcheck_spec_check(&spec, error))
        return -1;
    options_texts_replace(&options->kms_auth_url, text);
    return 0;
}

int options_read_kms_url(struct options *options, const char *text, struct error *error)
{
    struct url_spec spec;

    if (url_spec_parse(&spec, "https", URL_SPEC_HTTPS_PORT, text, error))
        return -1;
    if (spec.port == 0 || strchr(spec.path, '?'))
        return error_input(error, "\"%.60s\" is not a URL such as https://localhost:8000", text);
    if (options->kms_urls.count == OPTIONS_KMS_URLS_MAX)
        return error_input(error, "can be given at most %d times", OPTIONS_KMS_URLS_MAX);
    options_texts_append(&options->kms_urls, text);
    return 0;
}

int options_read_socket_mode(struct options *options, const char *text, struct error *error)
{
    size_t len = strlen(text);
    unsigned mode = 0;

    if (strspn(text, "01234567") != len || len < 3 || len > 4 || (len == 4 && text[0] != '0'))
        return error_input(error, "\"%.60s\" is not a mode: use octal permissions such as 0660 or 0777",
                           text);
    for (size_t i = 0; i < len; i++)
        mode = mode * 8 + (unsigned)(text[i] - '0');
    if (~mode & 0600)
        return error_input(error, "%s keeps the simulator's own user out; begin with 06 or 07", text);
    options->socket_mode = mode;
    return 0;
}

int options_read_app_id(struct options *options, const char *text, struct error *error)
{
    const char *digits = strncmp(text, "0x", 2) == 0 ? text + 2 : text;

    if (strlen(digits) != APP_ID_DIGITS || strspn(digits, "0123456789abcdefABCDEF") != APP_ID_DIGITS)
        return error_input(error, "\"%.60s\" is not an app id: it has %d hex digits", text, APP_ID_DIGITS);
    options_texts_replace(&options->app_id, text);
    return 0;
}

int options_read_seed(struct options *options, const char *text, struct error *error)
{
    size_t len = strlen(text);

    if (len > SEED_MAX)
        return error_input(error, "a seed has at most %d bytes, this one has %zu", SEED_MAX, len);
    options_texts_replace(&options->seed, text);
    return 0;
}

int options_read_vmm_token(struct options *options, const char *text, struct error *error)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return error_input(error, "byte %zu of the token is not allowed: use ASCII without blanks",
                               i + 1);
    if (len > VMM_TOKEN_MAX)
        return error_input(error, "a token has at most %d bytes, this one has %zu", VMM_TOKEN_MAX, len);
    options_texts_replace(&options->vmm_token, text);
    return 0;
}

int options_read_image(struct options *options, const char *text, struct error *error)
{
    (void)error;
    options_texts_append(&options->images, text);
    return 0;
}

/* Certificates and JSON contain the URL unescaped with a path appended, so it must have no query
 * and nothing to escape. Removes trailing slashes. */
static int check_url(char *url, struct error *error)
{
    size_t scheme = strncmp(url, "http://", 7) == 0 ? 7 : strncmp(url, "https://", 8) == 0 ? 8 : 0;
    size_t len = strlen(url);

    if (!scheme)
        return error_input(error, "expected a URL that begins with http:// or https://");
    for (size_t i = 0; i < len; i++)
        if (url[i] <= ' ' || url[i] > '~' || strchr("\"<>\\^`{|}?#@", url[i]))
            return error_input(
                error,
                "byte %zu of the URL is not allowed: use a scheme, a host, a port and a path in plain ASCII",
                i + 1);
    while (len > scheme && url[len - 1] == '/')
        url[--len] = '\0';
    if (len == scheme || strchr(":/", url[scheme]))
        return error_input(error, "the URL has no host; expected one like http://localhost:8090");
    if (len > URL_MAX)
        return error_input(error, "a URL has at most %d bytes, this one has %zu", URL_MAX, len);
    return 0;
}

int options_read_public_url(struct options *options, const char *text, struct error *error)
{
    options_texts_replace(&options->public_url, text);
    return check_url(options->public_url, error);
}

int options_read_allow_host(struct options *options, const char *text, struct error *error)
{
    const size_t len = strlen(text);

    if (strchr(text, ':') || strchr(text, '/'))
        return error_input(error, "\"%.60s\" is not a host name: give it without scheme, port and path",
                           text);
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr(".-_", text[i]))
            return error_input(
                error, "\"%.60s\" is not a host name: use letters, digits, \".\", \"-\" and \"_\"", text);
    if (text[0] == '.')
        return error_input(error, "\"%.60s\" is not a host name: each name has to be given in full", text);
    if (options->allow_host_count == OPTIONS_HOSTS_MAX)
        return error_input(error, "can be given at most %d times", OPTIONS_HOSTS_MAX);
    options->allow_hosts[options->allow_host_count++] = text;
    return 0;
}

int options_read_tcb_status(struct options *options, const char *text, struct error *error)
{
    return tcb_spec_read(&options->scenario, text, error);
}

int options_read_advisory(struct options *options, const char *text, struct error *error)
{
    return scenario_add_advisory(&options->scenario, text, error);
}

int options_read_fault(struct options *options, const char *text, struct error *error)
{
    struct fault fault;

    if (fault_spec_parse(&fault, text, error) || fault_names_check(fault.method, error))
        return -1;
    options->faults = memory_grow(options->faults, (options->fault_count + 1) * sizeof fault);
    options->faults[options->fault_count++] = fault;
    return 0;
}

int options_read_healthcheck(struct options *options, const char *text, struct error *error)
{
    options->healthcheck = (struct healthcheck_spec){.address = text};
    return *text ? healthcheck_spec_parse(&options->healthcheck, text, error) : 0;
}
