/* The SGX extension of a PCK certificate, as the platform writes it and as it should not be. */
#include "sim/tdx/sgx_extension.h"
#include "sim/tdx/pck.h"
#include "test/unit/verify_fixture.h"

struct extension {
    uint8_t room[1024];
    struct x509_extensions list;
};

static struct bytes write_extension(struct td *td, struct extension *extension)
{
    x509_extensions_init(&extension->list, extension->room, sizeof extension->room);
    sgx_extension_add(&extension->list, td->shared->platform);
    assert_false(extension->list.failed);
    return extension->list.items[0].value;
}

static void what_the_platform_wrote(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct extension extension;
    struct pck pck;

    assert_int_equal(pck_read(&pck, write_extension(td, &extension), &error), 0);
    assert_memory_equal(pck.ppid, td->shared->platform->ppid, sizeof pck.ppid);
    assert_memory_equal(pck.components, td->shared->platform->tcb.cpu_svn, sizeof pck.components);
    assert_int_equal(pck.pce_svn, td->shared->platform->tcb.pce_svn);
    assert_memory_equal(pck.fmspc, td->shared->platform->tcb.fmspc, sizeof pck.fmspc);
    assert_memory_equal(pck.pce_id, td->shared->platform->tcb.pce_id, sizeof pck.pce_id);
    assert_memory_equal(pck_extension_oid().data, extension.list.items[0].oid.data, pck_extension_oid().len);
}

static void cut_at_every_length(void **state)
{
    struct extension extension;
    struct bytes whole = write_extension(*state, &extension);
    struct error error = {.kind = ERROR_NONE};
    struct pck pck;

    for (size_t len = 0; len < whole.len; len++) {
        char *cut = memory_copy(whole.data, len);
        assert_int_equal(pck_read(&pck, (struct bytes){cut, len}, &error), -1);
        free(cut);
    }
    error.kind = ERROR_NONE;
    assert_int_equal(pck_read(&pck, (struct bytes){NULL, 0}, &error), -1);
    assert_string_equal(error.text, "the PCK certificate has no SGX extension");
}

/* The whole file is inside lengths and identifiers; only values may change and still be read. */
static void changed_at_every_byte(void **state)
{
    struct td *td = *state;
    struct extension extension;
    struct bytes whole = write_extension(td, &extension);
    uint8_t *bytes = (uint8_t *)(uintptr_t)whole.data;
    size_t refused = 0;

    for (size_t i = 0; i < whole.len; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct pck pck;
        bytes[i] ^= 0x80;
        refused += pck_read(&pck, whole, &error) != 0;
        bytes[i] ^= 0x80;
    }
    assert_in_range(refused, whole.len / 2, whole.len);
}

/* The last arc of a member's identifier, which is followed by this tag and length. */
static uint8_t *arc_of(struct bytes whole, uint8_t member, uint8_t tag, uint8_t len)
{
    const uint8_t pattern[] = {0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01, member, tag, len};
    uint8_t *found = memmem(whole.data, whole.len, pattern, sizeof pattern);

    assert_non_null(found);
    return found + 9;
}

static void assert_extension_refused(struct bytes whole, const char *reason)
{
    struct error error = {.kind = ERROR_NONE};
    struct pck pck;

    assert_int_equal(pck_read(&pck, whole, &error), -1);
    assert_string_equal(error.text, reason);
}

static void a_member_twice_or_missing(void **state)
{
    enum { PPID = 1, FMSPC = 4, INSTANCE_ID = 6, OTHER = 8 };
    struct extension extension;
    struct bytes whole = write_extension(*state, &extension);
    uint8_t *arc = arc_of(whole, INSTANCE_ID, 0x04, 16);

    *arc = PPID; /* of the same shape */
    assert_extension_refused(whole, "the PCK certificate's SGX extension is malformed");
    *arc = INSTANCE_ID;
    *arc_of(whole, FMSPC, 0x04, 6) = OTHER;
    assert_extension_refused(whole, "member 4 of the PCK certificate's SGX extension is missing");
}

#define TD_TEST(name) cmocka_unit_test_setup_teardown(name, td_setup, td_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TD_TEST(what_the_platform_wrote),
        TD_TEST(cut_at_every_length),
        TD_TEST(changed_at_every_byte),
        TD_TEST(a_member_twice_or_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
