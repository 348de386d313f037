/* TDX quotes, written: see quote_format.h for their format. */
#ifndef TDX_QUOTE_H
#define TDX_QUOTE_H

#include "sim/base/buf.h"
#include "sim/tdx/platform.h"
#include "sim/tdx/quote_format.h"
#include "sim/tdx/registers.h"
#include "sim/tdx/scenario.h"

/* A quote of one platform with everything in place but registers, report data
 * and signature. Made once; buf_free(&template->bytes). */
struct quote_template {
    struct buf bytes;
    const struct p256_key *key; /* what signs: one of the platform's */
};

/* The platform must outlive the template. */
void quote_template_init(struct quote_template *template, const struct platform *platform);

/* Makes the quotes that follow those of the scenario's platform. */
void quote_template_set_scenario(struct quote_template *template, const struct platform *platform,
                                 const struct scenario *scenario);

/* Bytes of every quote made from it. */
size_t quote_size(const struct quote_template *template);

/* Whether TDATTRIBUTES of the quotes that follow says debug. */
void quote_template_set_debug(struct quote_template *template, bool is_debug);

/* Puts the registers into the template for the quotes that follow. */
void quote_template_set_registers(struct quote_template *template, const struct registers *registers);

/* Writes a signed quote over the report data. The same input gives the same bytes.
 * Out: quote, quote_size(template) long. */
void quote_write(const struct quote_template *template,
                 const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], uint8_t *quote);

#endif
