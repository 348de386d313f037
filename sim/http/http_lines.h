/* Checks the lines of a head and of trailers (RFC 9112, 2.2, 3 and 5) where llhttp is more lenient, or
 * is so in some of its versions: a line ends with CR LF, none is folded, a header has a name, and the
 * request line has two spaces and names HTTP. */
#ifndef HTTP_HTTP_LINES_H
#define HTTP_HTTP_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_lines_part { HTTP_LINES_HEAD, HTTP_LINES_TRAILERS };

struct http_lines {
    bool is_over; /* the empty line at the end has been read */

    /* Private. */
    bool is_request_line; /* the line being read, once it is not empty */
    bool is_after_cr;
    bool is_after_space;
    size_t len;      /* of the line so far */
    size_t protocol; /* how much of "HTTP/" its last word begins with, or that it does not */
};

void http_lines_begin(struct http_lines *lines, enum http_lines_part part);

/* Reads on, up to the end of the part or to what is wrong. Returns how many bytes are in order. Out: a
 * static sentence about the byte after them, or NULL. Must not be called after a fault or when is_over. */
size_t http_lines_read(struct http_lines *lines, const uint8_t *data, size_t len, const char **fault);

#endif
