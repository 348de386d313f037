/* A temporary directory for each test, which has to be empty again at its end. */
#ifndef TEST_FOLDER_FIXTURE_H
#define TEST_FOLDER_FIXTURE_H

#include <stdio.h>
#include <unistd.h>

#include "test/unit/vectors.h"

struct folder {
    char path[32];
    char file[48]; /* of a file in it, for the test to make and tear-down to remove */
};

static inline int folder_setup(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);

    assert_non_null(folder);
    strcpy(folder->path, "/tmp/test_unit.XXXXXX");
    if (!mkdtemp(folder->path))
        return -1;
    snprintf(folder->file, sizeof folder->file, "%s/file", folder->path);
    *state = folder;
    return 0;
}

static inline int folder_teardown(void **state)
{
    struct folder *folder = *state;

    unlink(folder->file);
    if (rmdir(folder->path) != 0) /* fails when something was left behind */
        return -1;
    free(folder);
    return 0;
}

#endif
