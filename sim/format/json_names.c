#include "sim/format/json_names.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/random.h"
#include "sim/base/keyed_hash.h"
#include "sim/base/memory.h"

#define BITS_MIN 6

/* An open object is told from others by where its first name is in the list, or would be: each but the outermost
 * lies in a member, whose name is in the list. */
struct json_name {
    const uint8_t *data;
    size_t len;
    char *copy;
    uint32_t object, hash, place; /* place: in the table */
};

/* Free where number is 0. The hash is here as well, because most names that meet at a place differ in it. */
struct json_name_place {
    uint32_t hash, number; /* number: in the list, from 1 on */
};

static bool is_equal(const struct json_name *a, const struct json_name *b)
{
    return a->object == b->object && a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* Out: where in the table the name is, or would be. Returns whether it is there. */
static bool find(const struct json_names *names, struct json_name *name)
{
    const uint32_t mask = (1u << names->bits) - 1;
    const struct json_name_place *place;

    name->place = name->hash >> (KEYED_HASH_BITS - names->bits);
    while ((place = &names->table[name->place])->number) {
        if (place->hash == name->hash && is_equal(&names->list[place->number - 1], name))
            return true;
        name->place = (name->place + 1) & mask;
    }
    return false;
}

static void put(struct json_names *names, const struct json_name *name, uint32_t number)
{
    names->table[name->place] = (struct json_name_place){.hash = name->hash, .number = number};
}

/* In the order in which they came, so that each is where it would be if the table had always been as large. */
static void fill_table(struct json_names *names)
{
    for (uint32_t i = 0; i < names->count; i++) {
        (void)find(names, &names->list[i]);
        put(names, &names->list[i], i + 1);
    }
}

/* The list has room for half as many names as the table has places. */
static bool is_full(const struct json_names *names)
{
    return names->bits == 0 || names->count == 1u << (names->bits - 1);
}

static void grow(struct json_names *names)
{
    if (names->bits == 0)
        random_bytes((uint8_t *)names->key, sizeof names->key);
    names->bits = names->bits ? names->bits + 1 : BITS_MIN;
    names->list = memory_grow(names->list, (sizeof *names->list << names->bits) / 2);
    free(names->table);
    names->table = memory_zalloc(sizeof *names->table << names->bits);
    fill_table(names);
}

uint32_t json_names_open(const struct json_names *names)
{
    return names->count;
}

bool json_names_add(struct json_names *names, uint32_t object, struct span name, char *copy)
{
    struct json_name one = {.data = name.data, .len = name.len, .copy = copy, .object = object};

    if (is_full(names))
        grow(names);
    one.hash = keyed_hash(names->key, object, name);
    if (find(names, &one)) {
        free(copy);
        return false;
    }
    names->list[names->count++] = one;
    put(names, &one, names->count);
    return true;
}

/* The last name goes first: none that came after it can have been placed beyond it. */
void json_names_close(struct json_names *names, uint32_t object)
{
    while (names->count > object) {
        const struct json_name *last = &names->list[--names->count];

        names->table[last->place].number = 0;
        free(last->copy);
    }
}

void json_names_free(struct json_names *names)
{
    json_names_close(names, 0);
    free(names->list);
    free(names->table);
    *names = (struct json_names){.count = 0};
}
