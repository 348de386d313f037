/* What the TDs of a cluster share, and what each of them has to itself. */
#include "sim/cluster/cluster.h"

#include "crypto/hash.h"
#include "test/unit/td_fixture.h"

#define TDS 3

struct world {
    struct cluster *cluster;
    struct td *tds[TDS]; /* instances of one app */
    struct arena arena;
};

static struct td *add(struct cluster *cluster, const char *instance)
{
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;
    struct td *td;

    td_config_init(&config);
    config.instance = instance;
    td = cluster_add(cluster, &config, &error);
    if (!td)
        fail_msg("%s", error.text);
    return td;
}

static int set_up(void **state)
{
    static const char *const instances[TDS] = {"one", "two", "three"};
    struct error error = {.kind = ERROR_NONE};
    struct cluster_config config;
    struct world *world = calloc(1, sizeof *world);

    cluster_config_init(&config);
    world->cluster = cluster_new(&config, &error);
    for (int i = 0; i < TDS; i++)
        world->tds[i] = add(world->cluster, instances[i]);
    arena_init(&world->arena);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    cluster_free(world->cluster);
    arena_free(&world->arena);
    free(world);
    return 0;
}

static void emit(struct td *td, const char *name)
{
    struct error error = {.kind = ERROR_NONE};

    if (td_emit_event(td, name, SPAN_NONE, &error))
        fail_msg("%s", error.text);
}

static uint32_t take_snapshot(struct cluster *cluster, struct td *td)
{
    struct error error = {.kind = ERROR_NONE};
    uint32_t id = 0;

    if (cluster_take_snapshot(cluster, td, &id, &error))
        fail_msg("%s", error.text);
    return id;
}

static void revert(struct cluster *cluster, struct td *td, uint32_t id)
{
    struct error error = {.kind = ERROR_NONE};

    if (cluster_revert(cluster, td, id, &error))
        fail_msg("%s", error.text);
}

/* Where a quote has RTMR3 and the first byte of TDATTRIBUTES (TDX DCAP, quote format 4). */
static const uint8_t *quoted(struct world *world, const struct td *td, size_t offset)
{
    static const uint8_t report_data[REPORT_DATA_BYTES];

    return td_quote(td, report_data, &world->arena).data + offset;
}

#define RTMR3_OFFSET (48 + 328 + 3 * 48)
#define ATTRIBUTES_OFFSET (48 + 120)
#define ATTESTATION_KEY_OFFSET 700

/* --- events --- */

static void no_td_sees_the_events_of_another(void **state)
{
    struct world *world = *state;
    const size_t boot = world->tds[0]->state.log.count;

    emit(world->tds[0], "first's");
    emit(world->tds[1], "second's");
    emit(world->tds[1], "second's again");
    assert_int_equal(world->tds[0]->state.log.count, boot + 1);
    assert_int_equal(world->tds[1]->state.log.count, boot + 2);
    assert_int_equal(world->tds[2]->state.log.count, boot);
    assert_non_null(strstr(td_event_log(world->tds[0])->plain, "first's"));
    assert_null(strstr(td_event_log(world->tds[0])->plain, "second's"));
    assert_null(strstr(td_event_log(world->tds[1])->plain, "first's"));
    assert_null(strstr(td_event_log(world->tds[2])->plain, "'s"));
    for (int i = 0; i < TDS; i++)
        assert_memory_equal(quoted(world, world->tds[i], RTMR3_OFFSET),
                            world->tds[i]->state.registers.rtmr[3], REGISTER_BYTES);
    assert_memory_not_equal(world->tds[0]->state.registers.rtmr[3], world->tds[1]->state.registers.rtmr[3],
                            REGISTER_BYTES);
}

static void two_clusters_know_nothing_of_each_other(void **state)
{
    struct world *world = *state;
    struct cluster *other = td_fixture_cluster(NULL, NULL);
    const struct scenario revoked = {.tcb_status = TCB_REVOKED};
    const size_t boot = other->first->state.log.count;

    emit(world->tds[0], "of one");
    cluster_set_scenario(world->cluster, &revoked);
    assert_int_equal(other->first->state.log.count, boot);
    assert_int_equal(other->scenario.tcb_status, TCB_UP_TO_DATE);
    emit(other->first, "of the other");
    assert_null(strstr(td_event_log(world->tds[0])->plain, "of the other"));
    assert_null(strstr(td_event_log(other->first)->plain, "of one"));
    cluster_free(other);
}

