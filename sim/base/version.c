#include "sim/base/version.h"

#include "version_data.h" /* written by the Makefile */

const char version_number[] = VERSION_NUMBER;
const char version_rev[] = VERSION_REV;
