/* JSON, as a whole and by plans: what is read is what jansson reads, and what is refused, it refuses. */
#include "sim/base/utf8.h"
#include "sim/format/json_read.h"
#include "test/fuzz/fuzz.h"

static enum json_read_form form_of(const void *context, struct span name)
{
    static const enum json_read_form forms[] = {JSON_READ_TREE, JSON_READ_CHECKED, JSON_READ_OMITTED,
                                                JSON_READ_TEXT, JSON_READ_GIVEN};
    const size_t *count = context;

    return forms[name.len > 0 ? *name.data % *count : 0];
}

/* Ours alone refuses long numbers, and too many values. */
static bool is_our_limit(struct span text, const json_error_t *reason)
{
    return reason->position == JSON_READ_TOO_MANY ||
           (text.len > 1024 && strstr(reason->text, "a number has more than 1024 characters"));
}

static json_t *by_jansson(struct span text, bool any_value, size_t flags)
{
    json_error_t reason;

    return json_loadb((const char *)text.data, text.len,
                      flags | (any_value ? JSON_DECODE_ANY | JSON_ALLOW_NUL : 0), &reason);
}

static bool take(void *taker, const json_t *element)
{
    size_t *left = taker;

    FUZZ_EXPECT(element && *left > 0);
    return --*left > 0;
}

/* They are UTF-8, and may have U+0000 only as an escape. */
static void take_text(void *taker, struct span text)
{
    (void)taker;
    FUZZ_EXPECT(utf8_valid(text.data, text.len));
}

/* Without texts, in which a name may be twice, and without what is given, where the plan has to see to that, a plan
 * changes what is kept but not what is refused. */
static void read_by_plans(struct span text, bool any_value, bool is_right, bool is_right_loosely)
{
    for (size_t count = 1; count <= 5; count++)
        for (unsigned depth = 1; depth <= 2; depth++) {
            size_t left = depth;
            const struct json_read_plan plan = {form_of,   &count, depth, count == 3 ? take : NULL,
                                                take_text, &left};
            json_error_t reason;
            json_t *got = json_read(text, any_value, &plan, &reason);

            FUZZ_EXPECT(got ? (count < 4 ? is_right : is_right_loosely)
                            : !is_right || is_our_limit(text, &reason));
            json_decref(got);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span text = span_of(data, len);
    const bool any_value = fuzz_choice(&text) % 2 != 0;
    json_t *expected, *loosely, *got;
    json_error_t reason;

    if (text.len == 0 || memchr(text.data, 0, text.len)) /* which jansson takes in some places */
        return 0;
    expected = by_jansson(text, any_value, JSON_REJECT_DUPLICATES);
    loosely = by_jansson(text, any_value, 0);
    got = json_read(text, any_value, NULL, &reason);
    FUZZ_EXPECT(got ? json_equal(got, expected) : !expected || is_our_limit(text, &reason));
    FUZZ_EXPECT(got || reason.text[0] != '\0' || reason.position == JSON_READ_TOO_MANY);
    read_by_plans(text, any_value, expected != NULL, loosely != NULL);
    json_decref(got);
    got = json_read_loosely(text, any_value, NULL);
    FUZZ_EXPECT(got ? json_equal(got, loosely) : !loosely || !expected || is_our_limit(text, &reason));
    json_decref(got);
    json_decref(expected);
    json_decref(loosely);
    return 0;
}
