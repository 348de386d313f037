#include "sim/pages/collateral_answer.h"

const struct collateral *collateral_answer_fetch(const struct site *site, struct exchange *exchange)
{
    struct error error = {.kind = ERROR_NONE};
    const struct collateral *collateral = cluster_collateral(site->cluster, &error);

    if (!collateral)
        exchange_fail(&exchange->response, 500, error.text);
    return collateral;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("-._~", c) != NULL;
}

static char *percent_encode(struct arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = arena_alloc(arena, 3 * strlen(text) + 1);
    char *to = encoded;

    for (; *text; text++) {
        if (is_unreserved(*text)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[(uint8_t)*text >> 4];
            *to++ = digits[(uint8_t)*text & 15];
        }
    }
    *to = '\0';
    return encoded;
}

void collateral_answer_chain(struct exchange *exchange, const char *header, const char *chain)
{
    const char *before = exchange->response.headers;

    exchange->response.headers = arena_printf(exchange->arena, "%s%s: %s\r\n", before ? before : "", header,
                                              percent_encode(exchange->arena, chain));
}

void collateral_answer(struct exchange *exchange, const char *type, const void *body, size_t len)
{
    exchange->response.content_type = type;
    buf_append(exchange->response.body, body, len);
}
