/* Documents with tables that are written from the program's own. A test holds the document to
 * them; given the document's name, the same program prints it with new tables: `make docs`. */
#ifndef TEST_DOCS_FIXTURE_H
#define TEST_DOCS_FIXTURE_H

#include "test/unit/options_fixture.h"

#define DOCUMENT_BYTES_MAX (1024 * 1024)

struct document {
    const char *path;        /* from the root of the tree, where the tests run */
    const char *start, *end; /* whole lines before and after the tables */
    void (*print)(FILE *stream);
};

/* Heap. */
static inline char *document_read(const char *path)
{
    char *text = calloc(1, DOCUMENT_BYTES_MAX);
    FILE *file = fopen(path, "r");

    if (!text || !file || !fread(text, 1, DOCUMENT_BYTES_MAX - 1, file)) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    fclose(file);
    return text;
}

static inline char *document_renewed(const struct document *document, const char *text)
{
    const char *start = strstr(text, document->start), *end = strstr(text, document->end);

    if (!start || !end) {
        fprintf(stderr, "%s has no place for its tables; expected the lines\n%s%s", document->path,
                document->start, document->end);
        exit(1);
    }
    return PRINTED({
        fprintf(stream, "%.*s%s", (int)(start - text), text, document->start);
        document->print(stream);
        fputs(end, stream);
    });
}

static inline void document_assert_fresh(const struct document *document)
{
    char *text = document_read(document->path);
    char *fresh = document_renewed(document, text);

    if (strcmp(text, fresh) != 0)
        fail_msg("%s is out of date: run `make docs` and commit it", document->path);
    free(fresh);
    free(text);
}

/* Returns the exit code. */
static inline int document_print(const struct document *document, const char *path)
{
    char *text = document_read(path);
    char *fresh = document_renewed(document, text);

    fputs(fresh, stdout);
    free(fresh);
    free(text);
    return 0;
}

#endif
