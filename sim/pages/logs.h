/* /logs/<container>: the log of a container, as the guest agent serves it on external.sock.
 * The simulator runs no containers: the lines come from <logs-dir>/<container>.log. Without
 * such a file the answer is that of the real agent for an unknown container: a 200 with
 * {"error": ...}. */
#ifndef PAGES_LOGS_H
#define PAGES_LOGS_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds the page; the site must outlive the router.
 *
 * Query: tail=N (1000) shows only the last lines; each line is a JSON object
 * {"channel","message"} with the message in base64, or as plain text with text=true;
 * bare=true shows only the messages. since, until, timestamps, follow and ansi are
 * accepted and ignored, because a file has no timestamps and does not grow. */
void logs_add(const struct site *site, struct router *router);

#endif