/* --- who they are --- */

static void instances_share_the_app_and_the_platform(void **state)
{
    struct world *world = *state;
    const struct identity *one = &world->tds[0]->identity, *two = &world->tds[1]->identity;

    assert_memory_equal(one->app_id, two->app_id, sizeof one->app_id);
    assert_memory_equal(one->device_id, two->device_id, sizeof one->device_id);
    assert_memory_not_equal(one->instance_id, two->instance_id, sizeof one->instance_id);
    assert_memory_equal(world->tds[0]->keys.k256_key, world->tds[1]->keys.k256_key, 32);
}

static void a_seed_makes_the_same_cluster_again(void **state)
{
    struct world *world = *state;
    struct cluster *same = td_fixture_cluster(NULL, NULL), *other;
    struct cluster_config config;

    cluster_config_init(&config);
    config.seed = "another";
    other = td_fixture_cluster(&config, NULL);
    assert_string_equal(same->platform.root.pem, world->cluster->platform.root.pem);
    assert_string_not_equal(other->platform.root.pem, world->cluster->platform.root.pem);
    assert_memory_not_equal(other->kms.root_key, same->kms.root_key, sizeof same->kms.root_key);
    cluster_free(same);
    cluster_free(other);
}

/* --- coming and going --- */

static void tds_come_and_go_and_their_numbers_do_not_come_back(void **state)
{
    struct world *world = *state;
    struct td *fourth;

    assert_int_equal(world->tds[2]->number, 3);
    cluster_remove(world->cluster, world->tds[2]);
    cluster_remove(world->cluster, world->tds[1]);
    fourth = add(world->cluster, "four");
    assert_int_equal(fourth->number, 4);
    assert_ptr_equal(world->cluster->first, world->tds[0]);
    assert_ptr_equal(world->tds[0]->next, fourth);
    assert_null(fourth->next);
    emit(fourth, "still works");
}

static void a_td_that_does_not_boot_is_not_added(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;

    td_config_init(&config);
    config.app_compose = span_text("[]");
    assert_null(cluster_add(world->cluster, &config, &error));
    assert_non_null(strstr(error.text, "app-compose: must be a JSON object"));
    assert_null(world->tds[2]->next);
    assert_int_equal(add(world->cluster, "four")->number, 4);
}

/* --- what is wrong on purpose --- */

static void a_debug_td_is_one_td(void **state)
{
    struct world *world = *state;

    td_set_debug(world->tds[1], true);
    assert_int_equal(quoted(world, world->tds[0], ATTRIBUTES_OFFSET)[0], 0);
    assert_int_equal(quoted(world, world->tds[1], ATTRIBUTES_OFFSET)[0], 1);
    cluster_set_scenario(world->cluster, &(struct scenario){.pck_revoked = true});
    assert_int_equal(quoted(world, world->tds[1], ATTRIBUTES_OFFSET)[0], 1);
    td_set_debug(world->tds[1], false);
    assert_int_equal(quoted(world, world->tds[1], ATTRIBUTES_OFFSET)[0], 0);
}

static void a_scenario_is_that_of_all_tds(void **state)
{
    struct world *world = *state;
    const struct platform *platform = &world->cluster->platform;

    cluster_set_scenario(world->cluster, &(struct scenario){.key_not_vouched = true});
    for (int i = 0; i < TDS; i++)
        assert_memory_equal(quoted(world, world->tds[i], ATTESTATION_KEY_OFFSET),
                            platform->stranger_key.public_key, P256_PUBLIC_BYTES);
    assert_memory_equal(quoted(world, add(world->cluster, "four"), ATTESTATION_KEY_OFFSET),
                        platform->stranger_key.public_key, P256_PUBLIC_BYTES);
}

