#include "sim/http/http_stream.h"

void http_stream_wake(const struct http_stream *stream)
{
    if (stream->wake)
        stream->wake(stream->waiter);
}
