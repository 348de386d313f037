#include "sim/app/containers.h"

#include "sim/base/unconst.h"
#include "sim/base/value_count.h"
#include "test/unit/vectors.h"

static size_t list(const char *compose, struct arena *arena, struct container **containers)
{
    struct error error = {.kind = ERROR_NONE};
    struct app app;
    size_t count;

    assert_int_equal(app_parse(&app, span_text(compose), &error), 0);
    count = containers_list(&app, arena, containers);
    app_free(&app);
    return count;
}

static void lists_services_with_their_images(void **state)
{
    struct container *containers;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_int_equal(list("{\"docker_compose_file\":\"services:\\n  web:\\n    image: nginx\\n    "
                          "container_name: front\\n  j\xc3\xb6"
                          "b:\\n    build: .\\n\"}",
                          &arena, &containers),
                     2);
    assert_string_equal(containers[0].service, "web");
    assert_string_equal(containers[0].image, "nginx");
    assert_string_equal(containers[0].name, "front");
    assert_string_equal(containers[1].name, "");
    assert_string_equal(containers[1].service, "j\xc3\xb6"
                                               "b");
    assert_string_equal(containers[1].image, "");
    arena_free(&arena);
}

static void lists_none_of_what_is_no_compose_file(void **state)
{
    static const char *const composes[] = {
        "{}",
        "{\"docker_compose_file\":null}",
        "{\"docker_compose_file\":\"\"}",
        "{\"docker_compose_file\":\"services: [1, 2]\"}",
        "{\"docker_compose_file\":\"services:\"}",
        "{\"docker_compose_file\":\"- a\\n- b\"}",
        "{\"docker_compose_file\":\"{{{\"}",
        "{\"docker_compose_file\":\"services: &a\\n  x: *a\\n\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof composes / sizeof *composes; i++) {
        struct container *containers;
        struct arena arena;

        arena_init(&arena);
        assert_in_range(list(composes[i], &arena, &containers), 0, i == 7);
        arena_free(&arena);
    }
}

static void knows_a_compose_file(void **state)
{
    static const struct {
        const char *file;
        const char *sentence; /* NULL: it is one */
    } cases[] = {
        {"services: {}", NULL},
        {"# first\nname: x\r\nservices:\r\n  web:\r\n    image: nginx\r\n", NULL},
        {"", "mapping \"services\""},
        {"services:", "mapping \"services\""},
        {"services: [web]", "mapping \"services\""},
        {"- services", "mapping \"services\""},
        {"Services: {}", "mapping \"services\""},
        {"services: {\n", "not YAML: line 2"},
        {"\tservices: {}", "not YAML: line 1"},
        {"services: {}\n\xff", "not YAML"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        int result = containers_check(span_text(cases[i].file), &error);

        assert_int_equal(result, cases[i].sentence ? -1 : 0);
        if (cases[i].sentence && !strstr(error.text, cases[i].sentence))
            fail_msg("%zu: %s", i, error.text);
    }
}

static void a_file_has_a_limited_number_of_values(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct span file = {memset(malloc(VALUE_COUNT_MAX + 1), ',', VALUE_COUNT_MAX + 1), VALUE_COUNT_MAX + 1};

    (void)state;
    assert_int_equal(containers_check(file, &error), -1);
    assert_non_null(strstr(error.text, "more than 65536 values"));
    free(unconst(file.data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_services_with_their_images),
        cmocka_unit_test(lists_none_of_what_is_no_compose_file),
        cmocka_unit_test(knows_a_compose_file),
        cmocka_unit_test(a_file_has_a_limited_number_of_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
