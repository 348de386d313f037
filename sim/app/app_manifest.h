/* Which app-compose.json an OS image takes. What came with dstack 0.6 announces itself with a string as
 * manifest_version, so that older guests refuse it. */
#ifndef APP_APP_MANIFEST_H
#define APP_APP_MANIFEST_H

#include "sim/app/app_compose.h"

#define APP_MANIFEST_SENTENCE_BYTES 256

/* Checks the members that depend on the image. is_0_6: it is of dstack 0.6 or later. */
MUST_CHECK int app_manifest_check(const struct app_compose *compose, bool is_0_6, struct error *error);

/* Writes a sentence about the members that only an image of dstack 0.6 heeds; returns false if the file
 * has none. */
bool app_manifest_ignored(const struct app_compose *compose,
                          char sentence[static APP_MANIFEST_SENTENCE_BYTES]);

#endif
