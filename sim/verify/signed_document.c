#include "sim/verify/signed_document.h"

#include <stdio.h>
#include <time.h>

#include "crypto/hash.h"
#include "sim/base/hex.h"
#include "sim/format/json_file.h"

#define DATE "2024-03-13T00:00:00Z"
#define SIGNATURE ",\"signature\":\""
#define END "\"}"

static bool has_shape(const char *text, const char *shape)
{
    for (; *shape; shape++, text++)
        if (*shape >= '0' && *shape <= '9' ? *text < '0' || *text > '9' : *text != *shape)
            return false;
    return *text == '\0';
}

static int number(const char *digits, size_t count)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++)
        sum = 10 * sum + (digits[i] - '0');
    return sum;
}

bool signed_document_date(const char *text, int64_t *seconds)
{
    struct tm tm;

    if (!has_shape(text, DATE))
        return false;
    tm = (struct tm){
        .tm_year = number(text, 4) - 1900,
        .tm_mon = number(text + 5, 2) - 1,
        .tm_mday = number(text + 8, 2),
        .tm_hour = number(text + 11, 2),
        .tm_min = number(text + 14, 2),
        .tm_sec = number(text + 17, 2),
    };
    if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 ||
        tm.tm_min > 59 || tm.tm_sec > 60)
        return false;
    *seconds = timegm(&tm);
    return true;
}

static bool starts_with(struct span text, const char *with)
{
    return text.len >= strlen(with) && memcmp(text.data, with, strlen(with)) == 0;
}

static struct span without(struct span text, size_t front, size_t back)
{
    return span_of(text.data + front, text.len - front - back);
}

/* The inner object's bytes and the signature. They are cut out by position, because the signature
 * covers the exact text. */
static int split(struct span text, const char *member, struct span *body,
                 uint8_t signature[static P256_SIGNATURE_BYTES], struct error *error)
{
    const size_t tail = strlen(SIGNATURE) + 2 * P256_SIGNATURE_BYTES + strlen(END);
    char head[64];
    struct span end;
    size_t len, bad_at;

    snprintf(head, sizeof head, "{\"%s\":", member);
    if (!starts_with(text, head) || text.len < strlen(head) + tail)
        return error_input(error, "the document does not begin with %s", head);
    *body = without(text, strlen(head), tail);
    end = span_of(body->data + body->len, tail);
    if (!starts_with(end, SIGNATURE) || memcmp(end.data + tail - strlen(END), END, strlen(END)) != 0 ||
        hex_decode((const char *)end.data + strlen(SIGNATURE), 2 * P256_SIGNATURE_BYTES, signature, &len,
                   &bad_at) != HEX_OK ||
        len != P256_SIGNATURE_BYTES)
        return error_input(error, "the document does not end with a signature of %d bytes",
                           P256_SIGNATURE_BYTES);
    return 0;
}

static int check_dates(const json_t *body, int64_t now, struct error *error)
{
    const char *issued, *next;
    int64_t from, until;

    if (json_file_string(body, "issueDate", &issued, error) ||
        json_file_string(body, "nextUpdate", &next, error))
        return -1;
    if (!signed_document_date(issued, &from) || !signed_document_date(next, &until))
        return error_input(error, "issueDate and nextUpdate must be dates such as " DATE);
    if (now < from)
        return error_input(error, "it is not valid yet: it is dated %s", issued);
    if (now > until)
        return error_input(error, "it has expired: its next update was due %s", next);
    return 0;
}

static json_t *read(struct span text, const char *member, const uint8_t *key, struct p256_memory *memory,
                    int64_t now, struct error *error)
{
    uint8_t signature[P256_SIGNATURE_BYTES], digest[32];
    struct span body = SPAN_NONE;
    json_t *object;

    if (split(text, member, &body, signature, error))
        return NULL;
    hash_sha256(body.data, body.len, digest);
    if (!p256_memory_verify(memory, key, digest, signature)) {
        error_input(error, "it is not signed by the TCB signing key");
        return NULL;
    }
    object = json_file_parse(body, error);
    if (object && check_dates(object, now, error)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *signed_document_read(struct span text, const char *member,
                             const uint8_t key[static P256_PUBLIC_BYTES], struct p256_memory *memory,
                             int64_t now, struct error *error)
{
    json_t *object = read(text, member, key, memory, now, error);

    if (!object)
        error_context(error, "%s", member);
    return object;
}
