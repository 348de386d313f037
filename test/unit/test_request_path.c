/* Paths as clients write them, and as the router compares them. */
#include "sim/rpc/request_path.h"

#include "test/unit/vectors.h"

struct path {
    const char *sent, *read;
};

static void read_each(const struct path *paths, size_t count)
{
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(paths[i].sent);
        uint8_t *copy = malloc(len + 1);
        struct span read;

        assert_non_null(copy);
        memcpy(copy, paths[i].sent, len);
        read = request_path_read(span_of(copy, len), &arena);
        if (!span_is(read, paths[i].read))
            fail_msg("%s: %.*s", paths[i].sent, (int)read.len, (const char *)read.data);
        free(copy);
    }
    arena_free(&arena);
}

static void empty_segments_between_others_are_left_out(void **state)
{
    static const struct path paths[] = {
        {"//Info", "/Info"}, {"///Info", "/Info"},  {"//prpc///Tappd.Info", "/prpc/Tappd.Info"},
        {"//", "/"},         {"/Info//", "/Info/"},
    };

    read_each(paths, sizeof paths / sizeof *paths);
}

static void what_is_plain_stays(void **state)
{
    static const struct path paths[] = {
        {"/", "/"},       {"", ""},           {"/Info", "/Info"}, {"/Info/", "/Info/"},
        {"/a+b", "/a+b"}, {"/./..", "/./.."}, {"*", "*"},
    };

    read_each(paths, sizeof paths / sizeof *paths);
}

static void escapes_are_decoded_once(void **state)
{
    static const struct path paths[] = {
        {"/Inf%6f", "/Info"},   {"/Inf%6F", "/Info"},     {"/%49%6e%66%6f", "/Info"},
        {"//Inf%6f", "/Info"},  {"/%2549nfo", "/%49nfo"}, {"/caf%c3%a9", "/caf\xc3\xa9"},
        {"/a%20b+c", "/a b+c"},
    };

    read_each(paths, sizeof paths / sizeof *paths);
}

static void an_escape_never_parts_segments(void **state)
{
    static const struct path paths[] = {
        {"/prpc%2fInfo", "/prpc%2fInfo"},
        {"/%2FInfo", "/%2FInfo"},
        {"/Info%00", "/Info%00"},
        {"/logs/..%2Fx", "/logs/..%2Fx"},
    };

    read_each(paths, sizeof paths / sizeof *paths);
}

static void a_percent_sign_that_escapes_nothing_stays(void **state)
{
    static const struct path paths[] = {
        {"/Info%", "/Info%"},
        {"/Info%4", "/Info%4"},
        {"/Info%zz", "/Info%zz"},
        {"/%%49nfo", "/%Info"},
    };

    read_each(paths, sizeof paths / sizeof *paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_segments_between_others_are_left_out),
        cmocka_unit_test(what_is_plain_stays),
        cmocka_unit_test(escapes_are_decoded_once),
        cmocka_unit_test(an_escape_never_parts_segments),
        cmocka_unit_test(a_percent_sign_that_escapes_nothing_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
