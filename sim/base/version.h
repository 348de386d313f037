/* What the Version methods return and --version prints. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

extern const char version_number[]; /* "0.1.0" */
extern const char version_rev[];    /* the source revision, or "unknown" */

#endif
