/* A request that cannot be answered yet, because another program has to be asked first.
 *
 * A handler embeds struct http_hold in a struct of its own on the heap and puts it into response.hold
 * instead of answering; from then on it belongs to the transport. Once it has been woken, the transport
 * serves the same request again from the start, with exchange.hold set, and the handler answers, or holds
 * the request again with the same hold. The transport releases it exactly once: after the answer, or when
 * the client has left. */
#ifndef HTTP_HTTP_HOLD_H
#define HTTP_HTTP_HOLD_H

struct http_hold {
    void (*release)(struct http_hold *hold);

    /* Set by the transport while the request is held. */
    void (*wake)(void *waiter);
    void *waiter;
};

/* Says that the request can be served again, which happens in a later iteration of the loop. Allowed at any
 * time until release; without effect while the request is being served. */
static inline void http_hold_wake(const struct http_hold *hold)
{
    if (hold->wake)
        hold->wake(hold->waiter);
}

#endif
