/* The headers of a request that matter, collected from names and values that arrive in pieces.
 *
 * Content-Type, User-Agent, Authorization, X-Admin-Token, Host and Origin are kept. Content-Encoding,
 * Transfer-Encoding, Expect and Sec-Fetch-Site are read. Content-Length is for llhttp, but not beside a
 * Transfer-Encoding. */
#ifndef HTTP_HTTP_HEADERS_H
#define HTTP_HTTP_HEADERS_H

#include "sim/http/exchange.h"

#define HTTP_SENTENCE_BYTES 160

/* Headers whose first value is kept. */
enum http_kept {
    HTTP_KEPT_CONTENT_TYPE,
    HTTP_KEPT_USER_AGENT,
    HTTP_KEPT_AUTHORIZATION,
    HTTP_KEPT_ADMIN_TOKEN,
    HTTP_KEPT_HOST,
    HTTP_KEPT_ORIGIN,
    HTTP_KEPT_COUNT,
};

/* The start of a short text that arrives in pieces. */
struct http_token {
    char text[24]; /* longer than any text it is compared with */
    size_t len;
};

struct http_headers {
    bool expects_continue;
    struct http_token encoding; /* a Content-Encoding that is not supported, or empty */

    /* Private. */
    struct buf kept[HTTP_KEPT_COUNT];
    bool is_kept[HTTP_KEPT_COUNT]; /* it has been sent */
    bool has_length, has_coding;   /* Content-Length, Transfer-Encoding */
    bool has_fetch_site;
    bool is_cross_site;
    struct http_token name; /* of the header being read */
    struct http_token value;
    int header; /* an enum header of http_headers.c */
};

void http_headers_init(struct http_headers *headers);
void http_headers_free(struct http_headers *headers);

/* Forgets those of the last request. */
void http_headers_begin(struct http_headers *headers);

/* A piece of a header's name, its end, a piece of its value, and its end. The ends return 0, or the status to
 * refuse the request with; out: why, and what would be right. is_old: the request is of HTTP/1.0. */
void http_headers_name(struct http_headers *headers, const char *at, size_t len);
int http_headers_name_end(struct http_headers *headers, char sentence[static HTTP_SENTENCE_BYTES]);
void http_headers_value(struct http_headers *headers, const char *at, size_t len);
int http_headers_value_end(struct http_headers *headers, bool is_old,
                           char sentence[static HTTP_SENTENCE_BYTES]);

/* Sets the fields of a request that are headers, and is_cross_site. The spans are valid until the next
 * change. */
void http_headers_request(const struct http_headers *headers, struct http_request *request);

/* Frees large values. */
void http_headers_drop(struct http_headers *headers);

/* How many bytes it has on the heap. */
size_t http_headers_held(const struct http_headers *headers);

#endif
