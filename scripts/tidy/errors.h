/* What clang's analyzer cannot see, because it looks at one file at a time and into no function with `...`:
 * these return -1. It is included before each file but the one that defines them. */
#ifndef TIDY_ERRORS_H
#define TIDY_ERRORS_H

#include "sim/base/error.h"

#define error_input(...) (error_input(__VA_ARGS__), -1)
#define error_unavailable(...) (error_unavailable(__VA_ARGS__), -1)
#define error_pending(...) (error_pending(__VA_ARGS__), -1)
#define error_internal(...) (error_internal(__VA_ARGS__), -1)
#define error_quote(...) (error_quote(__VA_ARGS__), -1)
#define error_quote_number(...) (error_quote_number(__VA_ARGS__), -1)
#define error_context(...) (error_context(__VA_ARGS__), -1)
#define error_advice(...) (error_advice(__VA_ARGS__), -1)

#endif
