/* MRCONFIGID in all its forms: in registers, quote and aggregate. */
#include "sim/td/mr_config.h"

#include "crypto/hash.h"
#include "sim/base/json_text.h"
#include "sim/td/launch_document.h"
#include "test/unit/td_fixture.h"

#define APP(members) "{\"name\":\"x\",\"kms_enabled\":true" members "}"
#define PINNED(id) APP(",\"key_provider_id\":\"" id "\"")
/* The public key of this seed's KMS CA. */
#define PROVIDER                                                                                             \
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004"                                                 \
    "52dc6ef380cfbc6206c4d7546c3c994b3658c1685576a7a736860b46cfaba82e"                                       \
    "c3c791bfe936b10aa22cf5f3a686f075a1f2471730c22086ea8e74cfc47ffaf1"

struct given {
    const char *app_compose;
    const char *sys_config;
    bool is_left_zero;
    enum os_image_line line;
};

static struct td *boot(const struct given *given, struct error *error)
{
    struct cluster_config cluster_config;
    struct td_config config;
    struct cluster *cluster;

    cluster_config_init(&cluster_config);
    td_config_init(&config);
    if (given->app_compose)
        config.app_compose = span_text(given->app_compose);
    if (given->sys_config)
        config.sys_config = span_text(given->sys_config);
    config.leaves_mr_config_zero = given->is_left_zero;
    config.os_image = os_image_embedded(given->line);
    cluster = cluster_new(&cluster_config, error);
    assert_non_null(cluster);
    if (cluster_add(cluster, &config, error))
        return cluster->first;
    cluster_free(cluster);
    return NULL;
}

static struct td *booted(const struct given *given)
{
    struct error error = {.kind = ERROR_NONE};
    struct td *td = boot(given, &error);

    if (!td)
        fail_msg("%s", error.text);
    return td;
}

/* The register, which every quote shows, is the same 33 bytes and zeros. */
static void assert_config_id(const struct td *td, uint8_t form, const uint8_t *hash)
{
    static const uint8_t report_data[REPORT_DATA_BYTES];
    uint8_t expected[REGISTER_BYTES] = {form};
    struct arena arena;

    memcpy(expected + 1, hash, 32);
    assert_memory_equal(td->state.registers.config_id, expected, REGISTER_BYTES);
    arena_init(&arena);
    assert_memory_equal(td_quote(td, report_data, &arena).data + 48 + 184, expected, REGISTER_BYTES);
    arena_free(&arena);
}

static void the_compose_hash_by_default(void **state)
{
    struct td *td = booted(&(struct given){.is_left_zero = false});

    (void)state;
    assert_config_id(td, 1, td->app.compose_hash);
    td_fixture_free(td);
}

static void it_is_left_zero_on_request(void **state)
{
    static const uint8_t zeros[32];
    struct td *td = booted(&(struct given){.is_left_zero = true});

    (void)state;
    assert_config_id(td, 0, zeros);
    td_fixture_free(td);
}

static void the_aggregate_follows(void **state)
{
    struct td *set = booted(&(struct given){.is_left_zero = false}),
              *zero = booted(&(struct given){.is_left_zero = true});
    uint8_t measured[5 * REGISTER_BYTES], owner[3 * REGISTER_BYTES] = {0}, expected[32], aggregated[32];
    const struct bytes parts[] = {{measured, sizeof measured}, {owner, sizeof owner}};

    (void)state;
    memcpy(measured, set->state.registers.mrtd, REGISTER_BYTES);
    memcpy(measured + REGISTER_BYTES, set->state.registers.rtmr, 4 * REGISTER_BYTES);
    memcpy(owner, set->state.registers.config_id, REGISTER_BYTES);
    hash_parts(HASH_SHA256, parts, 2, expected);
    registers_aggregate(&set->state.registers, aggregated);
    assert_memory_equal(aggregated, expected, 32);
    hash_parts(HASH_SHA256, parts, 1, expected);
    registers_aggregate(&zero->state.registers, aggregated);
    assert_memory_equal(aggregated, expected, 32);
    td_fixture_free(set);
    td_fixture_free(zero);
}

static void it_survives_events_and_reset(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct td *td = booted(&(struct given){.is_left_zero = false});

    (void)state;
    assert_int_equal(td_emit_event(td, "x", SPAN_NONE, &error), 0);
    assert_config_id(td, 1, td->app.compose_hash);
    td_reset(td);
    assert_config_id(td, 1, td->app.compose_hash);
    td_fixture_free(td);
}

