/* The OS image file: the default, and one member wrong at a time. */
#include "sim/image/os_image.h"

#include "test/unit/json_with.h"

static struct span file(void)
{
    return os_image_embedded(OS_IMAGE_LINE_0_5);
}

static void the_default_image(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct os_image image;

    (void)state;
    assert_int_equal(os_image_parse(&image, file(), &error), 0);
    assert_string_equal(image.version, "0.5.11");
    assert_false(os_image_is_0_6(&image));
    assert_hex_equal(image.cmdline, REGISTER_BYTES, /* in UTF-16, with " initrd=initrd" and a NUL */
                     "771819c6e009e96334295c6ea2619dbcaf99539f17ebde57"
                     "17992ff2edfaa5c8a14d4cb3840122ec557b1e54be8cddc1");
    assert_hex_equal(image.td_hob_witness, image.td_hob_witness_len, "80100903000909020b05");
    assert_hex_equal(image.initrd, REGISTER_BYTES,
                     "46a45a8ccdab51d328d20e5839554c3e459f4d3ad9304eb2"
                     "953611c7b5b1a36823acc55391ad86c957f4a52cb0419fdf");
    assert_hex_equal(image.acpi_tables, REGISTER_BYTES,
                     "ca7ee5605d9f8df58fc245b86e16de2114e109340a398af1"
                     "d911bdbd463244cafbaa801492a5b02ae39b506b99cab2a2");
}

static void the_image_of_0_6_has_nothing_of_the_other(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct os_image image, other;

    (void)state;
    assert_int_equal(os_image_parse(&image, os_image_embedded(OS_IMAGE_LINE_0_6), &error), 0);
    assert_int_equal(os_image_parse(&other, file(), &error), 0);
    assert_string_equal(image.version, "0.6.0");
    assert_true(os_image_is_0_6(&image));
    assert_memory_not_equal(image.kernel_authenticode, other.kernel_authenticode, REGISTER_BYTES);
    assert_memory_not_equal(image.initrd, other.initrd, REGISTER_BYTES);
    assert_memory_not_equal(image.mrtd_single_pass, other.mrtd_single_pass, REGISTER_BYTES);
    assert_memory_not_equal(image.mrtd_two_pass, other.mrtd_two_pass, REGISTER_BYTES);
    assert_memory_not_equal(image.acpi_loader, other.acpi_loader, REGISTER_BYTES);
    assert_memory_not_equal(image.acpi_rsdp, other.acpi_rsdp, REGISTER_BYTES);
    assert_memory_not_equal(image.acpi_tables, other.acpi_tables, REGISTER_BYTES);
    assert_memory_not_equal(image.cmdline, other.cmdline, REGISTER_BYTES);
}

static void later_versions_are_of_0_6_too(void **state)
{
    (void)state;
    assert_true(os_image_is_0_6(&(struct os_image){.release = {0, 6, 3}}));
    assert_true(os_image_is_0_6(&(struct os_image){.release = {0, 10, 0}}));
    assert_true(os_image_is_0_6(&(struct os_image){.release = {1, 0, 0}}));
    assert_false(os_image_is_0_6(&(struct os_image){.release = {0, 5, 99}}));
}

static void lines_have_names(void **state)
{
    (void)state;
    assert_string_equal(os_image_line_name(OS_IMAGE_LINE_0_5), "0.5");
    assert_string_equal(os_image_line_name(OS_IMAGE_LINE_0_6), "0.6");
    assert_null(os_image_line_name(2));
}

static void image_errors_name_the_member(void **state)
{
    static const struct {
        const char *object, *member, *value, *expected;
    } cases[] = {
        {NULL, "version", NULL, "the member version is missing"},
        {NULL, "version", "\"0.6\"", "version must be three numbers such as 0.6.0"},
        {NULL, "kernel_authenticode_sha384", NULL, "kernel_authenticode_sha384 is missing"},
        {NULL, "initrd_sha384", "\"00\"", "initrd_sha384 must have 48 bytes, but has 1"},
        {NULL, "cmdline", "\"a\\u00e4\"", "cmdline must be printable ASCII"},
        {NULL, "cmdline", "\"a\\nb\"", "cmdline must be printable ASCII"},
        {NULL, "cmdline", "1", "cmdline must be a string"},
        {"firmware", "mrtd_single_pass", NULL, "firmware: the member mrtd_single_pass is missing"},
        {"firmware", "mrtd_two_pass", "\"zz\"", "firmware: mrtd_two_pass must be hex"},
        {"firmware", "td_hob_witness", "1", "firmware: td_hob_witness must be a string"},
        {"acpi", "loader", NULL, "acpi: the member loader is missing"},
        {"acpi", "rsdp", "\"\"", "acpi: rsdp must have 48 bytes"},
        {"acpi", "tables", "null", "acpi: tables must be a string"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = json_with(file(), cases[i].object, cases[i].member, cases[i].value);
        struct error error = {.kind = ERROR_NONE};
        struct os_image image;

        assert_int_equal(os_image_parse(&image, span_text(text), &error), -1);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].expected, error.text);
        free(text);
    }
}

/* A member is named once: the path to it begins where it was found. */
static void a_missing_object_is_named_once(void **state)
{
    static const struct {
        const char *member, *value, *sentence;
    } cases[] = {
        {"firmware", NULL, "the member firmware is missing"},
        {"firmware", "[]", "firmware must be an object"},
        {"acpi", NULL, "the member acpi is missing"},
        {"acpi", "1", "acpi must be an object"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = json_with(file(), NULL, cases[i].member, cases[i].value);
        struct error error = {.kind = ERROR_NONE};
        struct os_image image;

        assert_int_equal(os_image_parse(&image, span_text(text), &error), -1);
        assert_string_equal(error.text, cases[i].sentence);
        free(text);
    }
}

static void texts_have_a_longest(void **state)
{
    static char line[OS_IMAGE_CMDLINE_BYTES + 3], witness[2 * OS_IMAGE_WITNESS_BYTES_MAX + 5];
    struct error error = {.kind = ERROR_NONE}, too_long = {.kind = ERROR_NONE};
    struct os_image image;
    char *text;

    (void)state;
    memset(line, 'x', sizeof line - 1);
    line[0] = line[OS_IMAGE_CMDLINE_BYTES + 1] = '"';
    text = json_with(file(), NULL, "cmdline", line);
    assert_int_equal(os_image_parse(&image, span_text(text), &error), -1);
    assert_non_null(strstr(error.text, "cmdline is longer than 2047 bytes"));
    free(text);
    memset(witness, '0', sizeof witness - 1);
    witness[0] = witness[sizeof witness - 2] = '"';
    text = json_with(file(), "firmware", "td_hob_witness", witness);
    assert_int_equal(os_image_parse(&image, span_text(text), &too_long), -1);
    assert_non_null(strstr(too_long.text, "td_hob_witness has 513 bytes; at most 512"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_image),
        cmocka_unit_test(the_image_of_0_6_has_nothing_of_the_other),
        cmocka_unit_test(later_versions_are_of_0_6_too),
        cmocka_unit_test(lines_have_names),
        cmocka_unit_test(image_errors_name_the_member),
        cmocka_unit_test(a_missing_object_is_named_once),
        cmocka_unit_test(texts_have_a_longest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
