/* Versions and ranges of versions (semver.org). Ranges are those of Rust's package manager, which is
 * what dstack's guest reads them with: ">=0.6.0, <0.7.0", "^0.6", "0.6", "~0.6.1", "0.*". */
#ifndef FORMAT_SEMVER_H
#define FORMAT_SEMVER_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"

/* A release: one without a suffix such as -rc.1. */
struct semver {
    uint64_t major, minor, patch;
};

/* Reads "0.6.0". */
bool semver_read(const char *text, struct semver *version);

/* Whether a release is in a range. An error says what is wrong with the range. */
MUST_CHECK int semver_match(const char *range, const struct semver *version, bool *is_match,
                            struct error *error);

#endif
