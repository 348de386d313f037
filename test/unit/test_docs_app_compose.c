/* What docs/app.md says of the members of app-compose.json: all of them, each where it belongs. */
#include "sim/app/app_compose_members.h"

#include <stdio.h>

#include "sim/base/file.h"
#include "test/unit/vectors.h"

#define DOCUMENT "docs/app.md"
#define BYTES_MAX (1024 * 1024)
#define TABLE "## What the app-compose decides\n"
#define IDLE "These members change nothing but the hash"
#define END "\n## "

/* Whether a part of the document has the name as code. */
static bool has_name(const char *start, const char *end, const char *name)
{
    char code[80];

    snprintf(code, sizeof code, "`%s`", name);
    return memmem(start, (size_t)(end - start), code, strlen(code)) != NULL;
}

static void every_member_is_in_its_place(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    const char *table, *idle, *end, *name;
    char *text;
    size_t len;

    (void)state;
    assert_int_equal(file_read(DOCUMENT, BYTES_MAX, &text, &len, &error), 0);
    table = strstr(text, TABLE);
    assert_non_null(table);
    idle = strstr(table, IDLE);
    assert_non_null(idle);
    end = strstr(idle, END);
    assert_non_null(end);
    for (size_t i = 0; (name = app_compose_members_name(i)); i++)
        if (!has_name(app_compose_members_is_idle(name) ? idle : table,
                      app_compose_members_is_idle(name) ? end : idle, name))
            fail_msg("%s lacks %s among the members that %s", DOCUMENT, name,
                     app_compose_members_is_idle(name) ? "change nothing" : "have an effect");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_in_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
