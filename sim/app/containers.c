#include "sim/app/containers.h"

#include <yaml.h>

#include "sim/base/value_count.h"

static char *copy_scalar(const yaml_node_t *node, struct arena *arena)
{
    if (!node || node->type != YAML_SCALAR_NODE)
        return arena_copy(arena, "", 0);
    return arena_copy(arena, node->data.scalar.value, node->data.scalar.length);
}

/* The value of a key in a mapping, or NULL. */
static yaml_node_t *find(yaml_document_t *document, const yaml_node_t *mapping, const char *key)
{
    if (!mapping || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (name && name->type == YAML_SCALAR_NODE && strcmp((const char *)name->data.scalar.value, key) == 0)
            return yaml_document_get_node(document, pair->value);
    }
    return NULL;
}

static size_t list_services(yaml_document_t *document, struct arena *arena, struct container *containers)
{
    const yaml_node_t *services = find(document, yaml_document_get_root_node(document), "services");
    size_t count = 0;

    if (!services || services->type != YAML_MAPPING_NODE)
        return 0;
    for (yaml_node_pair_t *pair = services->data.mapping.pairs.start;
         pair < services->data.mapping.pairs.top && count < CONTAINERS_MAX; pair++) {
        const yaml_node_t *service = yaml_document_get_node(document, pair->value);
        containers[count++] = (struct container){
            .service = copy_scalar(yaml_document_get_node(document, pair->key), arena),
            .name = copy_scalar(find(document, service, "container_name"), arena),
            .image = copy_scalar(find(document, service, "image"), arena),
        };
    }
    return count;
}

static size_t parse_yaml(const char *text, size_t len, struct arena *arena, struct container *containers)
{
    yaml_document_t document;
    yaml_parser_t parser;
    size_t count = 0;

    if (!yaml_parser_initialize(&parser))
        return 0;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    if (yaml_parser_load(&parser, &document)) {
        count = list_services(&document, arena, containers);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return count;
}

size_t containers_list(const struct app *app, struct arena *arena, struct container **containers)
{
    const char *file = app->says.docker_compose_file;

    *containers = arena_alloc(arena, CONTAINERS_MAX * sizeof **containers);
    return file && value_count_allows_yaml(span_text(file))
               ? parse_yaml(file, strlen(file), arena, *containers)
               : 0;
}

int containers_check(struct span file, struct error *error)
{
    const yaml_node_t *services;
    yaml_document_t document;
    yaml_parser_t parser;
    int result = 0;

    if (!value_count_allows_yaml(file))
        return error_input(error, "has more than %u values", VALUE_COUNT_MAX);
    if (!yaml_parser_initialize(&parser))
        return error_internal(error, "out of memory");
    yaml_parser_set_input_string(&parser, file.data, file.len);
    if (!yaml_parser_load(&parser, &document)) {
        result = error_input(error, "is not YAML: line %zu: %s", parser.problem_mark.line + 1,
                             parser.problem ? parser.problem : "cannot be parsed");
    } else {
        services = find(&document, yaml_document_get_root_node(&document), "services");
        if (!services || services->type != YAML_MAPPING_NODE)
            result =
                error_input(error, "has no mapping \"services\"; expected one as in services: {web: {image: "
                                   "nginx}}");
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return result;
}
