/* The measurement document against the reference that independent verifiers accepted, and read
 * back. */
#include "sim/image/measurement_document.h"

#include <stdio.h>

#include "sim/base/embedded.h"
#include "sim/image/measurement.h"
#include "test/unit/vectors.h"

static const char os_image_hash[] = "54079975c11c82df3ad3ba07a15ce983e9d31801d05fc99cdc07ef6d012e5c87";
static const char checksum_file[] =
    "07ba32147e3818e9ec3e739202b483182b11bcecee5c50b357ba52a9b85bbddf  measurement.tdx.cbor\n";

static struct os_image image;

static int read_image(void **state)
{
    const struct embedded_file *file = embedded_find(embedded_fixtures, "os-image.json");
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    return os_image_parse(&image, span_of(file->data, file->len), &error);
}

static void names_the_image_as_the_reference(void **state)
{
    struct measurement_document document;

    (void)state;
    measurement_document_write(&image, &document);
    assert_string_equal(document.checksum_file, checksum_file);
    assert_hex_equal(document.os_image_hash, sizeof document.os_image_hash, os_image_hash);
    buf_free(&document.measurement);
}

static void another_command_line_is_another_image(void **state)
{
    struct measurement_document document;
    struct os_image other = image;

    (void)state;
    other.cmdline[0] ^= 1;
    measurement_document_write(&other, &document);
    assert_string_not_equal(document.checksum_file, checksum_file);
    buf_free(&document.measurement);
}

static void what_was_written_is_read(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct measurement_document document;
    struct os_image got = {.version = ""};

    (void)state;
    measurement_document_write(&image, &document);
    assert_int_equal(measurement_document_read(buf_span(&document.measurement), &got, &error), 0);
    assert_memory_equal(got.cmdline, image.cmdline, sizeof got.cmdline);
    assert_memory_equal(got.kernel_authenticode, image.kernel_authenticode, REGISTER_BYTES);
    assert_memory_equal(got.initrd, image.initrd, REGISTER_BYTES);
    assert_memory_equal(got.mrtd_single_pass, image.mrtd_single_pass, REGISTER_BYTES);
    assert_memory_equal(got.mrtd_two_pass, image.mrtd_two_pass, REGISTER_BYTES);
    assert_int_equal(got.td_hob_witness_len, image.td_hob_witness_len);
    assert_memory_equal(got.td_hob_witness, image.td_hob_witness, image.td_hob_witness_len);
    document.measurement.len--;
    assert_int_equal(measurement_document_read(buf_span(&document.measurement), &got, &error), -1);
    assert_non_null(strstr(error.text, "member tdvf is malformed"));
    buf_free(&document.measurement);
}

static void the_checksum_is_found_among_others(void **state)
{
    static const char digits[] = "07ba32147e3818e9ec3e739202b483182b11bcecee5c50b357ba52a9b85bbddf";
    struct error error = {.kind = ERROR_NONE};
    uint8_t checksum[32];
    char file[512];

    (void)state;
    snprintf(file, sizeof file, "%.64s  rootfs.img\n%s  measurement.tdx.cbor", os_image_hash, digits);
    assert_int_equal(measurement_document_checksum(span_text(file), checksum, &error), 0);
    assert_hex_equal(checksum, sizeof checksum, digits);
    assert_int_equal(measurement_document_checksum(span_text("00  measurement.tdx.cbor\n"), checksum, &error),
                     -1);
    assert_string_equal(error.text, "checksum_file has no line for measurement.tdx.cbor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_image_as_the_reference),
        cmocka_unit_test(another_command_line_is_another_image),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(the_checksum_is_found_among_others),
    };

    return cmocka_run_group_tests(tests, read_image, NULL);
}
