/* What a user should know of a TD at the start, besides the banner. */
#ifndef PROCESS_NOTICES_H
#define PROCESS_NOTICES_H

#include "sim/cluster/cluster.h"

#define NOTICES_BYTES 512

/* Writes the index-th notice, one sentence; returns false past the last. */
bool notices_find(const struct td *td, size_t index, char sentence[static NOTICES_BYTES]);

#endif
