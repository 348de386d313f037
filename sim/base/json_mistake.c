#include "sim/base/json_mistake.h"

#include <strings.h>

#define DEPTH_MAX 64                /* deeper text is not looked at */
#define READ_BYTES_MAX (128 * 1024) /* nor what is read after so much, in which people would not look */

#define SHELL "; in a shell, put single quotes around the whole text"

static const char extra_comma[] = "there is a comma too many";
static const char no_comma[] = "a comma is missing";
static const char no_colon[] = "a colon is missing after the name";
static const char comment[] = "JSON has no comments";
static const char single_quotes[] = "strings need double quotes, not single ones";
static const char curly_quotes[] = "strings need straight double quotes (\")";
static const char bare_name[] = "names need double quotes" SHELL;
static const char bare_string[] = "strings need double quotes" SHELL;
static const char wrong_word[] = "JSON has only the words true, false and null";
static const char byte_order_mark[] = "the text begins with a byte order mark: leave it out";

enum before { BEFORE_NOTHING, BEFORE_OPEN, BEFORE_COMMA, BEFORE_NAME, BEFORE_COLON, BEFORE_VALUE };

struct scan {
    struct span text;
    size_t at;
    enum before before; /* the token at `at` */
    size_t comma;       /* the offset of the last one */
    uint64_t objects;   /* a bit for each open bracket, the innermost lowest: is it a brace? */
    unsigned depth;
    const char *sentence; /* of the mistake found, or NULL */
    size_t mistake;       /* its offset */
};

static bool stop_at(struct scan *scan, const char *sentence, size_t offset)
{
    scan->sentence = sentence;
    scan->mistake = offset;
    return false;
}

static bool starts_with(const struct scan *scan, const char *text)
{
    size_t len = strlen(text);

    return scan->text.len - scan->at >= len && memcmp(scan->text.data + scan->at, text, len) == 0;
}

static bool is_in_object(const struct scan *scan)
{
    return scan->depth > 0 && (scan->objects & 1);
}

/* Whether the token at hand is the name of a member. */
static bool is_name(const struct scan *scan)
{
    return is_in_object(scan) && (scan->before == BEFORE_OPEN || scan->before == BEFORE_COMMA);
}

/* --- tokens: each returns false when the scan is over --- */

/* A name or a value may be here, or what is missing before it is the mistake. */
static bool may_begin(struct scan *scan)
{
    if (scan->before == BEFORE_VALUE && scan->depth > 0)
        return stop_at(scan, no_comma, scan->at);
    if (scan->before == BEFORE_NAME)
        return stop_at(scan, no_colon, scan->at);
    return scan->before != BEFORE_VALUE;
}

static bool open_bracket(struct scan *scan, bool is_object)
{
    if (!may_begin(scan) || is_name(scan) || scan->depth == DEPTH_MAX)
        return false;
    scan->objects = scan->objects << 1 | is_object;
    scan->depth++;
    scan->before = BEFORE_OPEN;
    scan->at++;
    return true;
}

static bool close_bracket(struct scan *scan, bool is_object)
{
    if (scan->depth == 0 || is_in_object(scan) != is_object)
        return false;
    if (scan->before == BEFORE_COMMA)
        return stop_at(scan, extra_comma, scan->comma);
    if (scan->before != BEFORE_OPEN && scan->before != BEFORE_VALUE)
        return false;
    scan->objects >>= 1;
    scan->depth--;
    scan->before = BEFORE_VALUE;
    scan->at++;
    return true;
}

static bool read_comma(struct scan *scan)
{
    if (scan->before == BEFORE_COMMA || scan->before == BEFORE_OPEN)
        return stop_at(scan, extra_comma, scan->at);
    if (scan->before != BEFORE_VALUE || scan->depth == 0)
        return false;
    scan->comma = scan->at++;
    scan->before = BEFORE_COMMA;
    return true;
}

static bool read_colon(struct scan *scan)
{
    if (scan->before != BEFORE_NAME)
        return false;
    scan->before = BEFORE_COLON;
    scan->at++;
    return true;
}

