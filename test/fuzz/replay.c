/* Runs a fuzz target on files, without libFuzzer: on each argument, and on all files of each argument that
 * is a directory. Fails if there is none. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim/base/file.h"
#include "test/fuzz/fuzz.h"

enum { INPUT_BYTES_MAX = 16 * 1024 * 1024 };

static size_t replay_file(const char *path)
{
    struct error error = {0};
    size_t len = 0;
    uint8_t *exact;
    char *data;

    if (file_read(path, INPUT_BYTES_MAX, &data, &len, &error)) {
        fprintf(stderr, "%s\n", error.text);
        exit(2);
    }
    exact = malloc(len > 0 ? len : 1);
    memcpy(exact, data, len);
    free(data);
    fprintf(stderr, "%s\n", path); /* the last one names the input that ends the process */
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    return 1;
}

static size_t replay_directory(const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    size_t count = 0;

    while (directory && (entry = readdir(directory))) {
        char inside[4096];

        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            count += replay_file(inside);
    }
    if (directory)
        closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;

    for (int i = 1; i < argc; i++) {
        struct stat status;

        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
            count += replay_directory(argv[i]);
        else
            count += replay_file(argv[i]);
    }
    printf("%zu inputs\n", count);
    return count > 0 ? 0 : 1;
}
