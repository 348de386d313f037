#include "sim/pages/log_stream.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/base64.h"
#include "sim/base/file_parts.h"
#include "sim/base/json_text.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

#define BLOCK_BYTES (32u * 1024)
#define SEEK_BLOCKS 8           /* in one pull */
#define STEP_BYTES (12 * 1024u) /* of a line at once; whole groups of base64 */
#define GROUP_BYTES 3
#define CHARACTER_BYTES_MAX 4

struct log_stream {
    struct http_stream stream; /* first: pull gets back from it to the struct */
    struct file_parts file;
    enum log_stream_form form;
    size_t lines;    /* to go back before the first one is found; 0: it is */
    size_t at;       /* what is written next, or how far back the search is */
    bool is_in_line; /* its beginning has been written */
};

/* --- where the last lines begin --- */

static size_t count_newlines(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += text[i] == '\n';
    return count;
}

/* Goes back over a block, to where the lines begin or to its start. */
static void seek_in(struct log_stream *log, const char *block, size_t len)
{
    const size_t count = count_newlines(block, len), start = log->at - len;

    if (count < log->lines) {
        log->lines -= count;
        log->at = start;
        return;
    }
    for (; log->lines > 0; log->lines--)
        len = (size_t)((const char *)memrchr(block, '\n', len) - block);
    log->at = start + len + 1;
}

static int seek(struct log_stream *log)
{
    char block[BLOCK_BYTES];

    for (int i = 0; i < SEEK_BLOCKS && log->lines > 0 && log->at > 0; i++) {
        size_t len = log->at < sizeof block ? log->at : sizeof block;

        if (file_parts_read(&log->file, log->at - len, block, len))
            return -1;
        if (log->at == log->file.size && block[len - 1] == '\n')
            log->lines++; /* the one that ends the last line */
        seek_in(log, block, len);
    }
    if (log->at == 0)
        log->lines = 0;
    return 0;
}

/* --- lines --- */

static void begin_line(struct log_stream *log, struct buf *out)
{
    if (log->is_in_line)
        return;
    log->is_in_line = true;
    if (log->form == LOG_STREAM_BARE)
        return;
    json_text_member(out, '{', "channel", "stdout");
    json_text_key(out, ',', "message");
    buf_append_byte(out, '"');
}

static void end_line(struct log_stream *log, struct buf *out)
{
    log->is_in_line = false;
    buf_append_text(out, log->form == LOG_STREAM_BARE ? "\n" : "\"}\n");
}

static void append(const struct log_stream *log, struct span text, struct buf *out)
{
    uint8_t *room;

    switch (log->form) {
    case LOG_STREAM_BARE:
        buf_append_span(out, text);
        return;
    case LOG_STREAM_TEXT:
        json_text_escaped(out, (const char *)text.data, text.len);
        return;
    case LOG_STREAM_BASE64:
        room = buf_reserve(out, BASE64_CHARS(text.len));
        if (room)
            out->len += base64_encode(text.data, text.len, (char *)room);
    }
}

/* How much of a text that goes on can be written without cutting a character or a group of base64. */
static size_t whole_part(const struct log_stream *log, struct span text)
{
    size_t cut = 0;
    uint32_t character;

    if (log->form == LOG_STREAM_BASE64)
        return text.len - text.len % GROUP_BYTES;
    while (log->form == LOG_STREAM_TEXT && cut < CHARACTER_BYTES_MAX - 1 && cut < text.len) {
        cut++;
        if ((text.data[text.len - cut] & 0xc0) != 0x80)
            return utf8_read(text.data + text.len - cut, cut, &character) || text.data[text.len - cut] < 0xc0
                       ? text.len
                       : text.len - cut;
    }
    return text.len;
}

/* Writes some of a block that is followed by more of the file unless it is its end. Returns how much of it
 * is done; 0: more is needed at once than the block still has. */
static size_t write_some(struct log_stream *log, struct span block, bool is_end, struct buf *out)
{
    struct span text = span_of(block.data, block.len < STEP_BYTES ? block.len : STEP_BYTES);
    const uint8_t *newline = memchr(text.data, '\n', text.len);

    begin_line(log, out);
    if (newline)
        text.len = (size_t)(newline - text.data);
    else if (!is_end || text.len < block.len)
        text.len = whole_part(log, text);
    append(log, text, out);
    if (newline || (is_end && text.len == block.len))
        end_line(log, out);
    return text.len + (newline != NULL);
}

/* --- the stream --- */

static enum http_stream_state fail(struct log_stream *log, struct buf *out)
{
    if (log->is_in_line)
        end_line(log, out);
    json_text_member(out, '{', "error", "the log was replaced or cut while it was read");
    buf_append_text(out, "}\n");
    return HTTP_STREAM_END;
}

static enum http_stream_state write_block(struct log_stream *log, struct buf *out)
{
    uint8_t block[BLOCK_BYTES];
    const size_t left = log->file.size - log->at, len = left < sizeof block ? left : sizeof block;
    size_t done = 0, step = 1;

    if (file_parts_read(&log->file, log->at, block, len))
        return fail(log, out);
    while (done < len && step > 0 && out->len < HTTP_STREAM_PIECE_BYTES) {
        step = write_some(log, span_of(block + done, len - done), len == left, out);
        done += step;
    }
    log->at += done;
    return log->at < log->file.size ? HTTP_STREAM_MORE : HTTP_STREAM_END;
}

static enum http_stream_state pull(struct http_stream *stream, struct buf *out)
{
    struct log_stream *log = (struct log_stream *)stream;

    if (log->lines > 0)
        return seek(log) ? fail(log, out) : HTTP_STREAM_MORE;
    return log->at < log->file.size ? write_block(log, out) : HTTP_STREAM_END;
}

static void release(struct http_stream *stream)
{
    struct log_stream *log = (struct log_stream *)stream;

    file_parts_free(&log->file);
    free(log);
}

struct http_stream *log_stream_new(const char *path, size_t limit, size_t lines, enum log_stream_form form,
                                   struct error *error)
{
    static const struct http_stream_actions actions = {pull, release};
    struct log_stream *log = memory_zalloc(sizeof *log);

    log->stream.actions = &actions;
    log->form = form;
    if (file_parts_init(&log->file, path, limit, error)) {
        free(log);
        return NULL;
    }
    log->lines = lines == LOG_STREAM_ALL ? 0 : lines;
    log->at = lines == LOG_STREAM_ALL ? 0 : log->file.size;
    return &log->stream;
}