static bool read_string(struct scan *scan)
{
    const bool name = is_name(scan);

    if (!may_begin(scan))
        return false;
    for (scan->at++; scan->at < scan->text.len && scan->text.data[scan->at] != '"'; scan->at++) {
        if (scan->text.data[scan->at] < ' ')
            return false;
        scan->at += scan->text.data[scan->at] == '\\';
    }
    if (scan->at >= scan->text.len)
        return false;
    scan->at++;
    scan->before = name ? BEFORE_NAME : BEFORE_VALUE;
    return true;
}

static bool is_word_byte(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '-' ||
           c == '+' || c == '.' || c == '$' || c >= 0x80;
}

static struct span take_word(struct scan *scan)
{
    const size_t start = scan->at;

    while (scan->at < scan->text.len && is_word_byte(scan->text.data[scan->at]))
        scan->at++;
    return span_of(scan->text.data + start, scan->at - start);
}

static bool is_one_of(struct span word, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == word.len && strncasecmp(*words, (const char *)word.data, word.len) == 0)
            return true;
    return false;
}

/* Numbers are left to the parser. */
static bool read_word(struct scan *scan)
{
    static const char *const misspelt[] = {"true", "false",     "null", "none",     "nil",
                                           "yes",  "undefined", "nan",  "infinity", NULL};
    const size_t start = scan->at;
    const bool name = is_name(scan);
    struct span word;

    if (!may_begin(scan))
        return false;
    word = take_word(scan);
    if (name)
        return stop_at(scan, bare_name, start);
    scan->before = BEFORE_VALUE;
    if (span_is(word, "true") || span_is(word, "false") || span_is(word, "null"))
        return true;
    if (is_one_of(word, misspelt))
        return stop_at(scan, wrong_word, start);
    return word.data[0] == '-' || (word.data[0] >= '0' && word.data[0] <= '9') ||
           stop_at(scan, bare_string, start);
}

static bool read_token(struct scan *scan)
{
    switch (scan->text.data[scan->at]) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        scan->at++;
        while (scan->at < scan->text.len &&
               (scan->text.data[scan->at] == ' ' || scan->text.data[scan->at] == '\n'))
            scan->at++;
        return true;
    case '{':
    case '[':
        return open_bracket(scan, scan->text.data[scan->at] == '{');
    case '}':
    case ']':
        return close_bracket(scan, scan->text.data[scan->at] == '}');
    case ',':
        return read_comma(scan);
    case ':':
        return read_colon(scan);
    case '"':
        return read_string(scan);
    case '\'':
        return stop_at(scan, single_quotes, scan->at);
    case '#':
        return stop_at(scan, comment, scan->at);
    case '/':
        return (starts_with(scan, "//") || starts_with(scan, "/*")) && stop_at(scan, comment, scan->at);
    default:
        if (starts_with(scan, "\u201c") || starts_with(scan, "\u201d") || starts_with(scan, "\u201e"))
            return stop_at(scan, curly_quotes, scan->at);
        return is_word_byte(scan->text.data[scan->at]) && read_word(scan);
    }
}

static void locate(struct span text, size_t offset, struct json_mistake *mistake)
{
    mistake->line = mistake->column = 1;
    for (size_t i = 0; i < offset; i++) {
        mistake->column += (text.data[i] & 0xc0) != 0x80;
        if (text.data[i] == '\n') {
            mistake->line++;
            mistake->column = 1;
        }
    }
}

bool json_mistake_find(struct span text, size_t read, struct json_mistake *mistake)
{
    struct scan scan = {.text = text};

    if (read > READ_BYTES_MAX)
        return false;
    if (starts_with(&scan, "\xef\xbb\xbf"))
        stop_at(&scan, byte_order_mark, 0);
    while (!scan.sentence && scan.at < text.len && scan.at < read && read_token(&scan))
        ;
    if (!scan.sentence)
        return false;
    mistake->sentence = scan.sentence;
    locate(text, scan.mistake, mistake);
    return true;
}
