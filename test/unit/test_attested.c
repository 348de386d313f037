/* Attestations that vouch for a key: what is verified, and what they say of a TD's boot. */
#include "sim/verify/attested.h"

#include "sim/keys/ra_tls.h"
#include "sim/tdx/attestation_scale.h"
#include "test/unit/verify_fixture.h"

struct fixture {
    struct td *td;
    struct p256_key key;
    struct arena arena;
    struct attested attested;
    uint8_t report_data[RA_TLS_REPORT_DATA_BYTES];
    struct error error;
};

static struct fixture *fixture_of(struct td *td)
{
    static struct fixture fixture;
    uint8_t spki[X509_SPKI_BYTES];

    fixture = (struct fixture){.td = td};
    arena_init(&fixture.arena);
    p256_key_generate(&fixture.key);
    x509_key_spki(fixture.key.public_key, spki);
    ra_tls_report_data(spki, fixture.report_data);
    return &fixture;
}

static int start(void **state)
{
    *state = fixture_of(td_fixture_cluster(NULL, NULL)->first);
    return 0;
}

static int start_0_6(void **state)
{
    *state = fixture_of(td_fixture_0_6("{\"name\":\"x\",\"manifest_version\":2,\"kms_enabled\":true,"
                                       "\"event_log_version\":2,\"init_script\":\"true\"}"));
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->arena);
    td_fixture_free(f->td);
    return 0;
}

static int verify(struct fixture *f, struct span attestation)
{
    const struct quote_authority authority = {
        .platform = f->td->shared->platform,
        .collateral = td_fixture_collateral(f->td, SOME_TIME),
        .now = SOME_TIME,
    };

    f->error = (struct error){.kind = ERROR_NONE};
    return evidence_read_attestation(attestation, &f->arena, &f->attested.evidence, &f->error) ||
                   attested_verify(&f->attested, f->report_data, &authority, &f->arena, &f->error)
               ? -1
               : 0;
}

static struct span attestation_of(struct fixture *f)
{
    struct app_cert_evidence evidence;

    td_evidence(f->td, &f->key, &f->arena, &evidence);
    return evidence.attestation;
}

static void boot_info_is_what_the_td_has_measured(void **state)
{
    struct fixture *f = *state;
    const struct identity *identity = &f->td->identity;
    const struct registers *registers = &f->td->state.registers;
    struct attested_boot boot;
    uint8_t hash[32];

    assert_int_equal(verify(f, attestation_of(f)), 0);
    assert_int_equal(attested_boot_info(&f->attested, false, SPAN_NONE, &f->arena, &boot, &f->error), 0);
    assert_true(span_equal(boot.app.app_id, span_of(identity->app_id, 20)));
    assert_true(span_equal(boot.app.compose_hash, span_of(identity->compose_hash, 32)));
    assert_true(span_equal(boot.app.instance_id, identity_instance(identity)));
    assert_true(span_equal(boot.app.device_id, span_of(identity->device_id, 32)));
    assert_true(span_equal(boot.app.os_image_hash, span_of(identity->os_image_hash, 32)));
    assert_true(span_equal(boot.app.key_provider_info, span_text(identity->key_provider_info.plain)));
    registers_aggregate(registers, hash);
    assert_true(span_equal(boot.app.mr_aggregated, span_of(hash, 32)));
    registers_system(registers, boot.app.key_provider_info, hash);
    assert_true(span_equal(boot.app.mr_system, span_of(hash, 32)));
    assert_string_equal(boot.tcb_status, "UpToDate");
    assert_int_equal(boot.advisory_count, 0);
}

/* Early: RTMR3 as of boot-mr-done, and no key provider. */
static void early_boot_info_ends_before_the_keys(void **state)
{
    struct fixture *f = *state;
    struct registers registers = f->td->state.registers;
    struct attested_boot boot;
    uint8_t hash[32];

    for (size_t i = 0; i < f->td->state.log.count; i++)
        if (strcmp(f->td->state.log.events[i].name, "os-image-hash") == 0)
            td_registers_before(f->td, i, &registers);
    memcpy(registers.config_id, f->td->state.registers.config_id, sizeof registers.config_id);
    memcpy(registers.mrtd, f->td->state.registers.mrtd, sizeof registers.mrtd);
    assert_memory_not_equal(registers.rtmr[3], f->td->state.registers.rtmr[3], 48);
    assert_int_equal(verify(f, attestation_of(f)), 0);
    assert_int_equal(attested_boot_info(&f->attested, true, SPAN_NONE, &f->arena, &boot, &f->error), 0);
    registers_aggregate(&registers, hash);
    assert_true(span_equal(boot.app.mr_aggregated, span_of(hash, 32)));
    registers_system(&registers, SPAN_NONE, hash);
    assert_true(span_equal(boot.app.mr_system, span_of(hash, 32)));
    assert_int_equal(boot.app.key_provider_info.len, 0);
}

