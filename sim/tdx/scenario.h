/* What a test makes wrong with the platform, to check that an app refuses it, and the version of its
 * quotes. */
#ifndef TDX_SCENARIO_H
#define TDX_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/error.h"
#include "sim/tdx/quote_version.h"
#include "sim/tdx/tcb_status.h"

#define SCENARIO_ADVISORIES_MAX 16
#define SCENARIO_ADVISORY_BYTES 32 /* with NUL: "INTEL-SA-00837" */

/* What Intel gives a status of its own. */
enum scenario_part {
    SCENARIO_PLATFORM, /* CPU, firmware and PCE: a level of the TCB info */
    SCENARIO_TDX_MODULE,
    SCENARIO_QE,
};

/* All zero is a healthy platform with quotes of version 4. Where two statuses concern a part, the
 * worse one counts. */
struct scenario {
    enum tcb_status tcb_status;       /* of all parts, which a TCB recovery event puts out of date together */
    enum tcb_status early_tcb_status; /* the same, but in the early evaluation data set only */
    enum tcb_status platform_status;  /* of one part only */
    enum tcb_status tdx_module_status; /* see tcb_status_of_part */
    enum tcb_status qe_status;
    char advisories[SCENARIO_ADVISORIES_MAX][SCENARIO_ADVISORY_BYTES];
    size_t advisory_count;
    bool has_recovered;      /* the documents are those of OutOfDate, and new quotes have what they ask for */
    bool pck_revoked;        /* the PCK CRL lists the PCK certificate */
    bool collateral_expired; /* signed documents expired yesterday */
    bool key_not_vouched;    /* quotes are signed by a key the QE report does not name */
    enum quote_version quote_version;
};

/* The status of a part, in the early evaluation data set or in the others. */
enum tcb_status scenario_status(const struct scenario *scenario, enum scenario_part part, bool is_early);

struct platform;
struct platform_level;

/* The level of the platform that signs new quotes. */
const struct platform_level *scenario_level(const struct scenario *scenario, const struct platform *platform);

/* Fails if settings exclude each other: no other status goes with has_recovered. */
MUST_CHECK int scenario_check(const struct scenario *scenario, struct error *error);

/* Whether any part has a status other than UpToDate in any evaluation data set, at any level. */
bool scenario_is_demoted(const struct scenario *scenario);

/* The statuses that are set one by one, and what they are called. */
struct scenario_field {
    const char *member; /* "tdx_module_status": in messages */
    const char *part;   /* "tdx-module": in options. NULL for tcb_status, which concerns all parts */
    const char *title;  /* "TDX module": for people */
    size_t offset;      /* in struct scenario */
    bool is_of_part;    /* UpToDate, OutOfDate or Revoked */
};
#define SCENARIO_FIELDS 5
extern const struct scenario_field scenario_fields[SCENARIO_FIELDS];

enum tcb_status scenario_get(const struct scenario *scenario, const struct scenario_field *field);

/* Sets it by the name of a status. The error lists the names that it can have. */
MUST_CHECK int scenario_set(struct scenario *scenario, const struct scenario_field *field, const char *name,
                            struct error *error);

/* Adds an advisory id: letters, digits and dashes. One that looks like Intel's must be written as
 * Intel writes them, because a verifier compares them literally. */
MUST_CHECK int scenario_add_advisory(struct scenario *scenario, const char *id, struct error *error);

#endif
