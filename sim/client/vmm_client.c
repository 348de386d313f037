#include "sim/client/vmm_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/base/buf.h"
#include "sim/base/value_count.h"

#define ANSWER_BYTES_MAX (64u * 1024 * 1024)
#define PIECE_BYTES 65536
#define WAIT_SECONDS 30 /* between two pieces of an answer */
#define HEARTBEAT "[vmm heartbeat]\n"

static int connect_to(const char *path, struct error *error)
{
    const struct timeval wait = {.tv_sec = WAIT_SECONDS};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return error_internal(error, "cannot open a socket: %s", strerror(errno));
    memcpy(address.sun_path, path, strnlen(path, sizeof address.sun_path - 1));
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        error_input(error,
                    "cannot connect to %s: %s; start dstack-simulator there, or give the --socket-dir of the "
                    "one that runs",
                    path, strerror(errno));
        close(fd);
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    return fd;
}

static int send_all(int fd, struct span data, struct error *error)
{
    while (data.len > 0) {
        ssize_t sent = send(fd, data.data, data.len, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return error_internal(error, "cannot send to the simulator: %s", strerror(errno));
        data = span_of(data.data + sent, data.len - (size_t)sent);
    }
    return 0;
}

/* Returns what came, 0 at the end, or -1 with an error. */
static ssize_t receive(int fd, uint8_t *piece, struct error *error)
{
    ssize_t got;

    do
        got = recv(fd, piece, PIECE_BYTES, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_internal(error, "the simulator does not answer: %s", strerror(errno));
    return got;
}

/* In HTTP/1.0 the body is all that comes after the head (RFC 9112, 6.3), in one piece. */
static int request(const struct vmm_client *client, const char *verb, const char *target, const char *body,
                   struct error *error)
{
    struct buf text;
    int fd = connect_to(client->socket, error);

    if (fd < 0)
        return -1;
    buf_init(&text, SIZE_MAX);
    buf_printf(&text, "%s %s HTTP/1.0\r\nContent-Type: application/json\r\n", verb, target);
    if (client->token)
        buf_printf(&text, "Authorization: Bearer %s\r\n", client->token);
    buf_printf(&text, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    if (send_all(fd, buf_span(&text), error)) {
        close(fd);
        fd = -1;
    }
    buf_free(&text);
    return fd;
}

/* The status in "HTTP/1.1 200 OK", and where the body begins, or -1. */
static int read_head(const struct buf *answer, size_t *body)
{
    static const char pattern[] = "HTTP/1.d ddd"; /* d: any digit */
    const uint8_t *end = answer->len ? memmem(answer->data, answer->len, "\r\n\r\n", 4) : NULL;
    const uint8_t *line = answer->data;

    if (!end || answer->len < sizeof pattern)
        return -1;
    for (size_t i = 0; pattern[i]; i++)
        if (pattern[i] == 'd' ? line[i] < '0' || line[i] > '9' : line[i] != (uint8_t)pattern[i])
            return -1;
    if (line[12] != ' ' && line[12] != '\r')
        return -1;
    *body = (size_t)(end - line) + 4;
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

/* Why there is no answer of the VMM with this status. */
static void explain(int status, const char *other, struct error *error)
{
    if (status == 401)
        error_input(error, "the simulator asks for a token: give the --vmm-token that it was started with");
    else
        error_input(error, "%s", other);
}

static json_t *read_answer(const struct buf *answer, struct error *error)
{
    size_t body;
    int status = read_head(answer, &body);
    struct span text;
    json_t *value;

    if (status < 0) {
        error_internal(error, "what answers there is not a simulator");
        return NULL;
    }
    text = span_of(answer->data + body, answer->len - body);
    value = value_count_allows_json(text)
                ? json_loadb((const char *)text.data, text.len, JSON_DECODE_ANY, NULL)
                : NULL;
    if (status == 200 && value)
        return value;
    explain(status,
            json_string_value(json_object_get(value, "error"))
                ? json_string_value(json_object_get(value, "error"))
                : "the answer is not JSON",
            error);
    json_decref(value);
    return NULL;
}

json_t *vmm_client_call(const struct vmm_client *client, const char *method, json_t *arguments,
                        struct error *error)
{
    char target[128], *body = arguments ? json_dumps(arguments, JSON_COMPACT) : strdup("{}");
    uint8_t *piece = malloc(PIECE_BYTES);
    json_t *value = NULL;
    struct buf answer;
    ssize_t got = -1;
    int fd;

    json_decref(arguments);
    buf_init(&answer, ANSWER_BYTES_MAX);
    snprintf(target, sizeof target, "/prpc/Teepod.%s", method);
    fd = body && piece ? request(client, "POST", target, body, error) : -1;
    while (fd >= 0 && (got = receive(fd, piece, error)) > 0)
        buf_append(&answer, piece, (size_t)got);
    if (fd >= 0 && got == 0)
        value = read_answer(&answer, error);
    if (fd >= 0)
        close(fd);
    buf_free(&answer);
    free(piece);
    free(body);
    return value;
}

static void write_piece(const uint8_t *piece, size_t len, bool is_patient, FILE *out)
{
    const size_t heartbeat = sizeof HEARTBEAT - 1;

    if (is_patient && len == heartbeat && memcmp(piece, HEARTBEAT, heartbeat) == 0)
        return;
    fwrite(piece, 1, len, out);
    fflush(out);
}

int vmm_client_copy(const struct vmm_client *client, const char *target, bool is_patient, FILE *out,
                    struct error *error)
{
    const struct timeval forever = {.tv_sec = 0};
    uint8_t piece[PIECE_BYTES];
    struct buf head;
    size_t body = 0;
    ssize_t got;
    int fd = request(client, "GET", target, "", error), status = -1;

    if (fd < 0)
        return -1;
    if (is_patient)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
    buf_init(&head, ANSWER_BYTES_MAX);
    while ((got = receive(fd, piece, error)) > 0) {
        if (status > 0) {
            write_piece(piece, (size_t)got, is_patient, out);
            continue;
        }
        buf_append(&head, piece, (size_t)got);
        status = read_head(&head, &body);
        if (status == 200)
            write_piece(head.data + body, head.len - body, is_patient, out);
        else if (status > 0)
            break;
    }
    close(fd);
    if (status != 200 && got >= 0)
        explain(status, status == 404 ? "there is no such VM" : "what answers there is not a simulator",
                error);
    buf_free(&head);
    return status == 200 && got >= 0 ? 0 : -1;
}
