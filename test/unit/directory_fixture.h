/* A temporary directory for each test, which has to be empty again at its end. */
#ifndef TEST_DIRECTORY_FIXTURE_H
#define TEST_DIRECTORY_FIXTURE_H

#include <stdio.h>
#include <unistd.h>

#include "test/unit/vectors.h"

struct directory {
    char path[32];
    char file[48]; /* of a file in it, for the test to make and tear-down to remove */
};

static inline int directory_setup(void **state)
{
    struct directory *directory = calloc(1, sizeof *directory);

    assert_non_null(directory);
    strcpy(directory->path, "/tmp/test_unit.XXXXXX");
    if (!mkdtemp(directory->path))
        return -1;
    snprintf(directory->file, sizeof directory->file, "%s/file", directory->path);
    *state = directory;
    return 0;
}

static inline int directory_teardown(void **state)
{
    struct directory *directory = *state;

    unlink(directory->file);
    if (rmdir(directory->path) != 0) /* fails when something is left in it */
        return -1;
    free(directory);
    return 0;
}

#endif
