/* The README's table of services, which is written from the registry. */
#include "sim/services/registry.h"
#include "test/unit/docs_fixture.h"

#define START "<!-- `make docs` writes this table, from sim/services/registry.c -->\n"
#define END "<!-- end of the table -->\n"

static void print_table(FILE *stream)
{
    const struct service *service;

    fputs("| service | what |\n| --- | --- |\n", stream);
    for (size_t i = 0; (service = registry_service(i)); i++)
        fprintf(stream, "| `%s` | %s |\n", service->name, service->summary);
}

static const struct document document = {"README.md", START, END, print_table};

static void the_readme_has_this_table(void **state)
{
    (void)state;
    document_assert_fresh(&document);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_readme_has_this_table),
    };

    return argc < 2 ? cmocka_run_group_tests(tests, NULL, NULL) : document_print(&document, argv[1]);
}
