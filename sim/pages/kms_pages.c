#include "sim/pages/kms_pages.h"

#include "sim/pages/metrics_text.h"

static void serve_health(const void *context, struct exchange *exchange)
{
    exchange->response.content_type = "text/plain; charset=utf-8";
    buf_append_text(exchange->response.body, "OK");
}

static void serve_metrics(const void *context, struct exchange *exchange)
{
    static const struct metrics_family requests = {"dstack_kms_attestation_requests_total", METRICS_COUNTER,
                                                   "Requests whose client certificate had an attestation."};
    static const struct metrics_family failures = {"dstack_kms_attestation_failures_total", METRICS_COUNTER,
                                                   "Those whose attestation did not verify."};
    const struct kms_server *kms = ((const struct site *)context)->kms;
    struct buf *out = exchange->response.body;

    exchange->response.content_type = METRICS_TEXT_TYPE;
    metrics_text_family(out, &requests);
    metrics_text_count(out, &requests, (struct metrics_labels){NULL, 0}, kms->attestation_requests);
    metrics_text_family(out, &failures);
    metrics_text_count(out, &failures, (struct metrics_labels){NULL, 0}, kms->attestation_failures);
}

void kms_pages_add(const struct site *site, struct router *router)
{
    router_add_page(router,
                    &(struct router_page){.path = "/health", .serve = serve_health, .is_background = true});
    router_add_page(router,
                    &(struct router_page){
                        .path = "/metrics", .serve = serve_metrics, .context = site, .is_background = true});
}
