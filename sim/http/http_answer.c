#include "sim/http/http_answer.h"

int http_answer_status(const struct http_answer *answer)
{
    return answer->fault.drop ? 0 : answer->status;
}

size_t http_answer_bytes(const struct http_answer *answer)
{
    return answer->fault.drop ? 0 : answer->body_bytes;
}

const char *http_answer_note(const struct http_answer *answer)
{
    const struct http_fault *fault = &answer->fault;

    if (fault->drop)
        return fault->delay_ms ? "delayed, dropped" : "dropped";
    if (fault->cut)
        return fault->delay_ms ? "delayed, cut" : "cut";
    if (fault->garbage)
        return fault->delay_ms ? "delayed, garbage" : "garbage";
    if (fault->fails)
        return fault->delay_ms ? "delayed, failed" : "failed";
    return fault->delay_ms ? "delayed" : NULL;
}
