#include "sim/services/app_version.h"

#include "sim/base/version.h"
#include "sim/services/registry.h"

#define WORKER "Worker." /* what its methods' labels begin with */

static bool has_header(const struct app_version *version, const struct http_response *response)
{
    const char *method = response->label.method;

    return version->is_public || (method && strncmp(method, WORKER, sizeof WORKER - 1) == 0);
}

static void serve(void *context, struct exchange *exchange)
{
    const struct app_version *version = context;
    struct http_response *response = &exchange->response;

    version->inner.serve(version->inner.context, exchange);
    if (has_header(version, response))
        response->headers =
            arena_printf(exchange->arena, "%sX-App-Version: v%s (git:%s)\r\n",
                         response->headers ? response->headers : "", version->td->image.version, version_rev);
}

struct http_handler app_version_handler(struct app_version *version, struct http_handler inner,
                                        unsigned services, const struct td *td)
{
    static const char name[] = "worker";

    *version = (struct app_version){
        .inner = inner,
        .is_public = services == registry_set(name, sizeof name - 1),
        .td = td,
    };
    return (struct http_handler){.serve = serve, .context = version};
}
