#include "sim/image/os_image.h"

#include "sim/format/json_file.h"

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

int os_image_parse(struct os_image *image, struct span json, struct error *error)
{
    json_t *root = json_file_parse(json, error);
    int result = -1;

    *image = (struct os_image){0};
    if (root &&
        json_file_hex(root, "kernel_authenticode_sha384", image->kernel_authenticode, REGISTER_BYTES,
                      error) == 0 &&
        json_file_hex(root, "initrd_sha384", image->initrd, REGISTER_BYTES, error) == 0 &&
        json_file_copy(root, "cmdline", image->cmdline, sizeof image->cmdline, error) == 0 &&
        check_cmdline(image->cmdline, error) == 0 && parse_firmware(image, root, error) == 0 &&
        parse_acpi(image, root, error) == 0)
        result = 0;
    json_decref(root);
    return result;
}
