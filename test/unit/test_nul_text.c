/* Texts with U+0000 as C strings, there and back. */
#include "sim/base/nul_text.h"

#include "test/unit/vectors.h"

#define TEXT(literal) {(const uint8_t *)(literal), sizeof(literal) - 1}

static void what_is_stored_is_loaded(void **state)
{
    static const struct {
        struct span text;
        const char *string;
    } texts[] = {
        {TEXT(""), ""},
        {TEXT("a/b"), "a/b"},
        {TEXT("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f"},
        {TEXT("\xc2\x80"), "\xc2\x80"},
        {TEXT("\0"), "\xc0\x80"},
        {TEXT("k\0:ey"), "k\xc0\x80:ey"},
        {TEXT("\0\0a\0"), "\xc0\x80\xc0\x80"
                          "a\xc0\x80"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *string = nul_text_store(texts[i].text, &arena);

        assert_string_equal(string, texts[i].string);
        assert_true(span_equal(nul_text_load(string, &arena), texts[i].text));
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_stored_is_loaded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
