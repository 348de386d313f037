#include "sim/image/measurement.h"

#include "crypto/hash.h"

#include "sim/image/td_hob.h"
#include "sim/tdx/event_names.h"

/* TCG event types (TCG PC Client Platform Firmware Profile, 10.4.1). */
enum {
    EV_SEPARATOR = 0x4,
    EV_EVENT_TAG = 0x6,
    EV_EFI_VARIABLE_DRIVER_CONFIG = 0x80000001,
    EV_EFI_VARIABLE_BOOT = 0x80000002,
    EV_EFI_BOOT_SERVICES_APPLICATION = 0x80000003,
    EV_EFI_ACTION = 0x80000007,
    EV_EFI_PLATFORM_FIRMWARE_BLOB2 = 0x8000000a,
    EV_EFI_HANDOFF_TABLES2 = 0x8000000b,
};

/* GUIDs as stored in memory, with the first three fields little-endian. */
#define GUID_GLOBAL_VARIABLE                                                                                 \
    {0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c}
#define GUID_IMAGE_SECURITY                                                                                  \
    {0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f}

/* The firmware's configuration volume and the Boot0000 variable, which are the same for every
 * image with this firmware. */
static const uint8_t digest_cfv[REGISTER_BYTES] = {
    0x34, 0x4b, 0xc5, 0x1c, 0x98, 0x0b, 0xa6, 0x21, 0xaa, 0xa0, 0x0d, 0xa3, 0xed, 0x74, 0x36, 0xf7,
    0xd6, 0xe5, 0x49, 0x19, 0x7d, 0xfe, 0x69, 0x95, 0x15, 0xdf, 0xa2, 0xc6, 0x58, 0x3d, 0x95, 0xe6,
    0x41, 0x2a, 0xf2, 0x1c, 0x09, 0x7d, 0x47, 0x31, 0x55, 0x87, 0x5f, 0xfd, 0x56, 0x1d, 0x67, 0x90,
};
static const uint8_t digest_boot0000[REGISTER_BYTES] = {
    0x23, 0xad, 0xa0, 0x7f, 0x52, 0x61, 0xf1, 0x2f, 0x34, 0xa0, 0xbd, 0x8e, 0x46, 0x76, 0x09, 0x62,
    0xd6, 0xb4, 0xd5, 0x76, 0xa4, 0x16, 0xf1, 0xfe, 0xa1, 0xc6, 0x4b, 0xc6, 0x56, 0xb1, 0xd2, 0x8e,
    0xac, 0xf7, 0x04, 0x7a, 0xe6, 0xe9, 0x67, 0xc5, 0x8f, 0xd2, 0xa9, 0x8b, 0xfa, 0x74, 0xc2, 0x98,
};

struct boot {
    struct event_log *log;
    struct registers *registers;
};

static void measure_digest(const struct boot *boot, uint32_t imr, uint32_t type, const uint8_t *digest)
{
    struct event event = {.imr = imr, .type = type, .name = ""};

    memcpy(event.digest, digest, REGISTER_BYTES);
    event_log_measure(boot->log, boot->registers, &event);
}

static void measure_data(const struct boot *boot, uint32_t imr, uint32_t type, const void *data, size_t len)
{
    uint8_t digest[REGISTER_BYTES];

    hash_sha384(data, len, digest);
    measure_digest(boot, imr, type, digest);
}

static void measure_text(const struct boot *boot, uint32_t imr, uint32_t type, const char *text)
{
    measure_data(boot, imr, type, text, strlen(text));
}

static void append_utf16(struct buf *out, const char *ascii)
{
    for (; *ascii; ascii++) {
        buf_append_byte(out, (uint8_t)*ascii);
        buf_append_byte(out, 0);
    }
}

/* An absent EFI variable: UEFI_VARIABLE_DATA with a name and no data. */
static void measure_variable(const struct boot *boot, const uint8_t guid[static 16], const char *name)
{
    uint8_t lengths[16];
    struct buf data;

    bytes_put_le64(lengths, strlen(name));
    bytes_put_le64(lengths + 8, 0);
    buf_init(&data, 256);
    buf_append(&data, guid, 16);
    buf_append(&data, lengths, sizeof lengths);
    append_utf16(&data, name);
    measure_data(boot, 0, EV_EFI_VARIABLE_DRIVER_CONFIG, data.data, data.len);
    buf_free(&data);
}

static void measure_separator(const struct boot *boot, uint32_t imr)
{
    static const uint8_t zeros[4];

    measure_data(boot, imr, EV_SEPARATOR, zeros, sizeof zeros);
}

/* A legacy machine's digest of what depends on QEMU. */
static void synthesize(const struct machine *machine, const char *what, uint8_t digest[static REGISTER_BYTES])
{
    const struct bytes parts[] = {{machine->legacy_seed, sizeof machine->legacy_seed}, {what, strlen(what)}};

    hash_parts(HASH_SHA384, parts, 2, digest);
}

