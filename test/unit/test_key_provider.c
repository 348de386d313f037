/* Where an app's keys come from: what the TD says of it, and how long the keys last. */
#include "sim/td/key_provider.h"

#include "crypto/mbedtls_private.h"
#include "test/unit/app_cert_fixture.h"

struct given {
    const char *provider; /* as in the app-compose */
    const char *more;     /* further members */
    const char *instance;
    uint32_t boot;
};

static struct td *boot(const struct given *given)
{
    struct td_config config;
    char compose[256];

    snprintf(compose, sizeof compose, "{\"name\":\"x\",\"key_provider\":\"%s\"%s}", given->provider,
             given->more ? given->more : "");
    td_config_init(&config);
    config.app_compose = span_text(compose);
    if (given->instance)
        config.instance = given->instance;
    if (given->boot)
        config.boot = given->boot;
    return td_fixture_cluster(NULL, &config)->first;
}

static const struct event *find_event(const struct td *td, const char *name)
{
    for (size_t i = 0; i < td->state.log.count; i++)
        if (strcmp(td->state.log.events[i].name, name) == 0)
            return &td->state.log.events[i];
    return NULL;
}

static void each_says_its_name_and_id(void **state)
{
    static const struct {
        const char *provider, *start;
        size_t id_digits;
        bool has_image_event;
    } cases[] = {
        {"kms", "{\"name\":\"kms\",\"id\":\"3059301306072a8648ce3d0201", 2 * X509_SPKI_BYTES, true},
        {"local", "{\"name\":\"local-sgx\",\"id\":\"", 64, false},
        {"tpm", "{\"name\":\"tpm\",\"id\":\"\"}", 0, false},
        {"none", "{\"name\":\"none\",\"id\":\"\"}", 0, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct td *td = boot(&(struct given){.provider = cases[i].provider});
        const struct text *info = &td->identity.key_provider_info;
        const struct event *event = find_event(td, "key-provider");
        struct registers replayed;

        assert_memory_equal(info->plain, cases[i].start, strlen(cases[i].start));
        assert_int_equal(2 * td->identity.key_provider_id_len, cases[i].id_digits);
        assert_true(span_is(span_of(event->payload, event->payload_len), info->plain));
        assert_int_equal(find_event(td, "os-image-hash") != NULL, cases[i].has_image_event);
        td_replay(td, &replayed);
        assert_memory_equal(replayed.rtmr, td->state.registers.rtmr, sizeof replayed.rtmr);
        assert_int_equal(td->keys.k256_signature_len, cases[i].has_image_event ? 65 : 0);
        assert_int_equal(td->keys.has_env_key, cases[i].has_image_event);
        td_fixture_free(td);
    }
}

/* Whether the keys of two boots are the same. */
static bool are_same(const struct given *a, const struct given *b)
{
    struct td *one = boot(a), *two = boot(b);
    bool same = memcmp(one->keys.k256_key, two->keys.k256_key, 32) == 0;

    assert_int_equal(memcmp(one->keys.ca_key.public_key, two->keys.ca_key.public_key, P256_PUBLIC_BYTES) == 0,
                     same);
    assert_int_equal(strcmp(one->keys.ca_cert, two->keys.ca_cert) == 0, same);
    td_fixture_free(one);
    td_fixture_free(two);
    return same;
}

static void keys_last_as_long_as_their_provider_keeps_them(void **state)
{
    (void)state;
    assert_true(are_same(&(struct given){.provider = "tpm"}, &(struct given){.provider = "tpm", .boot = 2}));
    assert_true(
        are_same(&(struct given){.provider = "local"}, &(struct given){.provider = "local", .boot = 2}));
    assert_true(are_same(&(struct given){.provider = "none"}, &(struct given){.provider = "none"}));
    assert_false(
        are_same(&(struct given){.provider = "none"}, &(struct given){.provider = "none", .boot = 2}));
}

static void each_td_has_its_own(void **state)
{
    static const char no_id[] = ",\"no_instance_id\":true";

    (void)state;
    assert_false(
        are_same(&(struct given){.provider = "tpm"}, &(struct given){.provider = "tpm", .instance = "b"}));
    assert_false(
        are_same(&(struct given){.provider = "none"}, &(struct given){.provider = "none", .instance = "b"}));
    assert_false(are_same(&(struct given){.provider = "tpm", .more = no_id},
                          &(struct given){.provider = "tpm", .more = no_id, .instance = "b"}));
    assert_false(are_same(&(struct given){.provider = "tpm"}, &(struct given){.provider = "local"}));
    assert_false(are_same(&(struct given){.provider = "tpm"}, &(struct given){.provider = "none"}));
}

/* The enclave seals them to the TD's measurements, the app's included. */
static void an_enclave_seals_keys_to_what_is_measured(void **state)
{
    static const char no_id[] = ",\"no_instance_id\":true";

    (void)state;
    assert_false(are_same(&(struct given){.provider = "local"},
                          &(struct given){.provider = "local", .more = ",\"secure_time\":true"}));
    assert_false(are_same(&(struct given){.provider = "local"},
                          &(struct given){.provider = "local", .instance = "b"}));
    assert_true(are_same(&(struct given){.provider = "local", .more = no_id},
                         &(struct given){.provider = "local", .more = no_id, .instance = "b"}));
}

/* Its registers are those of the event before the key provider's. */
static void the_apps_own_root_shows_a_quote_of_its_key(void **state)
{
    struct td *td = boot(&(struct given){.provider = "local"});
    struct certificate_extension list[CERTIFICATE_EXTENSIONS_MAX];
    uint8_t spki[X509_SPKI_BYTES], expected[REPORT_DATA_BYTES], oid[10];
    struct registers before;
    mbedtls_x509_crt root;
    struct span value = SPAN_NONE;
    const uint8_t *quote;
    size_t count;

    (void)state;
    certificate_read(&root, td->keys.ca_cert);
    assert_int_equal(root.MBEDTLS_PRIVATE(ca_istrue), 1);
    assert_int_equal(root.MBEDTLS_PRIVATE(max_pathlen), 2); /* mbedTLS counts one more */
    assert_true(span_equal(span_of(root.issuer_raw.p, root.issuer_raw.len),
                           span_of(root.subject_raw.p, root.subject_raw.len)));
    assert_true(span_is(span_of(root.subject.val.p, root.subject.val.len), "App Root Cert"));
    assert_null(root.subject.next);
    count = certificate_extensions(&root, list);
    from_hex(ATTESTATION_OID, oid, sizeof oid);
    for (size_t i = 0; i < count; i++)
        if (span_equal(list[i].oid, span_of(oid, sizeof oid)))
            value = list[i].value;
    assert_int_not_equal(value.len, 0);
    x509_key_spki(td->keys.ca_key.public_key, spki);
    ra_tls_report_data(spki, expected);
    quote = memmem(value.data, value.len, expected, sizeof expected);
    assert_non_null(quote);
    quote -= 568;
    td_registers_before(td, td->state.log.count - 3, &before);
    assert_string_equal(td->state.log.events[td->state.log.count - 4].name, "boot-mr-done");
    assert_memory_equal(quote + 48 + 328, before.rtmr, sizeof before.rtmr);
    assert_memory_equal(quote + 48 + 184, td->state.registers.config_id, REGISTER_BYTES);
    assert_null(memmem(value.data, value.len, "system-ready", 12));
    mbedtls_x509_crt_free(&root);
    td_fixture_free(td);
}

static void certificates_chain_to_it(void **state)
{
    static const char *const providers[] = {"local", "tpm", "none"};

    (void)state;
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++) {
        struct td *td = boot(&(struct given){.provider = providers[i]});
        const struct app_cert_request request = {.subject = "app", .ra_tls = true, .with_app_info = true};
        struct error error = {.kind = ERROR_NONE};
        mbedtls_x509_crt root, leaf;
        struct p256_key key;
        struct arena arena;
        uint32_t flags;
        char *pem;

        arena_init(&arena);
        p256_key_generate(&key);
        assert_int_equal(td_cert_issue(td, &request, &key, &arena, &pem, &error), 0);
        certificate_read(&root, td->keys.ca_cert);
        certificate_read(&leaf, pem);
        assert_int_equal(mbedtls_x509_crt_verify(&leaf, &root, NULL, NULL, &flags, NULL, NULL), 0);
        mbedtls_x509_crt_free(&root);
        mbedtls_x509_crt_free(&leaf);
        arena_free(&arena);
        td_fixture_free(td);
    }
}

