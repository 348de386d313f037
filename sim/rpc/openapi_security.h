/* What /openapi.json says of a token: which paths ask for one, and how it is given (token_guard.h). */
#ifndef RPC_OPENAPI_SECURITY_H
#define RPC_OPENAPI_SECURITY_H

#include "sim/rpc/router.h"

/* Appends `,"security":[...]` to an operation, or nothing without a guard. is_get: it may be in the query
 * string, where the guard allows that. */
void openapi_security_write(const struct token_guard *guard, bool is_get, struct buf *out);

/* Appends the response of who has no token to others, or nothing without a guard. */
void openapi_security_refusal(const struct token_guard *guard, struct buf *out);

/* Appends `,"securitySchemes":{...}` to the components, or nothing if no path of the router has a guard. */
void openapi_security_schemes(const struct router *router, struct buf *out);

#endif
