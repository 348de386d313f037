#include "sim/image/os_image.h"

#include "crypto/hash.h"
#include "sim/base/buf.h"
#include "sim/base/embedded.h"
#include "sim/format/json_file.h"

static const struct {
    const char *name;
    const char *file;
} lines[] = {
    [OS_IMAGE_LINE_0_5] = {"0.5", "os-image.json"},
    [OS_IMAGE_LINE_0_6] = {"0.6", "os-image-0.6.json"},
};

struct span os_image_embedded(enum os_image_line line)
{
    const struct embedded_file *file = embedded_find(embedded_fixtures, lines[line].file);

    return file ? span_of(file->data, file->len) : SPAN_NONE;
}

const char *os_image_line_name(size_t index)
{
    return index < sizeof lines / sizeof *lines ? lines[index].name : NULL;
}

bool os_image_is_0_6(const struct os_image *image)
{
    return image->release.major > 0 || image->release.minor >= 6;
}

static int parse_version(struct os_image *image, const json_t *root, struct error *error)
{
    if (json_file_copy(root, "version", image->version, sizeof image->version, error))
        return -1;
    return semver_read(image->version, &image->release)
               ? 0
               : error_input(error, "version must be three numbers such as 0.6.0");
}

static int parse_firmware(struct os_image *image, const json_t *root, struct error *error)
{
    const json_t *firmware = json_file_object(root, "firmware", error);

    if (!firmware)
        return -1;
    if (json_file_hex(firmware, "mrtd_single_pass", image->mrtd_single_pass, REGISTER_BYTES, error) ||
        json_file_hex(firmware, "mrtd_two_pass", image->mrtd_two_pass, REGISTER_BYTES, error) ||
        json_file_hex_upto(firmware, "td_hob_witness", image->td_hob_witness, sizeof image->td_hob_witness,
                           &image->td_hob_witness_len, error))
        return error_context(error, "firmware");
    return 0;
}

static int parse_acpi(struct os_image *image, const json_t *root, struct error *error)
{
    const json_t *acpi = json_file_object(root, "acpi", error);

    if (!acpi)
        return -1;
    if (json_file_hex(acpi, "loader", image->acpi_loader, REGISTER_BYTES, error) ||
        json_file_hex(acpi, "rsdp", image->acpi_rsdp, REGISTER_BYTES, error) ||
        json_file_hex(acpi, "tables", image->acpi_tables, REGISTER_BYTES, error))
        return error_context(error, "acpi");
    return 0;
}

/* It is measured as UTF-16, and the rules cover only ASCII. */
static int check_cmdline(const char *cmdline, struct error *error)
{
    for (; *cmdline; cmdline++)
        if (*cmdline < 0x20 || *cmdline > 0x7e)
            return error_input(error, "cmdline must be printable ASCII");
    return 0;
}

static void append_utf16(struct buf *out, const char *ascii)
{
    for (; *ascii; ascii++) {
        buf_append_byte(out, (uint8_t)*ascii);
        buf_append_byte(out, 0);
    }
}

static void measure_cmdline(const char *cmdline, uint8_t digest[static REGISTER_BYTES])
{
    struct buf text;

    buf_init(&text, SIZE_MAX);
    append_utf16(&text, cmdline);
    append_utf16(&text, " initrd=initrd");
    buf_append(&text, "\0", 2);
    hash_sha384(text.data, text.len, digest);
    buf_free(&text);
}

static int parse_cmdline(struct os_image *image, const json_t *root, struct error *error)
{
    char cmdline[OS_IMAGE_CMDLINE_BYTES];

    if (json_file_copy(root, "cmdline", cmdline, sizeof cmdline, error) || check_cmdline(cmdline, error))
        return -1;
    measure_cmdline(cmdline, image->cmdline);
    return 0;
}

int os_image_parse(struct os_image *image, struct span json, struct error *error)
{
    json_t *root = json_file_parse(json, error);
    int result = -1;

    *image = (struct os_image){0};
    if (root && parse_version(image, root, error) == 0 &&
        json_file_hex(root, "kernel_authenticode_sha384", image->kernel_authenticode, REGISTER_BYTES,
                      error) == 0 &&
        json_file_hex(root, "initrd_sha384", image->initrd, REGISTER_BYTES, error) == 0 &&
        parse_cmdline(image, root, error) == 0 && parse_firmware(image, root, error) == 0 &&
        parse_acpi(image, root, error) == 0)
        result = 0;
    json_decref(root);
    return result;
}
