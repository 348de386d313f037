/* /logs/<container>: what a container wrote, as the guest agent shows it on
 * external.sock. There is no Docker under the simulator: the lines come from
 * <logs-dir>/<container>.log, and without such a file the answer is the error the
 * real agent gives where there is no such container: a 200 with {"error": ...}. */
#ifndef PAGES_LOGS_H
#define PAGES_LOGS_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds the page; the site outlives the router.
 *
 * Query: tail=N (1000) shows only the last lines; each line is a JSON object
 * {"channel","message"} with the message in base64, or as it is with text=true;
 * bare=true shows the bare messages. since, until, timestamps, follow and ansi are
 * accepted and change nothing, because files have neither times nor an end to wait for. */
void logs_add(const struct site *site, struct router *router);

#endif
