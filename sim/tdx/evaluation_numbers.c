#include "sim/tdx/evaluation_numbers.h"

#include "sim/base/json_text.h"
#include "sim/tdx/tcb_info.h"

static void describe(struct buf *out, enum evaluation_set set, int64_t now)
{
    json_text_member_uint(out, '{', "tcbEvaluationDataNumber", evaluation_number(set));
    tcb_document_date(out, "tcbRecoveryEventDate", evaluation_event(set, now));
    tcb_document_date(out, "tcbDate", evaluation_tcb_date(set, now));
    buf_append_byte(out, '}');
}

char *evaluation_numbers_render(const struct platform *platform, const struct scenario *scenario,
                                const struct tcb_edition *edition)
{
    struct buf out;

    tcb_document_begin(&out, tcb_info_id(edition->tee), EVALUATION_NUMBERS_VERSION, scenario, edition->now);
    json_text_key(&out, ',', "tcbEvalNumbers");
    for (unsigned i = EVALUATION_SETS; i-- > 0;) {
        buf_append_byte(&out, i == EVALUATION_SETS - 1 ? '[' : ',');
        describe(&out, (enum evaluation_set)i, edition->now);
    }
    buf_append_text(&out, "]}");
    return tcb_document_sign(EVALUATION_NUMBERS, &out, &platform->tcb_signing.key);
}
