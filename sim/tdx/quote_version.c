#include "sim/tdx/quote_version.h"

#include "sim/base/spelling.h"
#include "sim/tdx/quote_format.h"
#include "sim/tdx/td_report.h"

enum { BODY_TD_REPORT_10 = 2, BODY_TD_REPORT_15 = 3 };

static const struct {
    const char *name;
    struct quote_layout layout;
} versions[] = {
    [QUOTE_VERSION_4] = {"4", {4, 0, QUOTE_HEADER_BYTES, TD_REPORT_10_BYTES}},
    [QUOTE_VERSION_5] = {"5",
                         {5, BODY_TD_REPORT_10, QUOTE_HEADER_BYTES + QUOTE_BODY_HEAD_BYTES,
                          TD_REPORT_10_BYTES}},
    [QUOTE_VERSION_5_TD15] = {"5-td15",
                              {5, BODY_TD_REPORT_15, QUOTE_HEADER_BYTES + QUOTE_BODY_HEAD_BYTES,
                               TD_REPORT_15_BYTES}},
};

const struct quote_layout *quote_version_layout(enum quote_version version)
{
    return &versions[version].layout;
}

const char *quote_version_name(enum quote_version version)
{
    return versions[version].name;
}

const char *quote_version_word(size_t index)
{
    return index < sizeof versions / sizeof *versions ? versions[index].name : NULL;
}

int quote_version_read(const char *name, enum quote_version *version, struct error *error)
{
    size_t index;

    if (spelling_find(name, quote_version_word, &index, error))
        return -1;
    *version = (enum quote_version)index;
    return 0;
}
