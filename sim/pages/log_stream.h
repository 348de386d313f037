/* The lines of a log file as a response, which is read from the file as its reader takes it: neither a long
 * log nor a slow reader holds memory or others up. */
#ifndef PAGES_LOG_STREAM_H
#define PAGES_LOG_STREAM_H

#include "sim/rpc/router.h"
#include "sim/base/error.h"

/* How a line is written: bare, or as {"channel":"stdout","message":...} with its bytes in base64 or as text. */
enum log_stream_form { LOG_STREAM_BASE64, LOG_STREAM_TEXT, LOG_STREAM_BARE };

#define LOG_STREAM_ALL SIZE_MAX

/* The last `lines` lines of a regular file of at most `limit` bytes, as it is now. Should another file take
 * its place, the last line of the response is {"error":...}.
 * Returns the stream, which its user releases, or NULL with an error. */
struct http_stream *log_stream_new(const char *path, size_t limit, size_t lines, enum log_stream_form form,
                                   struct error *error);

#endif
