/* A fault's way into the list: which methods there are, seeds, limits, and what is shown. */
#include "sim/services/fault_names.h"

#include "sim/services/fault_messages.h"
#include "test/unit/service_fixture.h"

static struct error set(struct faults *faults, const struct seed *seed, struct fault fault)
{
    struct error error = {.kind = ERROR_NONE};
    int result = fault_names_check(fault.method, &error);

    faults_seed(&fault, seed);
    if (result == 0)
        result = faults_set(faults, &fault, &error);
    assert_int_equal(result, error.kind == ERROR_NONE ? 0 : -1);
    return error;
}

/* An empty sentence: it is taken. */
static void assert_told(const char *method, const char *sentence)
{
    struct faults faults = {.count = 0};
    struct fault fault = {.drop = true};
    struct error error;
    struct seed seed;

    seed_init(&seed, CLUSTER_SEED_DEFAULT);
    snprintf(fault.method, sizeof fault.method, "%s", method);
    error = set(&faults, &seed, fault);
    assert_int_equal(error.kind, *sentence ? ERROR_INPUT : ERROR_NONE);
    assert_string_equal(error.text, sentence);
    assert_int_equal(faults.count, *sentence ? 0 : 1);
    if (!*sentence)
        assert_string_equal(faults.list[0].method, method);
}

static void methods_of_every_service_are_known(void **state)
{
    static const char *const known[] = {
        "",
        "GetQuote",
        "DstackGuest.GetQuote",
        "Tappd.TdxQuote",
        "Worker.Info",
        "Info",
        "AttestGpu",
        "v1.DstackGuest.GetKey",
        "v1.Worker.Info",
        "DstackGuest.IssueCert",
        "verify",
        "GuestApi.SysInfo",
        "Verifier.verify",
        "KMS.GetTempCaCert",
        "Tappd.RawQuote",
        "Status",
        "Teepod.Status",
        "Boot",
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_told(known[i], "");
}

static void a_wrong_spelling_is_told_the_right_one(void **state)
{
    static const char *const spellings[][2] = {
        {"getquote", "GetQuote"},
        {"GetQoute", "GetQuote"},
        {"GetQuot", "GetQuote"},
        {"GetQuotes", "GetQuote"},
        {"quote", "GetQuote"},
        {"tappd.info", "Tappd.Info"},
        {"Tapd.TdxQoute", "Tappd.TdxQuote"},
        {"Dstack.GetQuote", "DstackGuest.GetQuote"},
        {"DstackGuest.GETKEY", "DstackGuest.GetKey"},
        {"verifier.VERIFY", "Verifier.verify"},
        {"v1.dstackguest.getkey", "v1.DstackGuest.GetKey"},
        {"IsueCert", "IssueCert"},
        {"Statu", "Status"},
    };
    char sentence[200];

    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        snprintf(sentence, sizeof sentence, "no method %s; did you mean %s?", spellings[i][0],
                 spellings[i][1]);
        assert_told(spellings[i][0], sentence);
    }
}

/* Tappd has no GetQuote, and what names no method is like none. */
static void what_is_like_no_method_is_told_some(void **state)
{
    static const char other[] = " to set a fault on: use a name such as GetQuote or Tappd.Info, or a path";
    static const char *const unknown[] = {
        "Tappd.GetQuote", "DstackGuest.", ".GetQuote",           ".",       "*", "DstackGuest",
        "a.b.c",          "v1.GetKey",    "v1.DstackGuest.Sign", "Nothing",
    };
    char sentence[200];

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        snprintf(sentence, sizeof sentence, "no method %s%s", unknown[i], other);
        assert_told(unknown[i], sentence);
    }
}

static void any_path_will_do(void **state)
{
    (void)state;
    assert_told("/", "");
    assert_told("/verify", "");
    assert_told("/prpc/", "");
    assert_told("/prpc/Tappd.Info", "");
    assert_told("/prpc/Dashboard.State", ""); /* it only hides what the page shows */
    assert_told("/prpc/Simulator.Nothing", "");
    assert_told("/Status", "");
    assert_told("/prpc/Status", "");
    assert_told("/prpc/GetQuote?json", "the path of a fault must not contain a query string");
}

static void no_fault_can_lock_anyone_out(void **state)
{
    static const char *const own[] = {
        "Simulator.ClearFaults",       "Simulator.Status", "/prpc/Simulator.Status",
        "/prpc/Simulator.ClearFaults", "ClearFaults",      "/prpc/SetFault"};

    (void)state;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_told(own[i], "faults cannot be set on Simulator methods, or you could lock yourself out");
}

static void what_faults_refuse_is_refused(void **state)
{
    struct faults faults = {.count = 0};
    struct error error;
    struct seed seed;

    (void)state;
    seed_init(&seed, CLUSTER_SEED_DEFAULT);
    error = set(&faults, &seed, (struct fault){.method = "Sign", .status = 200});
    assert_string_equal(error.text, "status must be between 400 and 599, not 200");
    assert_int_equal(faults.count, 0);
}