static void the_requests_vm_config_wins(void **state)
{
    struct fixture *f = *state;
    struct attested_boot boot;

    assert_int_equal(verify(f, attestation_of(f)), 0);
    assert_int_equal(attested_boot_info(&f->attested, false, span_text("{\"os_image_hash\":\"0x0102\"}"),
                                        &f->arena, &boot, &f->error),
                     0);
    assert_true(span_equal(boot.app.os_image_hash, span_of("\1\2", 2)));
    assert_int_equal(attested_boot_info(&f->attested, false, span_text("{}"), &f->arena, &boot, &f->error),
                     0);
    assert_int_equal(boot.app.os_image_hash.len, 0);
    assert_int_equal(attested_boot_info(&f->attested, false, span_text("[1]"), &f->arena, &boot, &f->error),
                     -1);
    assert_contains(f->error.text, "Failed to decode os image hash: vm_config must be a JSON object");
    f->error = (struct error){.kind = ERROR_NONE};
    assert_int_equal(attested_boot_info(&f->attested, false, span_text("{\"os_image_hash\":\"xy\"}"),
                                        &f->arena, &boot, &f->error),
                     -1);
    assert_contains(f->error.text, "Failed to decode os image hash: os_image_hash");
    f->error = (struct error){.kind = ERROR_NONE};
    assert_int_equal(attested_boot_info(&f->attested, false, span_text("{\"os_image_hash\":5}"), &f->arena,
                                        &boot, &f->error),
                     -1);
    assert_string_equal(f->error.text, "Failed to decode os image hash: os_image_hash must be hex");
}

static void a_log_without_an_app_is_refused(void **state)
{
    struct fixture *f = *state;
    struct attested_boot boot;

    assert_int_equal(verify(f, attestation_of(f)), 0);
    f->attested.evidence.count = 0;
    assert_int_equal(attested_boot_info(&f->attested, false, SPAN_NONE, &f->arena, &boot, &f->error), -1);
    assert_string_equal(f->error.text, "app_id must be 20 bytes");
}

static void a_quote_over_another_key_is_refused(void **state)
{
    struct fixture *f = *state;

    f->report_data[0] ^= 1;
    assert_int_equal(verify(f, attestation_of(f)), -1);
    assert_contains(f->error.text, "report data mismatch");
}

static void a_debug_td_is_refused(void **state)
{
    struct fixture *f = *state;

    td_set_debug(f->td, true);
    assert_int_equal(verify(f, attestation_of(f)), -1);
    assert_contains(f->error.text, "debug mode");
}

static void another_event_log_is_refused(void **state)
{
    struct fixture *f = *state;
    struct span attestation = attestation_of(f);
    uint8_t *changed = (uint8_t *)arena_copy(&f->arena, attestation.data, attestation.len);
    const uint8_t *instance_id = f->td->identity.instance_id;
    int found = 0;

    /* In the log and in the list of runtime events. */
    for (uint8_t *at = changed; (at = memmem(at, attestation.len - (size_t)(at - changed), instance_id, 20));
         found++)
        at[0] ^= 1;
    assert_int_equal(found, 2);
    assert_int_equal(verify(f, span_of(changed, attestation.len)), -1);
    assert_contains(f->error.text, "RTMR3");
}

/* Whether a whole attestation, shortened, is what the TD itself puts into certificates. */
static void a_whole_attestation_is_shortened_as_the_td_does_it(void **state)
{
    struct fixture *f = *state;
    struct span whole = td_attestation(f->td, TD_ATTESTATION_WHOLE, f->report_data, &f->arena, NULL);
    struct span cut = attestation_of(f);

    assert_int_equal(verify(f, whole), 0);
    assert_true(span_equal(attested_cut(&f->attested, &f->arena), cut));
    assert_int_equal(verify(f, cut), 0);
    assert_true(span_equal(attested_cut(&f->attested, &f->arena), cut));
    assert_true(whole.len > cut.len);
}

static void app_info_has_the_init_scripts(void **state)
{
    struct fixture *f = *state;
    struct app_info app;

    assert_int_equal(verify(f, attestation_of(f)), 0);
    assert_int_equal(attested_app_info(&f->attested, &f->arena, &app, &f->error), 0);
    assert_int_equal(app.init_script_count, 1);
    assert_true(span_equal(app.init_script_hashes[0],
                           span_of(f->td->identity.init_script_hashes[0], IDENTITY_SCRIPT_HASH_BYTES)));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)
#define WITH_0_6(test) cmocka_unit_test_setup_teardown(test, start_0_6, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(boot_info_is_what_the_td_has_measured),
        WITH_0_6(boot_info_is_what_the_td_has_measured),
        WITH(early_boot_info_ends_before_the_keys),
        WITH(the_requests_vm_config_wins),
        WITH(a_log_without_an_app_is_refused),
        WITH(a_quote_over_another_key_is_refused),
        WITH(a_debug_td_is_refused),
        WITH(another_event_log_is_refused),
        WITH(a_whole_attestation_is_shortened_as_the_td_does_it),
        WITH_0_6(a_whole_attestation_is_shortened_as_the_td_does_it),
        WITH_0_6(app_info_has_the_init_scripts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
