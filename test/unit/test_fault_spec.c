/* The argument of --fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/cli/fault_spec.h"

static struct fault parsed(const char *text)
{
    struct error error = {.kind = ERROR_NONE};
    struct fault fault;

    if (fault_spec_parse(&fault, text, &error))
        fail_msg("%s: %s", text, error.text);
    return fault;
}

static void assert_refused(const char *text, const char *sentence)
{
    struct error error = {.kind = ERROR_NONE};
    struct fault fault;

    assert_int_equal(fault_spec_parse(&fault, text, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, sentence))
        fail_msg("%s: \"%s\" does not say \"%s\"", text, error.text, sentence);
}

static void what_goes_wrong(void **state)
{
    struct fault fault = parsed("GetQuote=500,times=2");

    (void)state;
    assert_string_equal(fault.method, "GetQuote");
    assert_int_equal(fault.status, 500);
    assert_int_equal(fault.times, 2);
    assert_int_equal(fault.percent, 100);
    fault = parsed("DstackGuest.GetKey=drop,percent=25,seed=18446744073709551");
    assert_string_equal(fault.method, "DstackGuest.GetKey");
    assert_true(fault.drop && !fault.cut && fault.status == 0);
    assert_int_equal(fault.percent, 25);
    assert_int_equal(fault.random, 18446744073709551u);
    assert_true(parsed("Info=garbage").garbage);
    fault = parsed("*=delay=600000,cut");
    assert_string_equal(fault.method, "");
    assert_int_equal(fault.delay_ms, FAULT_DELAY_MS_MAX);
    assert_true(fault.cut);
    assert_true(parsed("A=drop,seed=18446744073709551615").random == UINT64_MAX);
    assert_string_equal(parsed("/verify=404").method, "/verify");
}

static void a_message_takes_the_rest(void **state)
{
    (void)state;
    assert_string_equal(parsed("A=503,message=busy, come back=later").message, "busy, come back=later");
    assert_string_equal(parsed("A=503,message=").message, "");
}

static void what_is_refused(void **state)
{
    static const char *const parts[] = {"",
                                        "x",
                                        "399",
                                        "600",
                                        "0500x",
                                        "delay",
                                        "delay=",
                                        "delay=-1",
                                        "delay=600001",
                                        "times=0",
                                        "percent=0",
                                        "percent=101",
                                        "seed=18446744073709551616",
                                        "drop=1",
                                        "500 ",
                                        "times=4294967296"};
    char text[100];

    (void)state;
    assert_refused("", "expected METHOD=WHAT");
    assert_refused("GetQuote", "expected METHOD=WHAT");
    assert_refused("=500", "expected METHOD=WHAT");
    assert_refused("GetQuote=times=2", "needs a status");
    assert_refused("GetQuote=message=x", "needs a status");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(text, sizeof text, "A=500,%s,drop", parts[i]);
        assert_refused(text, "is not a fault");
    }
    assert_refused("A=500,", "is not a fault");
}

static void long_texts(void **state)
{
    char text[FAULT_METHOD_BYTES + FAULT_MESSAGE_BYTES + 100] = "";

    (void)state;
    memset(text, 'm', FAULT_METHOD_BYTES - 1);
    strcat(text, "=500");
    assert_int_equal(strlen(parsed(text).method), FAULT_METHOD_BYTES - 1);
    memset(text, 'm', FAULT_METHOD_BYTES);
    strcpy(text + FAULT_METHOD_BYTES, "=500");
    assert_refused(text, "at most 63 bytes, not 64");

    strcpy(text, "A=500,message=");
    memset(text + 14, 'm', FAULT_MESSAGE_BYTES - 1);
    text[14 + FAULT_MESSAGE_BYTES - 1] = '\0';
    assert_int_equal(strlen(parsed(text).message), FAULT_MESSAGE_BYTES - 1);
    strcat(text, "m");
    assert_refused(text, "at most 255 bytes, not 256");
    assert_refused("A=500,message=\xff", "UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_wrong),
        cmocka_unit_test(a_message_takes_the_rest),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
