/* Makes the 64 bytes of REPORTDATA from what clients send.
 *
 * dstack binds content to a quote as H(prefix || ':' || content), padded with
 * zeros to 64 bytes. */
#ifndef TD_REPORT_DATA_H
#define TD_REPORT_DATA_H

#include "crypto/must_check.h"
#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/tdx/quote_format.h"

#define REPORT_DATA_BYTES QUOTE_REPORT_DATA_BYTES

/* Pads data of at most 64 bytes with zeros. */
MUST_CHECK int report_data_pad(struct span data, uint8_t out[static REPORT_DATA_BYTES], struct error *error);

/* The report data of Tappd.TdxQuote. algorithm: a name from crypto/hash.h, or raw, which
 * takes exactly 64 bytes and ignores the prefix. */
MUST_CHECK int report_data_hash(const char *algorithm, const char *prefix, struct span data,
                                uint8_t out[static REPORT_DATA_BYTES], struct error *error);

#endif
