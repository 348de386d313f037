#include "sim/image/image_directory.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "sim/base/file.h"
#include "sim/base/hex.h"
#include "sim/format/json_file.h"
#include "sim/image/measurement_document.h"

#define METADATA_BYTES_MAX (64 * 1024)
#define DIGEST_FILE_BYTES_MAX 128
#define OLDEST_MINOR 5 /* of 0.x */

static int read_file(const char *where, const char *name, size_t limit, char **text, size_t *len,
                     struct error *error)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof path, "%s/%s", where, name);
    return file_read(path, limit, text, len, error);
}

/* --- metadata.json --- */

/* Files of the image lie in its directory. */
static bool is_inside(const char *name)
{
    if (!name[0] || name[0] == '/')
        return false;
    for (const char *at = name; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL)
        if (strcmp(at, "..") == 0 || strncmp(at, "../", 3) == 0)
            return false;
    return true;
}

static int check_files(const json_t *metadata, struct error *error)
{
    static const char *const needed[] = {"kernel", "initrd"};
    static const char *const others[] = {"hda", "rootfs", "bios", "bios-sev"};
    const char *name;

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (json_file_string(metadata, needed[i], &name, error))
            return -1;
        else if (!is_inside(name))
            return error_input(error, "%s must be a file in the directory", needed[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if ((name = json_string_value(json_object_get(metadata, others[i]))) && !is_inside(name))
            return error_input(error, "%s must be a file in the directory", others[i]);
    return 0;
}

/* A directory may tell the version in its name: dstack-0.5.4, dstack-dev-0.5.4. */
static const char *version_in_name(const char *name)
{
    static const char *const beginnings[] = {"dstack-dev-", "dstack-"};

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return name + strlen(beginnings[i]);
    return "";
}

static int read_version(struct image_directory *directory, const json_t *metadata, struct error *error)
{
    const json_t *member = json_object_get(metadata, "version");
    const char *version = json_string_value(member);
    const struct semver *release = &directory->image.release;

    if (member && !version && !json_is_null(member))
        return error_input(error, "version must be a string");
    if (!version || !version[0])
        version = version_in_name(directory->name);
    if (strlen(version) >= sizeof directory->image.version ||
        !semver_read(version, &directory->image.release))
        return error_input(error, "version must be three numbers such as 0.5.4, in metadata.json or in the "
                                  "directory's name, as in dstack-0.5.4");
    snprintf(directory->image.version, sizeof directory->image.version, "%s", version);
    if (release->major == 0 && release->minor < OLDEST_MINOR)
        return error_input(error, "version %s is too old: images from 0.%d.0 on are supported", version,
                           OLDEST_MINOR);
    return 0;
}

static int read_metadata(struct image_directory *directory, const char *where, struct error *error)
{
    json_t *metadata;
    size_t len;
    int result;

    if (read_file(where, "metadata.json", METADATA_BYTES_MAX, &directory->metadata, &len, error))
        return -1;
    metadata = json_file_parse(span_of(directory->metadata, len), error);
    directory->is_dev = json_is_true(json_object_get(metadata, "is_dev"));
    result = !metadata || check_files(metadata, error) || read_version(directory, metadata, error) ? -1 : 0;
    json_decref(metadata);
    return result ? error_context(error, "metadata.json") : 0;
}

/* --- the measurement --- */

static int read_checksums(struct os_image *image, const char *where, struct error *error)
{
    size_t len;
    char *text;

    if (read_file(where, "sha256sum.txt", sizeof image->checksum_file - 1, &text, &len, error))
        return -1;
    if (len > 0 && !memchr(text, '\0', len))
        memcpy(image->checksum_file, text, len + 1);
    free(text);
    return image->checksum_file[0] ? 0 : error_input(error, "sha256sum.txt must be text");
}

static int check_digest(const struct os_image *image, const char *where, struct error *error)
{
    uint8_t computed[OS_IMAGE_HASH_BYTES], given[DIGEST_FILE_BYTES_MAX];
    size_t len, given_len, bad_at;
    bool is_same;
    char *text;

    if (read_file(where, "digest.txt", DIGEST_FILE_BYTES_MAX, &text, &len, error))
        return -1;
    len = strcspn(text, " \t\r\n");
    hash_sha256(image->checksum_file, strlen(image->checksum_file), computed);
    is_same = hex_decode(text, len, given, &given_len, &bad_at) == HEX_OK && given_len == sizeof computed &&
              memcmp(given, computed, sizeof computed) == 0;
    free(text);
    return is_same ? 0 : error_input(error, "digest.txt must be the SHA-256 of sha256sum.txt, in hex");
}

static int check_measurement(const struct os_image *image, struct error *error)
{
    uint8_t expected[32], computed[32];

    if (measurement_document_checksum(span_text(image->checksum_file), expected, error))
        return error_context(error, "sha256sum.txt");
    hash_sha256(image->measurement, image->measurement_len, computed);
    return memcmp(expected, computed, sizeof computed) == 0
               ? 0
               : error_input(error, "sha256sum.txt has another SHA-256 of " MEASUREMENT_DOCUMENT_NAME);
}

static int read_measurement(struct os_image *image, const char *where, struct error *error)
{
    size_t len;
    char *data;

    if (read_file(where, MEASUREMENT_DOCUMENT_NAME, sizeof image->measurement, &data, &len, error))
        return error_advice(error, "an image without it cannot be measured here");
    memcpy(image->measurement, data, len);
    image->measurement_len = len;
    free(data);
    if (check_measurement(image, error))
        return -1;
    return measurement_document_read(span_of(image->measurement, len), image, error)
               ? error_context(error, MEASUREMENT_DOCUMENT_NAME)
               : 0;
}

/* The ACPI tables are QEMU's, not the image's; verifiers take their digests from the event log. */
static int borrow_acpi(struct os_image *image, struct error *error)
{
    const enum os_image_line line = os_image_is_0_6(image) ? OS_IMAGE_LINE_0_6 : OS_IMAGE_LINE_0_5;
    struct os_image embedded;

    if (os_image_parse(&embedded, os_image_embedded(line), error))
        return -1;
    memcpy(image->acpi_loader, embedded.acpi_loader, REGISTER_BYTES);
    memcpy(image->acpi_rsdp, embedded.acpi_rsdp, REGISTER_BYTES);
    memcpy(image->acpi_tables, embedded.acpi_tables, REGISTER_BYTES);
    return 0;
}

/* --- the directory --- */

static int find_name(struct image_directory *directory, const char *where, struct error *error)
{
    const char *slash = strrchr(where, '/');

    if (strlen(slash + 1) >= sizeof directory->name)
        return error_input(error, "its name is too long");
    snprintf(directory->name, sizeof directory->name, "%s", slash + 1);
    return 0;
}

int image_directory_read(struct image_directory *directory, const char *path, struct error *error)
{
    struct os_image *image = &directory->image;
    char where[PATH_MAX];

    *directory = (struct image_directory){.metadata = NULL};
    if (!realpath(path, where))
        return error_input(error, "the image %s does not exist", path);
    if (find_name(directory, where, error) || read_metadata(directory, where, error) ||
        read_checksums(image, where, error) || check_digest(image, where, error) ||
        read_measurement(image, where, error) || borrow_acpi(image, error))
        return error_context(error, "the image %s", path);
    return 0;
}

void image_directory_free(struct image_directory *directory)
{
    free(directory->metadata);
    directory->metadata = NULL;
}
