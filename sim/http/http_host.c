#include "sim/http/http_host.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <strings.h>

#define ADDRESS_MAX INET6_ADDRSTRLEN

/* --- its form --- */

static bool are_digits(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isdigit(text.data[i]))
            return false;
    return true;
}

enum { IN_NAME = 1, IN_PATH = 2 };

/* RFC 3986: unreserved and sub-delims. */
static const uint8_t kinds[256] = {
    ['0' ... '9'] = IN_NAME, ['A' ... 'Z'] = IN_NAME, ['a' ... 'z'] = IN_NAME, ['-'] = IN_NAME,
    ['.'] = IN_NAME,         ['_'] = IN_NAME,         ['~'] = IN_NAME,         ['!'] = IN_NAME,
    ['$'] = IN_NAME,         ['&'] = IN_NAME,         ['\''] = IN_NAME,        ['('] = IN_NAME,
    [')'] = IN_NAME,         ['*'] = IN_NAME,         ['+'] = IN_NAME,         [','] = IN_NAME,
    [';'] = IN_NAME,         ['='] = IN_NAME,         ['/'] = IN_PATH,
};

static bool is_percent_encoded(struct span text)
{
    return text.len >= 3 && text.data[0] == '%' && isxdigit(text.data[1]) && isxdigit(text.data[2]);
}

static bool is_name(struct span text, int allowed)
{
    for (size_t i = 0; i < text.len; i++)
        if (!(kinds[text.data[i]] & allowed) && !is_percent_encoded(span_of(text.data + i, text.len - i)))
            return false;
    return true;
}

static bool is_ipv6(struct span text)
{
    char address[ADDRESS_MAX];
    struct in6_addr found;

    if (text.len >= sizeof address || memchr(text.data, 0, text.len))
        return false;
    memcpy(address, text.data, text.len);
    address[text.len] = '\0';
    return inet_pton(AF_INET6, address, &found) == 1;
}

/* Splits "name:port" and "[address]:port"; the brackets belong to the name. */
static void split(struct span host, struct span *name, struct span *port)
{
    const uint8_t *bracket = host.len && host.data[0] == '[' ? memchr(host.data, ']', host.len) : NULL;
    const size_t from = bracket ? (size_t)(bracket - host.data) : 0;
    const uint8_t *colon = host.len ? memchr(host.data + from, ':', host.len - from) : NULL;

    *name = span_of(host.data, colon ? (size_t)(colon - host.data) : host.len);
    *port = colon ? span_of(colon + 1, host.len - name->len - 1) : SPAN_NONE;
}

bool http_host_is_valid(struct span host, bool may_be_path)
{
    struct span name, port;

    split(host, &name, &port);
    if (!are_digits(port) || (name.len == 0 && name.len < host.len))
        return false;
    if (name.len && name.data[0] == '[')
        return name.len > 2 && name.data[name.len - 1] == ']' &&
               is_ipv6(span_of(name.data + 1, name.len - 2));
    return is_name(name, may_be_path ? IN_NAME | IN_PATH : IN_NAME);
}

/* --- whose it is --- */

static bool is_same(struct span text, struct span other)
{
    return text.len == other.len &&
           strncasecmp((const char *)text.data, (const char *)other.data, text.len) == 0;
}

/* Browsers take a name whose last label is a number for an IPv4 address, such as 127.1. */
static bool is_address(struct span name, struct span last)
{
    if (name.len && name.data[0] == '[')
        return true;
    return last.len > 0 && are_digits(last);
}

static bool ends_with(struct span name, const char *suffix)
{
    const size_t len = strlen(suffix);

    return name.len > len && is_same(span_of(name.data + name.len - len, len), span_text(suffix));
}

bool http_host_is_served(const struct http_hosts *hosts, struct span host)
{
    static const char *const suffixes[] = {".localhost", ".local", ".internal", ".svc", ".cluster.local"};
    struct span name, port, last;
    const uint8_t *dot;

    split(host, &name, &port);
    if (name.len && name.data[name.len - 1] == '.')
        name.len--; /* the root of the DNS */
    dot = name.len ? memrchr(name.data, '.', name.len) : NULL;
    last = dot ? span_of(dot + 1, name.len - (size_t)(dot + 1 - name.data)) : name;
    if (!dot || is_address(name, last))
        return true;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ends_with(name, suffixes[i]))
            return true;
    for (size_t i = 0; i < hosts->count; i++)
        if (is_same(name, hosts->names[i]))
            return true;
    return false;
}

/* --- an origin --- */

static bool is_port(struct span port, const char *preset, struct span other)
{
    const struct span usual = span_text(preset);

    return span_equal(port.len ? port : usual, other.len ? other : usual);
}

bool http_host_is_origin(struct span host, struct span origin)
{
    const bool is_https = origin.len > 8 && strncasecmp((const char *)origin.data, "https://", 8) == 0;
    const bool is_http = origin.len > 7 && strncasecmp((const char *)origin.data, "http://", 7) == 0;
    const size_t scheme = is_https ? 8 : 7;
    struct span name, port, origin_name, origin_port;

    if (!is_https && !is_http)
        return false; /* "null" among others */
    split(host, &name, &port);
    split(span_of(origin.data + scheme, origin.len - scheme), &origin_name, &origin_port);
    return name.len > 0 && is_same(name, origin_name) && is_port(port, is_https ? "443" : "80", origin_port);
}
