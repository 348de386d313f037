/* A result that says whether something failed: the compiler warns where nobody looks at it. */
#ifndef CRYPTO_MUST_CHECK_H
#define CRYPTO_MUST_CHECK_H

#define MUST_CHECK __attribute__((warn_unused_result))

#endif
