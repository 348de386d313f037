/* The list of evaluation data sets. */
#include "test/unit/collateral_fixture.h"

static json_t *open_numbers(const struct td *td, enum tcb_tee tee)
{
    return collateral_open(td, td_fixture_collateral(td, COLLATERAL_NOW)->evaluation_numbers[tee],
                           "tcbEvaluationDataNumbers");
}

static void assert_set(const json_t *listed, size_t index, int number, const char *event, const char *tcb)
{
    const json_t *set = json_array_get(json_object_get(listed, "tcbEvalNumbers"), index);

    assert_int_equal(collateral_number(set, "tcbEvaluationDataNumber"), number);
    assert_string_equal(collateral_text(set, "tcbRecoveryEventDate"), event);
    assert_string_equal(collateral_text(set, "tcbDate"), tcb);
}

static void lists_the_newest_first(void **state)
{
    json_t *listed = open_numbers(*state, TCB_TEE_TDX);

    assert_string_equal(collateral_text(listed, "id"), "TDX");
    assert_int_equal(collateral_number(listed, "version"), 1);
    assert_string_equal(collateral_text(listed, "issueDate"), "2026-09-20T14:13:20Z");
    assert_int_equal(json_array_size(json_object_get(listed, "tcbEvalNumbers")), 3);
    assert_set(listed, 0, 18, "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    assert_set(listed, 1, 17, "2025-06-01T00:00:00Z", "2025-06-02T00:00:00Z");
    assert_set(listed, 2, 16, "2024-06-01T00:00:00Z", "2024-06-02T00:00:00Z");
    json_decref(listed);
}

static void lists_the_same_for_sgx(void **state)
{
    json_t *listed = open_numbers(*state, TCB_TEE_SGX), *tdx = open_numbers(*state, TCB_TEE_TDX);

    assert_string_equal(collateral_text(listed, "id"), "SGX");
    assert_true(
        json_equal(json_object_get(listed, "tcbEvalNumbers"), json_object_get(tdx, "tcbEvalNumbers")));
    json_decref(listed);
    json_decref(tdx);
}

static void documents_carry_the_number_of_their_set(void **state)
{
    struct td *td = *state;
    const struct collateral *collateral = td_fixture_collateral(td, COLLATERAL_NOW);

    for (unsigned i = 0; i < TCB_TEES * EVALUATION_SETS; i++) {
        unsigned set = i % EVALUATION_SETS;
        const struct collateral_documents *documents = &collateral->documents[i / EVALUATION_SETS][set];
        json_t *info = collateral_open(td, documents->tcb_info, "tcbInfo");
        json_t *identity = collateral_open(td, documents->qe_identity, "enclaveIdentity");

        assert_int_equal(collateral_number(info, "tcbEvaluationDataNumber"), 16 + set);
        assert_int_equal(collateral_number(identity, "tcbEvaluationDataNumber"), 16 + set);
        json_decref(info);
        json_decref(identity);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_the_newest_first, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(lists_the_same_for_sgx, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(documents_carry_the_number_of_their_set, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