/* Which of 64 calls go wrong, as bits. */
static uint64_t draws(const char *simulator, const char *method, uint64_t random)
{
    struct fault fault = {.drop = true, .percent = 50, .random = random}, taken;
    struct faults faults = {.count = 0};
    struct seed seed;
    uint64_t bits = 0;

    seed_init(&seed, simulator);
    snprintf(fault.method, sizeof fault.method, "%s", method);
    assert_int_equal(set(&faults, &seed, fault).kind, ERROR_NONE);
    for (int i = 0; i < 64; i++)
        bits = bits << 1 | faults_take(&faults, "DstackGuest.Sign", span_text("/Sign"), true, &taken);
    return bits;
}

static void draws_follow_from_seeds_and_method(void **state)
{
    uint64_t first = draws("one", "Sign", 0);

    (void)state;
    assert_true(first != 0 && ~first != 0);
    assert_true(draws("one", "Sign", 0) == first);
    assert_true(draws("two", "Sign", 0) != first);
    assert_true(draws("one", "Sign", 1) != first);
    assert_true(draws("one", "", 0) != first);
    assert_true(draws("one", "DstackGuest.Sign", 0) != first);
}

/* --- messages --- */

static int read_args(struct fault *fault, const char *method, const char *message, struct error *error)
{
    Dstack__SetFaultArgs args = DSTACK__SET_FAULT_ARGS__INIT;

    args.method = (char *)(uintptr_t)method;
    args.message = (char *)(uintptr_t)message;
    args.status = 501;
    args.delay_ms = 2;
    args.cut = true;
    args.times = 3;
    args.percent = 4;
    args.seed = 5;
    *error = (struct error){.kind = ERROR_NONE};
    return fault_messages_read(fault, &args, error);
}

static void every_argument_is_read(void **state)
{
    struct fault fault;
    struct error error;

    (void)state;
    assert_int_equal(read_args(&fault, "Sign", "größe", &error), 0);
    assert_string_equal(fault.method, "Sign");
    assert_string_equal(fault.message, "größe");
    assert_int_equal(fault.status, 501);
    assert_int_equal(fault.delay_ms, 2);
    assert_true(fault.cut && !fault.drop);
    assert_int_equal(fault.times, 3);
    assert_int_equal(fault.percent, 4);
    assert_true(fault.random == 5);
    assert_true(fault.hits == 0);
}

static void texts_have_a_limit(void **state)
{
    char method[FAULT_METHOD_BYTES + 1], message[FAULT_MESSAGE_BYTES + 1];
    struct fault fault;
    struct error error;

    (void)state;
    snprintf(method, sizeof method, "/%0*d", FAULT_METHOD_BYTES - 2, 0);
    snprintf(message, sizeof message, "%0*d", FAULT_MESSAGE_BYTES - 1, 0);
    assert_int_equal(read_args(&fault, method, message, &error), 0);
    assert_string_equal(fault.method, method);
    assert_string_equal(fault.message, message);
    snprintf(method, sizeof method, "/%0*d", FAULT_METHOD_BYTES - 1, 0);
    assert_int_equal(read_args(&fault, method, "", &error), -1);
    assert_string_equal(error.text, "method must have at most 63 bytes, not 64");
    snprintf(message, sizeof message, "%0*d", FAULT_MESSAGE_BYTES, 0);
    assert_int_equal(read_args(&fault, "", message, &error), -1);
    assert_string_equal(error.text, "message must have at most 255 bytes, not 256");
}

static void the_list_shows_everything(void **state)
{
    struct service_call *s = *state;
    struct faults faults = {.count = 0};
    struct fault taken;
    Dstack__Fault **list;
    size_t count;

    assert_non_null(fault_messages_list(&faults, &s->arena, &count));
    assert_int_equal(count, 0);
    set(&faults, s->td->shared->seed,
        (struct fault){.method = "Sign", .status = 502, .message = "m", .times = 9});
    set(&faults, s->td->shared->seed, (struct fault){.delay_ms = 7, .drop = true, .cut = true, .percent = 8});
    assert_true(faults_take(&faults, "DstackGuest.Sign", span_text("/Sign"), true, &taken));
    list = fault_messages_list(&faults, &s->arena, &count);
    faults_clear(&faults);
    memset(&faults, 0xff, sizeof faults); /* what is listed is a copy */
    assert_int_equal(count, 2);
    assert_string_equal(list[0]->method, "Sign");
    assert_string_equal(list[0]->message, "m");
    assert_int_equal(list[0]->status, 502);
    assert_int_equal(list[0]->times, 8);
    assert_int_equal(list[0]->percent, 100);
    assert_int_equal(list[0]->hits, 1);
    assert_false(list[0]->drop || list[0]->cut || list[0]->delay_ms);
    assert_string_equal(list[1]->method, "");
    assert_int_equal(list[1]->delay_ms, 7);
    assert_true(list[1]->drop && list[1]->cut);
    assert_int_equal(list[1]->percent, 8);
    assert_int_equal(list[1]->hits, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_of_every_service_are_known),
        cmocka_unit_test(a_wrong_spelling_is_told_the_right_one),
        cmocka_unit_test(what_is_like_no_method_is_told_some),
        cmocka_unit_test(any_path_will_do),
        cmocka_unit_test(no_fault_can_lock_anyone_out),
        cmocka_unit_test(what_faults_refuse_is_refused),
        cmocka_unit_test(draws_follow_from_seeds_and_method),
        cmocka_unit_test(every_argument_is_read),
        cmocka_unit_test(texts_have_a_limit),
        cmocka_unit_test_setup_teardown(the_list_shows_everything, service_setup, service_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
