#include "sim/cli/listen_spec.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/spelling.h"
#include "sim/services/registry.h"

/* How much of the text an error quotes. */
#define SHOWN ".100s"

static int error_service(const char *name, size_t len, struct error *error)
{
    const char *meant = spelling_nearest(name, len, registry_name);
    char names[200];

    registry_names(names, sizeof names);
    return error_input(error, "\"%.*s\" is not a service; %s%s%s%s, or all", (int)(len < 60 ? len : 60), name,
                       meant ? "did you mean " : "", meant ? meant : "",
                       meant ? "? Choose from " : "choose from ", names);
}

int listen_spec_parse_services(struct listen_spec *spec, const char *names, struct error *error)
{
    struct registry_choice choice;
    const char *wrong = registry_read(names, &choice);

    if (wrong)
        return error_service(wrong, strcspn(wrong, ","), error);
    spec->services = choice.set;
    spec->names_services = choice.is_named;
    return 0;
}

static int parse_unix(struct listen_spec *spec, const char *path, size_t len, struct error *error)
{
    if (len == 0)
        return error_input(error, "no path after unix:; expected one as in unix:dstack.sock");
    if (len > 2 && path[0] == '/' && path[1] == '/' && path[2] != '/')
        return error_input(error, "the path after unix: begins with //; expected unix:PATH or unix:///PATH");
    if (len > LISTEN_SPEC_PATH_MAX)
        return error_input(error, "the path of a Unix socket has at most %d bytes, this one has %zu",
                           LISTEN_SPEC_PATH_MAX, len);
    spec->kind = LISTEN_UNIX;
    memcpy(spec->address, path, len);
    return 0;
}

static int parse_port(struct listen_spec *spec, const char *text, size_t len, struct error *error)
{
    unsigned long port = 0;
    size_t digits = strspn(text, "0123456789");

    if (len == 0)
        return error_input(error, "no port; use 0 for a free one");
    if (digits < len)
        return error_input(error, "invalid port \"%.*s\": use 0 to 65535, as PORT or HOST:PORT",
                           (int)(len < 60 ? len : 60), text);
    for (size_t i = 0; i < len && port <= UINT16_MAX; i++)
        port = port * 10 + (unsigned long)(text[i] - '0');
    if (port > UINT16_MAX)
        return error_input(error, "port %.*s is too large: use 0 to 65535", (int)(len < 60 ? len : 60), text);
    spec->port = (uint16_t)port;
    return 0;
}

/* An IPv6 address, perhaps with a zone: fe80::1%eth0. */
static int parse_v6(struct listen_spec *spec, const char *text, size_t len, struct error *error)
{
    struct in6_addr parsed;
    char *zone;
    int valid;

    if (len > LISTEN_SPEC_HOST_MAX)
        len = LISTEN_SPEC_HOST_MAX;
    memcpy(spec->address, text, len);
    zone = strchr(spec->address, '%');
    if (zone)
        *zone = '\0';
    valid = inet_pton(AF_INET6, spec->address, &parsed);
    if (zone)
        *zone = '%';
    if (valid != 1 || (zone && !zone[1]))
        return error_input(error, "[%.100s] is not an IPv6 address; expected one like [::1]", spec->address);
    return 0;
}

static int parse_host(struct listen_spec *spec, const char *text, size_t len, struct error *error)
{
    if (len == 0) {
        strcpy(spec->address, "127.0.0.1");
        return 0;
    }
    if (len == 1 && text[0] == '*')
        return error_input(error,
                           "\"*\" is not a host; use 0.0.0.0 or [::] for every address of this machine");
    if (strspn(text, "0123456789") >= len)
        return error_input(error,
                           "\"%.*s\" is not a host; expected one PORT, or HOST:PORT as in 127.0.0.1:8090",
                           (int)(len < 60 ? len : 60), text);
    if (memchr(text, ':', len))
        return error_input(error, "an IPv6 address needs brackets, as in [::1]:8090");
    if (len > LISTEN_SPEC_HOST_MAX)
        return error_input(error, "a host name has at most %d characters, this one has %zu",
                           LISTEN_SPEC_HOST_MAX, len);
    memcpy(spec->address, text, len);
    if (strspn(spec->address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != len)
        return error_input(error,
                           "\"%.100s\" is not a host name: use letters, digits, \".\", \"-\" and \"_\"",
                           spec->address);
    return 0;
}

/* What people give for HOST:PORT and unix:PATH: "localhost", "0.0.0.0" or "dstack.sock". */
static int check_has_port(const char *text, size_t len, struct error *error)
{
    static const char socket_suffix[] = ".sock";
    const size_t suffix = sizeof socket_suffix - 1;

    if (len > suffix && memcmp(text + len - suffix, socket_suffix, suffix) == 0)
        return error_input(error, "a path must begin with unix:, as in unix:dstack.sock");
    if (len > 0 && (isalpha((unsigned char)text[0]) || memchr(text, '.', len)))
        return error_input(error, "no port; expected HOST:PORT, as in localhost:8090");
    return 0;
}

static int parse_tcp(struct listen_spec *spec, const char *text, size_t len, struct error *error)
{
    const char *end = text + len;
    const char *colon = memrchr(text, ':', len);
    const char *bracket = memrchr(text, ']', len);

    spec->kind = LISTEN_TCP;
    if (text[0] == '[') {
        if (!bracket || bracket + 1 != colon)
            return error_input(error, "an IPv6 address and port look like [::1]:8090");
        if (parse_v6(spec, text + 1, (size_t)(bracket - text - 1), error) != 0)
            return -1;
    } else if ((!colon && check_has_port(text, len, error) != 0) ||
               parse_host(spec, text, colon ? (size_t)(colon - text) : 0, error) != 0) {
        return -1;
    }
    if (colon)
        text = colon + 1;
    return parse_port(spec, text, (size_t)(end - text), error);
}

static int parse_address(struct listen_spec *spec, const char *text, size_t len, struct error *error)
{
    static const char unix_prefix[] = "unix:";
    const size_t prefix = sizeof unix_prefix - 1;

    if (len >= prefix && memcmp(text, unix_prefix, prefix) == 0)
        return parse_unix(spec, text + prefix, len - prefix, error);
    if (memmem(text, len, "//", 2))
        return error_input(error, "expected an address without http://, as in localhost:8090");
    if (memchr(text, '/', len))
        return error_input(error, "a path must begin with unix:, as in unix:./dstack.sock");
    return parse_tcp(spec, text, len, error);
}

int listen_spec_parse(struct listen_spec *spec, const char *text, struct error *error)
{
    const char *equals = strrchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : strlen(text);

    *spec = (struct listen_spec){.services = registry_all()};
    if (equals && listen_spec_parse_services(spec, equals + 1, error) != 0) {
        if (strncmp(text, "unix:", 5) == 0)
            return error_context(error,
                                 "after the last \"=\" in \"%" SHOWN
                                 "\" (append =all if that \"=\" is part of the path)",
                                 text);
        return error_context(error, "\"%" SHOWN "\"", text);
    }
    if (parse_address(spec, text, len, error) != 0)
        return error_context(error, "\"%" SHOWN "\"", text);
    return 0;
}