static void a_pinned_key_provider_is_hashed(void **state)
{
    struct td *td = booted(&(struct given){.app_compose = PINNED(PROVIDER)});
    uint8_t hash[32];

    (void)state;
    /* Computed elsewhere. */
    from_hex("5d4d90816e33bfbe715cca912f0da3f1c8382e7017e832140dc3ee294c454d76", hash, 32);
    assert_config_id(td, 2, hash);
    td_fixture_free(td);
}

/* A host of the 0.6 line writes a document that names what it pins. */
static void a_later_host_hashes_its_own_document(void **state)
{
    const struct given pinned = {.app_compose = PINNED(PROVIDER), .line = OS_IMAGE_LINE_0_6};
    struct td *td = booted(&pinned), *plain = booted(&(struct given){.line = OS_IMAGE_LINE_0_6});
    struct bytes parts[] = {{"dstack-mr-config-v3:", 21}, {NULL, 0}};
    struct buf document;
    uint8_t hash[32];

    (void)state;
    buf_init(&document, SIZE_MAX);
    launch_document_write(&td->app, &td->identity, &document);
    parts[1] = (struct bytes){document.data, document.len};
    hash_parts(HASH_SHA256, parts, 2, hash);
    assert_config_id(td, 3, hash);
    assert_config_id(plain, 1, plain->app.compose_hash);
    buf_free(&document);
    td_fixture_free(td);
    td_fixture_free(plain);
}

/* A sys-config that hands over this document, on the heap. */
static char *handing_over(const char *document)
{
    struct buf text;
    size_t len;

    buf_init(&text, SIZE_MAX);
    json_text_member(&text, '{', "vm_config", "{}");
    json_text_member(&text, ',', "mr_config", document);
    buf_append_byte(&text, '}');
    return buf_take(&text, &len);
}

static void a_document_is_hashed_as_it_is_handed_over(void **state)
{
    static const char document[] = "{ \"key_provider\":\"kms\", \"compose_hash\":"
                                   "\"e3c7608ea98988eab05c4bf90e361c4648414a4940d13038db12d272834a5e46\"}";
    const struct bytes parts[] = {{"dstack-mr-config-v3:", 21}, {document, sizeof document - 1}};
    char *sys_config = handing_over(document);
    struct td *td = booted(&(struct given){.app_compose = APP(""), .sys_config = sys_config});
    uint8_t hash[32];

    (void)state;
    hash_parts(HASH_SHA256, parts, 2, hash);
    assert_config_id(td, 3, hash);
    td_fixture_free(td);
    free(sys_config);
}

static void assert_refused(const struct given *given, const char *expected)
{
    struct error error = {.kind = ERROR_NONE};

    assert_null(boot(given, &error));
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, expected))
        fail_msg("%s", error.text);
}

static void another_key_provider_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct given){.app_compose = PINNED("00")},
                   "app-compose: its key_provider_id is not that of the key provider \"kms\", which is "
                   "\"" PROVIDER "\"");
    assert_refused(&(struct given){.app_compose = PINNED(PROVIDER), .is_left_zero = true},
                   "its key_provider_id needs MRCONFIGID");
}

static void a_document_of_another_launch_is_refused(void **state)
{
    char *sys_config = handing_over("{\"key_provider\":\"none\",\"compose_hash\":\"00\"}");

    (void)state;
    assert_refused(&(struct given){.app_compose = APP(""), .sys_config = sys_config},
                   "app-compose: mr_config of the sys-config: ");
    assert_refused(&(struct given){.sys_config = "{\"vm_config\":\"{}\",\"mr_config\":1}"},
                   "sys-config: mr_config must be a string");
    free(sys_config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_compose_hash_by_default),
        cmocka_unit_test(it_is_left_zero_on_request),
        cmocka_unit_test(the_aggregate_follows),
        cmocka_unit_test(it_survives_events_and_reset),
        cmocka_unit_test(a_pinned_key_provider_is_hashed),
        cmocka_unit_test(another_key_provider_is_refused),
        cmocka_unit_test(a_later_host_hashes_its_own_document),
        cmocka_unit_test(a_document_is_hashed_as_it_is_handed_over),
        cmocka_unit_test(a_document_of_another_launch_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
