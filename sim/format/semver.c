#include "sim/format/semver.h"

#include <stddef.h>
#include <string.h>

#define COMPARATORS_MAX 32 /* in a range, as in Rust */

enum operator{
    OPERATOR_CARET,
    OPERATOR_TILDE,
    OPERATOR_EQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_OR_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_OR_EQUAL,
    OPERATOR_WILDCARD
};

struct comparator {
    enum operator operator;
    uint64_t parts[3]; /* major, minor, patch */
    int count;         /* of parts that were given: 0 is "*" */
    bool has_pre;      /* followed by a suffix, which comes before the release */
};

/* --- reading --- */

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " ");
}

/* A number without leading zeros. */
static bool read_number(const char **at, uint64_t *number)
{
    const char *start = *at;

    for (*number = 0; is_digit(**at); (*at)++)
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, (uint64_t)(**at - '0'), number))
            return false;
    return *at > start && (*start != '0' || *at == start + 1);
}

bool semver_read(const char *text, struct semver *version)
{
    return read_number(&text, &version->major) && *text++ == '.' && read_number(&text, &version->minor) &&
           *text++ == '.' && read_number(&text, &version->patch) && *text == '\0';
}

static enum operator read_operator(const char **at, bool *is_given)
{
    static const struct {
        const char *text;
        enum operator operator;
    } operators[] = {
        {">=", OPERATOR_GREATER_OR_EQUAL},
        {"<=", OPERATOR_LESS_OR_EQUAL},
        {">", OPERATOR_GREATER},
        {"<", OPERATOR_LESS},
        {"=", OPERATOR_EQUAL},
        {"^", OPERATOR_CARET},
        {"~", OPERATOR_TILDE},
    };

    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t len = strlen(operators[i].text);

        if (strncmp(*at, operators[i].text, len) == 0) {
            *at = skip_blanks(*at + len);
            *is_given = true;
            return operators[i].operator;
        }
    }
    *is_given = false;
    return OPERATOR_CARET;
}

static bool is_wildcard(char character)
{
    return character == '*' || character == 'x' || character == 'X';
}

/* Identifiers of letters, digits and dashes, separated by dots; those of a suffix that are numbers have no
 * leading zeros. */
static bool read_identifiers(const char **at, bool is_pre)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    for (;; (*at)++) {
        size_t len = strspn(*at, allowed), digits = strspn(*at, "0123456789");

        if (len == 0 || (is_pre && digits == len && len > 1 && **at == '0'))
            return false;
        *at += len;
        if (**at != '.')
            return true;
    }
}

static bool read_suffixes(const char **at, struct comparator *comparator)
{
    if (**at == '-') {
        comparator->has_pre = true;
        (*at)++;
        if (!read_identifiers(at, true))
            return false;
    }
    if (**at != '+')
        return true;
    (*at)++;
    return read_identifiers(at, false);
}

/* After a wildcard only further ones may follow, and nothing after one in place of all parts. */
static bool read_parts(const char **at, struct comparator *comparator, bool *has_wildcard)
{
    int part = 0;

    *has_wildcard = is_wildcard(**at);
    if (*has_wildcard) {
        (*at)++;
        return true;
    }
    do {
        if (part > 0)
            (*at)++;
        if (is_wildcard(**at)) {
            *has_wildcard = true;
            (*at)++;
        } else if (*has_wildcard || !read_number(at, &comparator->parts[comparator->count++])) {
            return false;
        }
    } while (++part < 3 && **at == '.');
    return comparator->count < 3 || read_suffixes(at, comparator);
}

static bool read_comparator(const char **at, struct comparator *comparator)
{
    bool has_operator, has_wildcard;

    *comparator = (struct comparator){.operator= read_operator(at, &has_operator)};
    if (!read_parts(at, comparator, &has_wildcard))
        return false;
    if (has_wildcard && !has_operator)
        comparator->operator= OPERATOR_WILDCARD;
    return comparator->count > 0 || !has_operator;
}

/* --- comparing --- */

/* The release against the parts of a comparator that were given: below, equal or above. */
static int compare(const struct semver *version, const struct comparator *comparator)
{
    const uint64_t parts[3] = {version->major, version->minor, version->patch};

    for (int i = 0; i < comparator->count; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): there are at most three */
        if (parts[i] != comparator->parts[i])
            return parts[i] < comparator->parts[i] ? -1 : 1;
    return comparator->has_pre ? 1 : 0;
}

/* Whether the first parts of both are the same. */
static bool agrees(const struct semver *version, const struct comparator *comparator, int parts)
{
    const uint64_t own[3] = {version->major, version->minor, version->patch};

    for (int i = 0; i < parts && i < comparator->count; i++)
        if (own[i] != comparator->parts[i])
            return false;
    return true;
}

/* How many parts ^ keeps: up to the first that is not zero. */
static int caret_parts(const struct comparator *comparator)
{
    for (int i = 0; i < comparator->count; i++)
        if (comparator->parts[i] != 0)
            return i + 1;
    return comparator->count;
}

static bool matches(const struct semver *version, const struct comparator *comparator)
{
    int order = compare(version, comparator);

    switch (comparator->operator) {
    case OPERATOR_LESS:
        return order < 0;
    case OPERATOR_LESS_OR_EQUAL:
        return order <= 0;
    case OPERATOR_GREATER:
        return order > 0;
    case OPERATOR_GREATER_OR_EQUAL:
        return order >= 0;
    case OPERATOR_TILDE:
        return order >= 0 && agrees(version, comparator, 2);
    case OPERATOR_CARET:
        return order >= 0 && agrees(version, comparator, caret_parts(comparator));
    default:
        return order == 0;
    }
}

int semver_match(const char *range, const struct semver *version, bool *is_match, struct error *error)
{
    const char *at = skip_blanks(range);
    struct comparator comparator;

    *is_match = true;
    for (int count = 1;; count++) {
        if (count > COMPARATORS_MAX)
            return error_input(error, "a range of versions has at most %d parts", COMPARATORS_MAX);
        if (!read_comparator(&at, &comparator) || (comparator.count == 0 && (count > 1 || *skip_blanks(at))))
            break;
        *is_match = *is_match && matches(version, &comparator);
        at = skip_blanks(at);
        if (*at == '\0')
            return 0;
        if (*at != ',')
            break;
        at = skip_blanks(at + 1);
    }
    return error_input(error, "\"%.60s\" is not a range of versions such as >=0.6.0, <0.7.0: see byte %zu",
                       range, (size_t)(at - range) + 1);
}
