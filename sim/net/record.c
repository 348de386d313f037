#include "sim/net/record.h"

#include <stdio.h>

void record_name_client(const uv_tcp_t *socket, char name[static RECORD_CLIENT_BYTES])
{
    struct sockaddr_storage address;
    int len = sizeof address;
    char host[46] = "?";

    if (uv_tcp_getpeername(socket, (struct sockaddr *)&address, &len) != 0)
        address.ss_family = AF_UNSPEC;
    if (address.ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address;
        uv_ip6_name(in6, host, sizeof host);
        snprintf(name, RECORD_CLIENT_BYTES, "[%s]:%u", host, ntohs(in6->sin6_port));
    } else if (address.ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)&address;
        uv_ip4_name(in, host, sizeof host);
        snprintf(name, RECORD_CLIENT_BYTES, "%s:%u", host, ntohs(in->sin_port));
    } else {
        snprintf(name, RECORD_CLIENT_BYTES, "%s", host);
    }
}

static const char *note_of(const struct http_fault *fault)
{
    if (fault->drop)
        return fault->delay_ms ? "delayed, dropped" : "dropped";
    if (fault->cut)
        return fault->delay_ms ? "delayed, cut" : "cut";
    if (fault->fails)
        return fault->delay_ms ? "delayed, failed" : "failed";
    return fault->delay_ms ? "delayed" : NULL;
}

void record_answer(struct log *log, struct stats *stats, const struct http_answer *answer, const char *client,
                   uint64_t micros)
{
    const bool dropped = answer->fault.drop;
    const char *note = note_of(&answer->fault);

    stats_record(stats, &(struct stats_request){
                            .method = answer->method,
                            .verb = answer->verb,
                            .path = answer->path,
                            .status = dropped ? 0 : answer->status,
                            .body_bytes = dropped ? 0 : answer->body_bytes,
                            .micros = micros,
                            .client = client,
                            .note = note,
                            .background = answer->background,
                        });
    log_request(log, &(struct log_request){
                         .verb = answer->verb ? answer->verb : "-",
                         .path = answer->path,
                         .method = answer->method,
                         .status = dropped ? 0 : answer->status,
                         .body_bytes = dropped ? 0 : answer->body_bytes,
                         .micros = micros,
                         .client = client,
                         .note = note,
                         .level = answer->background ? LOG_DEBUG : LOG_INFO,
                     });
}
