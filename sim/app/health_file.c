#include "sim/app/health_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/utf8.h"

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Takes a line off the front, without the spaces around it; returns false if none is left. */
static bool take_line(struct span *rest, struct span *line)
{
    const uint8_t *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->data) : rest->len;

    if (rest->len == 0)
        return false;
    *line = span_of(rest->data, len);
    *rest = span_of(rest->data + len + (end != NULL), rest->len - len - (end != NULL));
    while (line->len && is_space(line->data[line->len - 1]))
        line->len--;
    while (line->len && is_space(line->data[0]))
        *line = span_of(line->data + 1, line->len - 1);
    return true;
}

static bool read_seconds(struct span line, uint64_t *seconds)
{
    *seconds = 0;
    for (size_t i = 0; i < line.len; i++) {
        unsigned digit = (unsigned)line.data[i] - '0';

        if (digit > 9 || *seconds > (UINT64_MAX - digit) / 10)
            return false;
        *seconds = *seconds * 10 + digit;
    }
    return line.len > 0;
}

static bool is_word(struct span line, const char *word)
{
    return line.len == strlen(word) && strncasecmp((const char *)line.data, word, line.len) == 0;
}

static bool fail(char reason[static HEALTH_FILE_REASON_BYTES], const char *why)
{
    snprintf(reason, HEALTH_FILE_REASON_BYTES, "%s", why);
    return false;
}

bool health_file_judge(struct span contents, int64_t now, char reason[static HEALTH_FILE_REASON_BYTES])
{
    struct span state, time;
    uint64_t written, age;

    if (!utf8_valid(contents.data, contents.len))
        return fail(reason, "health file is not UTF-8 text");
    if (!take_line(&contents, &state))
        return fail(reason, "health file is empty");
    if (!take_line(&contents, &time))
        return fail(reason, "health file must have two lines: healthy or unhealthy, and a Unix time");
    if (!read_seconds(time, &written))
        return fail(reason, "health file line 2 is not a Unix time in seconds");
    age = now > 0 && (uint64_t)now > written ? (uint64_t)now - written : 0; /* clocks may differ */
    if (age > HEALTH_FILE_AGE_SECONDS_MAX) {
        snprintf(reason, HEALTH_FILE_REASON_BYTES,
                 "health file is stale: written %" PRIu64 " s ago, at most %d s count", age,
                 HEALTH_FILE_AGE_SECONDS_MAX);
        return false;
    }
    if (is_word(state, "unhealthy"))
        return fail(reason, "app reports unhealthy");
    return is_word(state, "healthy") || fail(reason, "health file line 1 is neither healthy nor unhealthy");
}

/* Opening a FIFO would otherwise wait for a writer. */
static int open_regular(const char *path, char reason[static HEALTH_FILE_REASON_BYTES])
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;

    if (fd < 0) {
        fail(reason, errno == ENOENT ? "health file has not been written yet" : "health file cannot be read");
        return -1;
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        fail(reason, "health file is not a regular file");
        return -1;
    }
    return fd;
}

bool health_file_read(const char *path, int64_t now, char reason[static HEALTH_FILE_REASON_BYTES])
{
    uint8_t bytes[HEALTH_FILE_BYTES_MAX];
    int fd = open_regular(path, reason);
    size_t len = 0;
    ssize_t got = 0;

    if (fd < 0)
        return false;
    while (len < sizeof bytes && (got = read(fd, bytes + len, sizeof bytes - len)) > 0)
        len += (size_t)got;
    close(fd);
    return got < 0 ? fail(reason, "health file cannot be read")
                   : health_file_judge(span_of(bytes, len), now, reason);
}