/* As dstack-kms does it: leaf, app CA, root CA, and the app id in the first two. */
static void a_kms_may_give_the_app_a_ca_of_its_own(void **state)
{
    const struct app_cert_request request = {.subject = "app", .ra_tls = true, .with_app_info = true};
    static const char *const oids[] = {"551d0f",     "551d0e",  "551d23",       ARC "03",
                                       APP_INFO_OID, USAGE_OID, ATTESTATION_OID};
    struct certificate_extension list[CERTIFICATE_EXTENSIONS_MAX];
    struct td_config config;
    struct error error = {.kind = ERROR_NONE};
    mbedtls_x509_crt root, chain;
    struct p256_key key;
    struct arena arena;
    uint32_t flags;
    struct td *td;
    char *pem;

    (void)state;
    td_config_init(&config);
    config.has_own_ca = true;
    td = td_fixture_cluster(NULL, &config)->first;
    arena_init(&arena);
    p256_key_generate(&key);
    assert_int_equal(td_cert_issue(td, &request, &key, &arena, &pem, &error), 0);
    assert_string_equal(td->keys.root_cert, td->shared->kms->ca.pem);
    certificate_read(&root, td->keys.root_cert);
    certificate_read(&chain, arena_printf(&arena, "%s%s", pem, td->keys.ca_cert));
    assert_int_equal(mbedtls_x509_crt_verify(&chain, &root, NULL, NULL, &flags, NULL, NULL), 0);
    assert_int_equal(certificate_extensions(&chain, list), 7);
    for (int i = 0; i < 7; i++)
        assert_hex_equal(list[i].oid.data, list[i].oid.len, oids[i]);
    assert_memory_equal(list[3].value.data + 2, td->identity.app_id, 20);
    assert_non_null(strstr(td_cert_own(td, &error)->plain, td->keys.root_cert));
    mbedtls_x509_crt_free(&root);
    mbedtls_x509_crt_free(&chain);
    arena_free(&arena);
    td_fixture_free(td);
}

static void without_a_kms_an_environment_is_ignored(void **state)
{
    struct td *none = boot(&(struct given){.provider = "none"}),
              *kms = boot(&(struct given){.provider = "kms"});
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct env env;

    (void)state;
    arena_init(&arena);
    assert_true(td_env_is_ignored(&none->env));
    assert_false(td_env_is_ignored(&kms->env));
    assert_int_equal(td_env_decrypt(&none->env, span_text("x"), &arena, &env, &error), -1);
    assert_non_null(strstr(error.text, "key provider is \"none\": without a KMS"));
    arena_free(&arena);
    td_fixture_free(none);
    td_fixture_free(kms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_says_its_name_and_id),
        cmocka_unit_test(keys_last_as_long_as_their_provider_keeps_them),
        cmocka_unit_test(each_td_has_its_own),
        cmocka_unit_test(an_enclave_seals_keys_to_what_is_measured),
        cmocka_unit_test(the_apps_own_root_shows_a_quote_of_its_key),
        cmocka_unit_test(certificates_chain_to_it),
        cmocka_unit_test(a_kms_may_give_the_app_a_ca_of_its_own),
        cmocka_unit_test(without_a_kms_an_environment_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
