#include "sim/process/health_watch.h"

#define LINE_BYTES 512

static void tell(const struct health_watch *watch, const struct td *td)
{
    const struct app_health_verdict *verdict = app_health_report(&td->health);
    char line[LINE_BYTES];

    app_health_describe(verdict, line, sizeof line);
    log_write(watch->log, verdict->is_healthy ? LOG_INFO : LOG_WARN, "app health of TD %u: %s", td->number,
              line);
}

static void on_timer(uv_timer_t *timer)
{
    const struct health_watch *watch = timer->data;

    for (struct td *td = watch->cluster->first; td; td = td->next)
        if (td_judge_health(td))
            tell(watch, td);
}

void health_watch_start(struct health_watch *watch, uv_loop_t *loop, const struct cluster *cluster,
                        struct log *log)
{
    watch->cluster = cluster;
    watch->log = log;
    uv_timer_init(loop, &watch->timer);
    watch->timer.data = watch;
    uv_timer_start(&watch->timer, on_timer, 0, HEALTH_WATCH_MILLIS);
}

void health_watch_stop(struct health_watch *watch)
{
    if (watch->timer.data)
        uv_close((uv_handle_t *)&watch->timer, NULL);
}
