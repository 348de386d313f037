/* What Version answers and --version prints. */
#ifndef SERVICES_VERSION_H
#define SERVICES_VERSION_H

extern const char version_number[]; /* "0.1.0" */
extern const char version_rev[];    /* source revision, or "unknown" */

#endif
