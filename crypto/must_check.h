/* Marks a function whose result says whether it failed, so that the compiler warns if the
 * result is ignored. */
#ifndef CRYPTO_MUST_CHECK_H
#define CRYPTO_MUST_CHECK_H

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
