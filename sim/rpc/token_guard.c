#include "sim/rpc/token_guard.h"

#include <strings.h>

#include "crypto/base64.h"
#include "crypto/hash.h"
#include "sim/rpc/codec.h"

#define QUERY_NAME "token"

void token_guard_init(struct token_guard *guard, const char *token, const char *challenge, bool takes_query)
{
    *guard = (struct token_guard){.challenge = challenge, .takes_query = takes_query};
    hash_sha256(token, strlen(token), guard->digest);
}

/* Digests are compared, so that the time tells nothing of the token, not even its length. */
static bool is_token(const struct token_guard *guard, struct span given)
{
    uint8_t digest[TOKEN_GUARD_DIGEST_BYTES];

    hash_sha256(given.data, given.len, digest);
    return bytes_equal_secret(digest, guard->digest, sizeof digest);
}

static struct span trim(struct span text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = span_of(text.data + 1, text.len - 1);
    while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* The credentials after the scheme, which is compared in any case (RFC 9110, 11.1). */
static bool has_scheme(struct span header, const char *scheme, struct span *credentials)
{
    const size_t len = strlen(scheme);

    if (header.len <= len || header.data[len] != ' ' ||
        strncasecmp((const char *)header.data, scheme, len) != 0)
        return false;
    *credentials = trim(span_of(header.data + len, header.len - len));
    return true;
}

/* The token is the password, or the user if the password is empty (RFC 7617, 2). */
static bool is_basic(const struct token_guard *guard, struct span credentials, struct arena *arena)
{
    uint8_t *pair = arena_alloc(arena, credentials.len + 1);
    const uint8_t *colon;
    size_t len, user_len;

    if (base64_decode((const char *)credentials.data, credentials.len, pair, &len) || len == 0)
        return false;
    colon = memchr(pair, ':', len);
    if (!colon)
        return false;
    user_len = (size_t)(colon - pair);
    if (user_len + 1 == len)
        return is_token(guard, span_of(pair, user_len));
    return is_token(guard, span_of(colon + 1, len - user_len - 1));
}

static bool is_authorized(const struct token_guard *guard, const struct exchange *exchange)
{
    const struct span header = trim(exchange->request.authorization);
    struct span credentials;

    if (has_scheme(header, "Bearer", &credentials))
        return is_token(guard, credentials);
    return has_scheme(header, "Basic", &credentials) && is_basic(guard, credentials, exchange->arena);
}

static bool is_in_query(const struct token_guard *guard, const struct exchange *exchange)
{
    const enum http_verb verb = exchange->request.verb;
    struct span given;

    return guard->takes_query && (verb == HTTP_VERB_GET || verb == HTTP_VERB_HEAD) &&
           codec_query_find(exchange->request.query, QUERY_NAME, exchange->arena, &given) &&
           is_token(guard, given);
}

bool token_guard_admits(const struct token_guard *guard, struct exchange *exchange)
{
    struct http_response *response = &exchange->response;
    const bool is_admitted =
        is_authorized(guard, exchange) ||
        (exchange->request.admin_token.len && is_token(guard, trim(exchange->request.admin_token))) ||
        is_in_query(guard, exchange);

    if (guard->takes_query)
        exchange->request.query = codec_query_without(exchange->request.query, QUERY_NAME, exchange->arena);
    if (is_admitted)
        return true;
    buf_reset(response->body);
    response->status = 401;
    response->content_type = NULL;
    response->headers = guard->challenge;
    exchange_explain(response, "it has no token, or a wrong one");
    return false;
}