static int measure_td_hob(const struct boot *boot, const struct os_image *image,
                          const struct machine *machine, struct error *error)
{
    uint8_t digest[REGISTER_BYTES];
    struct buf hob;
    int result;

    if (machine->is_legacy) {
        synthesize(machine, "TD HOB", digest);
        measure_digest(boot, 0, EV_EFI_HANDOFF_TABLES2, digest);
        return 0;
    }
    buf_init(&hob, SIZE_MAX);
    result = td_hob_write(&hob, span_of(image->td_hob_witness, image->td_hob_witness_len),
                          machine->memory_size, error);
    if (result == 0)
        measure_data(boot, 0, EV_EFI_HANDOFF_TABLES2, hob.data, hob.len);
    buf_free(&hob);
    return result;
}

static void measure_acpi(const struct boot *boot, const struct machine *machine, const char *name,
                         const uint8_t *digest)
{
    struct event event = event_acpi(name, digest);

    if (machine->is_legacy)
        synthesize(machine, name, event.digest);
    event_log_measure(boot->log, boot->registers, &event);
}

/* The rest of RTMR0: the firmware's configuration. */
static void measure_firmware(const struct boot *boot, const struct os_image *image,
                             const struct machine *machine)
{
    static const uint8_t global_variable[] = GUID_GLOBAL_VARIABLE;
    static const uint8_t image_security[] = GUID_IMAGE_SECURITY;
    static const uint8_t boot_order[2];

    measure_digest(boot, 0, EV_EFI_PLATFORM_FIRMWARE_BLOB2, digest_cfv);
    measure_variable(boot, global_variable, "SecureBoot");
    measure_variable(boot, global_variable, "PK");
    measure_variable(boot, global_variable, "KEK");
    measure_variable(boot, image_security, "db");
    measure_variable(boot, image_security, "dbx");
    measure_separator(boot, 0);
    measure_acpi(boot, machine, EVENT_NAME_ACPI_LOADER, image->acpi_loader);
    measure_acpi(boot, machine, EVENT_NAME_ACPI_RSDP, image->acpi_rsdp);
    measure_acpi(boot, machine, EVENT_NAME_ACPI_TABLES, image->acpi_tables);
    measure_data(boot, 0, EV_EFI_VARIABLE_BOOT, boot_order, sizeof boot_order);
    measure_digest(boot, 0, EV_EFI_VARIABLE_BOOT, digest_boot0000);
}

/* QEMU writes the size of a small memory into the kernel. */
static void find_kernel(const struct os_image *image, const struct machine *machine,
                        uint8_t digest[static REGISTER_BYTES])
{
    if (machine->is_legacy && !machine_memory_is_described(machine->memory_size))
        synthesize(machine, "kernel", digest);
    else
        memcpy(digest, image->kernel_authenticode, REGISTER_BYTES);
}

/* RTMR1 and RTMR2: the kernel, its command line and initrd, in the order in which they are
 * measured. */
static void measure_kernel(const struct boot *boot, const struct os_image *image,
                           const struct machine *machine)
{
    uint8_t kernel[REGISTER_BYTES];

    find_kernel(image, machine, kernel);
    measure_digest(boot, 1, EV_EFI_BOOT_SERVICES_APPLICATION, kernel);
    measure_text(boot, 1, EV_EFI_ACTION, "Calling EFI Application from Boot Option");
    measure_separator(boot, 1);
    measure_digest(boot, 2, EV_EVENT_TAG, image->cmdline);
    measure_digest(boot, 2, EV_EVENT_TAG, image->initrd);
    measure_text(boot, 1, EV_EFI_ACTION, "Exit Boot Services Invocation");
    measure_text(boot, 1, EV_EFI_ACTION, "Exit Boot Services Returned with Success");
}

int measurement_boot(const struct os_image *image, const struct machine *machine, struct event_log *log,
                     struct registers *registers, struct error *error)
{
    const struct boot boot = {log, registers};

    *registers = (struct registers){.mrtd = {0}};
    memcpy(registers->mrtd, image->mrtd_single_pass, REGISTER_BYTES);
    if (measure_td_hob(&boot, image, machine, error))
        return -1;
    measure_firmware(&boot, image, machine);
    measure_kernel(&boot, image, machine);
    return 0;
}

int measurement_recompute(const struct os_image *image, uint64_t memory_size, struct registers *registers,
                          struct error *error)
{
    const struct machine machine = {.memory_size = memory_size};
    struct event_log log; /* measurement_boot needs one */
    int result;

    event_log_init(&log);
    result = measurement_boot(image, &machine, &log, registers, error);
    event_log_free(&log);
    return result;
}
