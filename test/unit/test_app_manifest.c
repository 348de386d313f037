/* Which app-compose.json an image of dstack 0.5 takes and which one of 0.6, and what the former ignores. */
#include "sim/app/app_manifest.h"

#include "test/unit/vectors.h"

/* sentence: of the error, or NULL if the file is taken. */
static void check(const char *text, bool is_0_6, const char *sentence)
{
    struct error error = {.kind = ERROR_NONE};
    struct app_compose compose;

    if (app_compose_parse(&compose, span_text(text), &error))
        fail_msg("%s: %s", text, error.text);
    if (app_manifest_check(&compose, is_0_6, &error) != (sentence ? -1 : 0))
        fail_msg("%s: %s", text, error.text);
    if (sentence)
        assert_string_equal(error.text, sentence);
    app_compose_free(&compose);
}

static void version_0_5_takes_only_numbers(void **state)
{
    (void)state;
    check("{}", false, NULL);
    check("{\"manifest_version\":2}", false, NULL);
    check("{\"manifest_version\":2,\"requirements\":{\"os_version\":\">=9\"},\"init_script\":[\"a\",\"b\"]}",
          false, NULL);
    check("{\"manifest_version\":\"3\"}", false,
          "manifest_version is the string \"3\", which needs an OS image of dstack 0.6: start with "
          "--dstack-os 0.6");
    check("{\"manifest_version\":\"2\"}", false,
          "manifest_version is the string \"2\", which needs an OS image of dstack 0.6: start with "
          "--dstack-os 0.6");
}

static void version_0_6_takes_strings_up_to_3(void **state)
{
    (void)state;
    check("{}", true, NULL);
    check("{\"manifest_version\":1}", true, NULL);
    check("{\"manifest_version\":\"1\"}", true, NULL);
    check("{\"manifest_version\":\"3\"}", true, NULL);
    check("{\"manifest_version\":\"4\"}", true,
          "manifest_version is \"4\", but dstack 0.6 knows only 1 to 3");
}

static void what_needs_version_3(void **state)
{
    (void)state;
    check("{\"manifest_version\":\"3\",\"requirements\":{},\"runner\":\"nerdctl-compose\",\"snapshotter\":"
          "\"stargz\","
          "\"init_script\":[\"a\",\"b\"]}",
          true, NULL);
    check("{\"requirements\":{}}", true,
          "requirements need manifest_version \"3\", as a string, so that older guests refuse the app");
    check("{\"manifest_version\":\"2\",\"requirements\":{}}", true,
          "requirements need manifest_version \"3\", as a string, so that older guests refuse the app");
    check("{\"requirements\":null}", true, NULL);
    check("{\"runner\":\"nerdctl-compose\"}", true,
          "the runner nerdctl-compose needs manifest_version \"3\", as a string, so that older guests refuse "
          "the "
          "app");
    check("{\"init_script\":[\"a\",\"b\"]}", true,
          "more than one init_script needs manifest_version \"3\", as a string, so that older guests refuse "
          "the app");
    check("{\"init_script\":[\"a\"]}", true, NULL);
    check("{\"event_log_version\":2}", true, NULL);
}

static void a_snapshotter_needs_its_runner(void **state)
{
    (void)state;
    check("{\"manifest_version\":\"3\",\"runner\":\"docker-compose\",\"snapshotter\":\"stargz\"}", true,
          "snapshotter needs the runner nerdctl-compose");
    check("{\"snapshotter\":\"stargz\"}", true, "snapshotter needs the runner nerdctl-compose");
}

/* sentence: or NULL if nothing is ignored. */
static void ignores(const char *text, const char *expected)
{
    struct error error = {.kind = ERROR_NONE};
    char sentence[APP_MANIFEST_SENTENCE_BYTES];
    struct app_compose compose;

    if (app_compose_parse(&compose, span_text(text), &error))
        fail_msg("%s: %s", text, error.text);
    assert_int_equal(app_manifest_ignored(&compose, sentence), expected != NULL);
    if (expected)
        assert_string_equal(sentence, expected);
    app_compose_free(&compose);
}

static void what_0_5_ignores(void **state)
{
    (void)state;
    ignores("{\"event_log_version\":1,\"requirements\":null,\"init_script\":null}", NULL);
    ignores("{\"init_script\":[]}", NULL);
    ignores(
        "{\"init_script\":\"echo\"}",
        "init_script is measured or checked only by an OS image of dstack 0.6: start with --dstack-os 0.6");
    ignores(
        "{\"init_script\":\"echo\",\"requirements\":{}}",
        "init_script and requirements are measured or checked only by an OS image of dstack 0.6: start with "
        "--dstack-os 0.6");
    ignores("{\"requirements\":{},\"init_script\":\"echo\",\"event_log_version\":2}",
            "event_log_version, init_script and requirements are measured or checked only by an OS image of "
            "dstack 0.6: start with --dstack-os 0.6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_0_5_takes_only_numbers),
        cmocka_unit_test(version_0_6_takes_strings_up_to_3),
        cmocka_unit_test(what_needs_version_3),
        cmocka_unit_test(a_snapshotter_needs_its_runner),
        cmocka_unit_test(what_0_5_ignores),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
