#include "sim/http/http_reply.h"

static struct http_reply *of(llhttp_t *parser)
{
    return parser->data;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    struct http_reply *reply = of(parser);

    buf_append(&reply->body, at, len);
    if (!reply->body.has_overflowed)
        return 0;
    reply->problem = "its answer is too long";
    return -1;
}

static int on_message_complete(llhttp_t *parser)
{
    struct http_reply *reply = of(parser);

    reply->status = parser->status_code;
    if (reply->status >= 200) /* before it, 100 Continue and its like may come */
        reply->state = HTTP_REPLY_COMPLETE;
    return 0;
}

static const llhttp_settings_t *settings(void)
{
    static const llhttp_settings_t callbacks = {.on_body = on_body,
                                                .on_message_complete = on_message_complete};

    return &callbacks;
}

void http_reply_init(struct http_reply *reply, size_t body_max)
{
    *reply = (struct http_reply){.state = HTTP_REPLY_READING};
    buf_init(&reply->body, body_max);
    llhttp_init(&reply->parser, HTTP_RESPONSE, settings());
    reply->parser.data = reply;
}

void http_reply_free(struct http_reply *reply)
{
    buf_free(&reply->body);
}

static void fail(struct http_reply *reply)
{
    if (reply->state != HTTP_REPLY_READING)
        return;
    reply->state = HTTP_REPLY_FAILED;
    if (!reply->problem)
        reply->problem = "its answer is not HTTP/1.1, or is cut";
}

void http_reply_read(struct http_reply *reply, const uint8_t *data, size_t len)
{
    if (reply->state == HTTP_REPLY_READING &&
        llhttp_execute(&reply->parser, (const char *)data, len) != HPE_OK)
        fail(reply);
}

void http_reply_end(struct http_reply *reply)
{
    if (reply->state == HTTP_REPLY_READING)
        (void)llhttp_finish(&reply->parser);
    fail(reply);
}
