/* Writes TDX quotes; see quote_format.h for their format. */
#ifndef TDX_QUOTE_H
#define TDX_QUOTE_H

#include "sim/base/buf.h"
#include "sim/tdx/platform.h"
#include "sim/tdx/quote_format.h"
#include "sim/tdx/registers.h"
#include "sim/tdx/scenario.h"
#include "sim/tdx/td_report.h"

/* A quote of one platform, complete except for registers, report data and signature.
 * Made once; free it with quote_template_free. */
struct quote_template {
    const struct quote_layout *layout;
    uint8_t report[TD_REPORT_15_BYTES]; /* the layout says how much of it is used */
    struct buf signature_data;          /* and the zeros after it */
    const struct p256_key *key;         /* what signs: one of the platform's */
};

/* The platform must outlive the template. */
void quote_template_init(struct quote_template *template, const struct platform *platform);
void quote_template_free(struct quote_template *template);

/* Makes later quotes follow the scenario. */
void quote_template_set_scenario(struct quote_template *template, const struct platform *platform,
                                 const struct scenario *scenario);

/* The size of every quote made from the template, until the scenario changes. */
size_t quote_size(const struct quote_template *template);

/* Sets whether TDATTRIBUTES of later quotes says debug. */
void quote_template_set_debug(struct quote_template *template, bool is_debug);

/* Sets the registers of later quotes. */
void quote_template_set_registers(struct quote_template *template, const struct registers *registers);

/* Writes a signed quote over the report data. The same input gives the same bytes.
 * Out: quote, quote_size(template) bytes. */
void quote_write(const struct quote_template *template,
                 const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], uint8_t *quote);

#endif
