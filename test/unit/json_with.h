/* A JSON file with one member wrong, as the tests of its readers need it. */
#ifndef TEST_JSON_WITH_H
#define TEST_JSON_WITH_H

#include <jansson.h>

#include "sim/base/span.h"
#include "test/unit/vectors.h"

/* The file with one member of the object of that name (NULL: of the file itself) set to a JSON
 * value, or left out (NULL). Freed by the caller. */
static inline char *json_with(struct span file, const char *object, const char *member, const char *value)
{
    json_t *root = json_loadb((const char *)file.data, file.len, 0, NULL);
    json_t *at = object ? json_object_get(root, object) : root;
    char *text;

    assert_non_null(at);
    if (value)
        json_object_set_new(at, member, json_loads(value, JSON_DECODE_ANY, NULL));
    else
        assert_int_equal(json_object_del(at, member), 0);
    text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

#endif