static void collateral_follows_the_scenario_and_the_clock(void **state)
{
    struct world *world = *state;
    struct cluster *cluster = world->cluster;
    struct error error = {.kind = ERROR_NONE};

    cluster->clock.fixed_micros = INT64_C(1700000000) * 1000000;
    assert_non_null(
        strstr(cluster_collateral(cluster, &error)->documents[TCB_TEE_TDX][EVALUATION_STANDARD].tcb_info,
               "\"issueDate\":\"2023-11-13T22:13:20Z\""));
    assert_non_null(
        strstr(cluster_collateral(cluster, &error)->documents[TCB_TEE_TDX][EVALUATION_STANDARD].tcb_info,
               "UpToDate"));
    cluster_set_scenario(cluster, &(struct scenario){.tcb_status = TCB_OUT_OF_DATE});
    assert_non_null(
        strstr(cluster_collateral(cluster, &error)->documents[TCB_TEE_TDX][EVALUATION_STANDARD].tcb_info,
               "OutOfDate"));
    cluster->clock.fixed_micros += INT64_C(24) * 3600 * 1000000;
    assert_non_null(
        strstr(cluster_collateral(cluster, &error)->documents[TCB_TEE_TDX][EVALUATION_STANDARD].tcb_info,
               "\"issueDate\":\"2023-11-14T22:13:20Z\""));
}

/* --- going back --- */

static void with_the_first_td_goes_the_scenario(void **state)
{
    struct world *world = *state;
    struct cluster *cluster = world->cluster;
    const struct scenario revoked = {.tcb_status = TCB_REVOKED};
    const size_t boot = world->tds[0]->state.log.count;
    uint32_t id;

    cluster_set_scenario(cluster, &revoked);
    id = take_snapshot(cluster, world->tds[0]);
    emit(world->tds[0], "later");
    cluster_set_scenario(cluster, &(struct scenario){.pck_revoked = true});
    revert(cluster, world->tds[0], id);
    assert_int_equal(cluster->scenario.tcb_status, TCB_REVOKED);
    assert_false(cluster->scenario.pck_revoked);
    assert_int_equal(world->tds[0]->state.log.count, boot);
    cluster_reset(cluster, world->tds[0]);
    assert_int_equal(cluster->scenario.tcb_status, TCB_UP_TO_DATE);
    assert_int_equal(world->tds[0]->snapshot_count, 0);
}

static void another_td_goes_back_by_itself(void **state)
{
    struct world *world = *state;
    struct cluster *cluster = world->cluster;
    const size_t boot = world->tds[1]->state.log.count;
    uint32_t id = take_snapshot(cluster, world->tds[1]);

    take_snapshot(cluster, world->tds[0]);
    emit(world->tds[0], "first's");
    emit(world->tds[1], "second's");
    td_set_debug(world->tds[1], true);
    cluster_set_scenario(cluster, &(struct scenario){.tcb_status = TCB_REVOKED});
    revert(cluster, world->tds[1], id);
    assert_int_equal(world->tds[1]->state.log.count, boot);
    assert_false(world->tds[1]->state.is_debug);
    assert_int_equal(world->tds[0]->state.log.count, boot + 1);
    assert_int_equal(cluster->scenario.tcb_status, TCB_REVOKED);
    cluster_reset(cluster, world->tds[1]);
    assert_int_equal(cluster->scenario.tcb_status, TCB_REVOKED);
    assert_int_equal(world->tds[0]->snapshot_count, 1);
}

static void a_snapshot_of_one_td_is_not_there_for_another(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};

    take_snapshot(world->cluster, world->tds[0]);
    assert_int_equal(cluster_revert(world->cluster, world->tds[1], 1, &error), -1);
    assert_string_equal(error.text, "no snapshot 1: Snapshot creates one, Status lists them");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_td_sees_the_events_of_another),
        TEST(two_clusters_know_nothing_of_each_other),
        TEST(instances_share_the_app_and_the_platform),
        TEST(a_seed_makes_the_same_cluster_again),
        TEST(tds_come_and_go_and_their_numbers_do_not_come_back),
        TEST(a_td_that_does_not_boot_is_not_added),
        TEST(a_debug_td_is_one_td),
        TEST(a_scenario_is_that_of_all_tds),
        TEST(collateral_follows_the_scenario_and_the_clock),
        TEST(with_the_first_td_goes_the_scenario),
        TEST(another_td_goes_back_by_itself),
        TEST(a_snapshot_of_one_td_is_not_there_for_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
