/* Headers that tell browsers what a response may be used for. */
#ifndef RPC_RESPONSE_HEADERS_H
#define RPC_RESPONSE_HEADERS_H

#include "sim/http/exchange.h"

/* What a method returns may be a key: it is in no cache and in no other site's page. */
void response_headers_of_method(struct exchange *exchange);

/* What a page returns is what its type says. is_public: scripts of other sites may read every answer,
 * errors too, and issuer chains, which are in headers. They ask with a plain GET, which needs no
 * preflight. */
void response_headers_of_page(struct exchange *exchange, bool is_public);

#endif
