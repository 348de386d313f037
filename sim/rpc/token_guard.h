/* Token authentication, as dstack's VMM and the administration of its KMS and gateway have it: a token
 * in Authorization as Bearer or Basic, in X-Admin-Token or, where allowed, in the query string. */
#ifndef RPC_TOKEN_GUARD_H
#define RPC_TOKEN_GUARD_H

#include <stdint.h>

#include "sim/http/exchange.h"

#define TOKEN_GUARD_DIGEST_BYTES 32

struct token_guard {
    uint8_t digest[TOKEN_GUARD_DIGEST_BYTES]; /* SHA-256 of the token */
    const char *challenge;                    /* header lines of the refusal; static */
    bool takes_query;                         /* also ?token=TOKEN of a GET */
};

/* challenge: "WWW-Authenticate: Basic realm=\"...\"\r\n". */
void token_guard_init(struct token_guard *guard, const char *token, const char *challenge, bool takes_query);

/* Whether the request has the token. If not, the response is the refusal: 401 without a body. Takes
 * `token` off the query string. */
bool token_guard_admits(const struct token_guard *guard, struct exchange *exchange);

#endif
