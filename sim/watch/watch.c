#include "sim/watch/watch.h"

#include "sim/watch/access_log.h"

static void opened(void *data)
{
    stats_connected(((struct watch *)data)->stats);
}

static void closed(void *data)
{
    stats_disconnected(((struct watch *)data)->stats);
}

static void answered(void *data, const struct http_answer *answer)
{
    const struct watch *watch = data;

    stats_record(watch->stats, answer);
    access_log_write(watch->log, answer);
}

static void troubled(void *data, enum http_trouble trouble, const char *sentence)
{
    log_write(((struct watch *)data)->log, trouble == HTTP_TROUBLE_WARNING ? LOG_WARN : LOG_DEBUG, "%s",
              sentence);
}

void watch_init(struct watch *watch, struct log *log, struct stats *stats)
{
    *watch = (struct watch){
        .log = log,
        .stats = stats,
        .observer = {opened, closed, answered, troubled, watch},
    };
}
