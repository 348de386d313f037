/* What all pages with collateral share. */
#ifndef PAGES_COLLATERAL_ANSWER_H
#define PAGES_COLLATERAL_ANSWER_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* The site's current collateral, or NULL after answering 500. */
const struct collateral *collateral_answer_fetch(const struct site *site, struct exchange *exchange);

/* Adds a header with an issuer chain, percent-encoded PEM (RFC 3986, 2.1). */
void collateral_answer_chain(struct exchange *exchange, const char *header, const char *chain);

void collateral_answer(struct exchange *exchange, const char *type, const void *body, size_t len);

#endif
