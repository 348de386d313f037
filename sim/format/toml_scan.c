#include "sim/format/toml_scan.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/utf8.h"

#define KEY_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
#define WORD_CHARACTERS KEY_CHARACTERS "+.:"

enum { SENTENCE_MAX = 300 };

int toml_scan_fail(struct toml_scan *scan, const char *format, ...)
{
    char sentence[SENTENCE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return error_input(scan->error, "line %u: %s", scan->line, sentence);
}

/* --- the text --- */

static bool is_allowed(const char *at)
{
    unsigned char byte = (unsigned char)*at;

    return (byte >= 0x20 && byte != 0x7f) || byte == '\t' || byte == '\n' || (byte == '\r' && at[1] == '\n');
}

static int check_characters(struct toml_scan *scan, size_t len)
{
    const char *text = scan->at;

    for (size_t i = 0; i < len; i++) {
        if (!is_allowed(text + i))
            return toml_scan_fail(scan, "the control character 0x%02x is not allowed",
                                  (unsigned char)text[i]);
        scan->line += text[i] == '\n';
    }
    scan->line = 1;
    return 0;
}

int toml_scan_begin(struct toml_scan *scan, struct span text, struct arena *arena, struct error *error)
{
    *scan = (struct toml_scan){.line = 1, .arena = arena, .error = error};
    scan->at = arena_copy(arena, text.data, text.len);
    if (!utf8_valid(text.data, text.len))
        return error_input(error, "must be UTF-8 text");
    return check_characters(scan, text.len);
}

/* --- what is between the words --- */

void toml_scan_blanks(struct toml_scan *scan)
{
    scan->at += strspn(scan->at, " \t");
}

static void skip_comment(struct toml_scan *scan)
{
    if (*scan->at == '#')
        scan->at += strcspn(scan->at, "\n");
}

void toml_scan_space(struct toml_scan *scan)
{
    for (;;) {
        toml_scan_blanks(scan);
        skip_comment(scan);
        if (*scan->at == '\r')
            scan->at++;
        if (*scan->at != '\n')
            return;
        scan->at++;
        scan->line++;
    }
}

int toml_scan_line_end(struct toml_scan *scan)
{
    toml_scan_blanks(scan);
    skip_comment(scan);
    if (*scan->at && *scan->at != '\n' && *scan->at != '\r')
        return toml_scan_fail(scan, "unexpected \"%.*s\"; expected the end of the line",
                              (int)strcspn(scan->at, "\r\n") < 40 ? (int)strcspn(scan->at, "\r\n") : 40,
                              scan->at);
    return 0;
}

bool toml_scan_take(struct toml_scan *scan, char character)
{
    if (*scan->at != character)
        return false;
    scan->at++;
    return true;
}

/* --- keys and strings --- */

const char *toml_scan_key(struct toml_scan *scan)
{
    size_t len = strspn(scan->at, KEY_CHARACTERS);
    const char *key = NULL;

    if (*scan->at == '"' || *scan->at == '\'') {
        key = toml_scan_string(scan);
        if (key && (!*key || key[strspn(key, KEY_CHARACTERS)])) {
            toml_scan_fail(scan, "the key \"%.40s\" has other characters than letters, digits, _ and -", key);
            return NULL;
        }
        return key;
    }
    if (len == 0) {
        toml_scan_fail(scan, "expected a key of letters, digits, _ and -");
        return NULL;
    }
    key = arena_copy(scan->arena, scan->at, len);
    scan->at += len;
    return key;
}

/* Appends a character, of at most 4 bytes. */
static char *put(char *to, uint32_t character)
{
    if (character < 0x80) {
        *to++ = (char)character;
        return to;
    }
    if (character < 0x800) {
        *to++ = (char)(0xc0 | character >> 6);
    } else {
        if (character < 0x10000) {
            *to++ = (char)(0xe0 | character >> 12);
        } else {
            *to++ = (char)(0xf0 | character >> 18);
            *to++ = (char)(0x80 | (character >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (character >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (character & 0x3f));
    return to;
}

/* \uXXXX or \UXXXXXXXX, whose letter is next. */
static int read_code(struct toml_scan *scan, char **to)
{
    size_t digits = *scan->at++ == 'u' ? 4 : 8;
    char text[9] = "";
    uint32_t character;

    if (strspn(scan->at, "0123456789abcdefABCDEF") < digits)
        return toml_scan_fail(scan, "\\u needs 4 hex digits, \\U needs 8");
    memcpy(text, scan->at, digits);
    character = (uint32_t)strtoul(text, NULL, 16);
    if (character == 0 || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
        return toml_scan_fail(scan, "U+%s is not a character that a string can have here", text);
    scan->at += digits;
    *to = put(*to, character);
    return 0;
}

static int read_escape(struct toml_scan *scan, char **to)
{
    static const char letters[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
    const char *letter = *scan->at ? strchr(letters, *scan->at) : NULL;

    if (*scan->at == 'u' || *scan->at == 'U')
        return read_code(scan, to);
    if (!letter)
        return toml_scan_fail(scan, "\\%.1s is not an escape of a string; for a backslash write \\\\",
                              scan->at);
    *(*to)++ = values[letter - letters];
    scan->at++;
    return 0;
}

const char *toml_scan_string(struct toml_scan *scan)
{
    const char quote = *scan->at++;
    char *text, *to;

    if (scan->at[0] == quote && scan->at[1] == quote) {
        toml_scan_fail(scan, "strings of several lines are not read here; use one in single quotes");
        return NULL;
    }
    text = to = arena_alloc(scan->arena, strcspn(scan->at, "\n") + 1);
    while (*scan->at && *scan->at != quote && *scan->at != '\n' && *scan->at != '\r') {
        if (quote == '"' && toml_scan_take(scan, '\\')) {
            if (read_escape(scan, &to))
                return NULL;
        } else {
            *to++ = *scan->at++;
        }
    }
    *to = '\0';
    if (toml_scan_take(scan, quote))
        return text;
    toml_scan_fail(scan, "the string has no %s at its end", quote == '"' ? "\"" : "'");
    return NULL;
}

/* --- numbers and other words --- */

const char *toml_scan_word(struct toml_scan *scan)
{
    size_t len = strspn(scan->at, WORD_CHARACTERS);
    const char *word = arena_copy(scan->arena, scan->at, len);

    scan->at += len;
    return word;
}

/* Copies the digits of a number without the underscores between them. Returns false unless it is
 * a decimal integer. */
static bool copy_digits(const char *word, char *out)
{
    if (*word == '+' || *word == '-')
        *out++ = *word++;
    if (word[0] == '0' && word[1])
        return false;
    for (; isdigit((unsigned char)*word); word += *word == '_') {
        *out++ = *word++;
        if (*word == '_' && !isdigit((unsigned char)word[1]))
            return false;
    }
    *out = '\0';
    return !*word;
}

int toml_scan_integer(struct toml_scan *scan, int64_t *integer)
{
    const char *word = toml_scan_word(scan);
    char *digits = arena_alloc(scan->arena, strlen(word) + 2);

    if (!isdigit((unsigned char)word[strspn(word, "+-")]) || !copy_digits(word, digits))
        return toml_scan_fail(
            scan,
            "\"%.40s\" is not a value that is read here: use a string, a whole number, true, "
            "false or a list of strings",
            word);
    errno = 0;
    *integer = strtoll(digits, NULL, 10);
    return errno ? toml_scan_fail(scan, "%.40s is out of range", word) : 0;
}
