#include "sim/pages/public_pages.h"

void public_pages_add(const struct site *site, struct router *router, const struct public_page *pages,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        router_add_page(router, &(struct router_page){.path = pages[i].path,
                                                      .serve = pages[i].serve,
                                                      .context = site,
                                                      .is_public = true,
                                                      .openapi = pages[i].openapi});
}
