#include "sim/td/td_config.h"

#include "sim/base/embedded.h"

static struct span fixture_span(const char *name)
{
    const struct embedded_file *file = embedded_find(embedded_fixtures, name);

    return file ? span_of(file->data, file->len) : SPAN_NONE;
}

void td_config_init(struct td_config *config)
{
    *config = (struct td_config){
        .instance = TD_INSTANCE_DEFAULT,
        .boot = 1,
        .app_compose = fixture_span("app-compose.json"),
        .app_compose_name = "app-compose",
        .app_keys_name = "app keys",
        .sys_config_name = "sys-config",
        .gpu_info_name = "GPU info",
        .os_image = os_image_embedded(OS_IMAGE_LINE_0_5),
        .machine = fixture_span("machine.json"),
    };
}
