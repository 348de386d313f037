/* The SGX extension of a PCK certificate: byte for byte that of the reference, read back, and
 * as it should not be. */
#include "sim/tdx/pck.h"

#include "test/unit/vectors.h"

/* From the quote that independent verifiers accepted. */
static const char reference[] =
    "30820226301e060a2a864886f84d010d01010410000102030405060708090a0b0c0d0e0f30820163060a2a864886f84d"
    "010d0102308201533010060b2a864886f84d010d0102010201023010060b2a864886f84d010d0102020201023010060b"
    "2a864886f84d010d0102030201023010060b2a864886f84d010d0102040201023010060b2a864886f84d010d01020502"
    "01033010060b2a864886f84d010d0102060201013010060b2a864886f84d010d0102070201003010060b2a864886f84d"
    "010d0102080201033010060b2a864886f84d010d0102090201003010060b2a864886f84d010d01020a0201003010060b"
    "2a864886f84d010d01020b0201003010060b2a864886f84d010d01020c0201003010060b2a864886f84d010d01020d02"
    "01003010060b2a864886f84d010d01020e0201003010060b2a864886f84d010d01020f0201003010060b2a864886f84d"
    "010d0102100201003010060b2a864886f84d010d01021102010d301f060b2a864886f84d010d01021204100202020203"
    "01000300000000000000003010060a2a864886f84d010d0103040200003014060a2a864886f84d010d01040406b0c06f"
    "000000300f060a2a864886f84d010d01050a0101301e060a2a864886f84d010d01060410000000000000000000000000"
    "000000003044060a2a864886f84d010d010730363010060b2a864886f84d010d0107010101ff3010060b2a864886f84d"
    "010d0107020101ff3010060b2a864886f84d010d0107030101ff";

/* What the reference says. */
static const struct pck platform = {
    .ppid = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    .cpu_svn = {2, 2, 2, 2, 3, 1, 0, 3},
    .pce_svn = 13,
    .fmspc = {0xb0, 0xc0, 0x6f},
};

struct extension {
    uint8_t room[1024];
    struct x509_extensions list;
};

static struct bytes write_extension(const struct pck *pck, struct extension *extension)
{
    x509_extensions_init(&extension->list, extension->room, sizeof extension->room);
    pck_add_extension(&extension->list, pck);
    assert_false(extension->list.has_failed);
    assert_int_equal(extension->list.count, 1);
    return extension->list.items[0].value;
}

static void the_reference_extension_is_written(void **state)
{
    struct extension extension;
    struct bytes value = write_extension(&platform, &extension);

    (void)state;
    assert_hex_equal(extension.list.items[0].oid.data, extension.list.items[0].oid.len, "2a864886f84d010d01");
    assert_hex_equal(pck_extension_oid().data, pck_extension_oid().len, "2a864886f84d010d01");
    assert_false(extension.list.items[0].is_critical);
    assert_hex_equal(value.data, value.len, reference);
}

/* Numbers from 0x80 up take a zero in front, PCESVN may take two bytes. */
static void large_svns_stay_positive(void **state)
{
    static const uint8_t first_svn[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01,
                                        0x0d, 0x01, 0x02, 0x01, 0x02, 0x02, 0x00, 0xff};
    static const uint8_t pce_svn[] = {0x0d, 0x01, 0x02, 0x11, 0x02, 0x03, 0x00, 0xff, 0xfe};
    struct pck large = platform;
    struct extension extension;
    struct bytes value;

    (void)state;
    large.cpu_svn[0] = 0xff;
    large.pce_svn = 0xfffe;
    value = write_extension(&large, &extension);
    assert_non_null(memmem(value.data, value.len, first_svn, sizeof first_svn));
    assert_non_null(memmem(value.data, value.len, pce_svn, sizeof pce_svn));
}

static void what_was_written_is_read(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct extension extension;
    struct pck pck;

    (void)state;
    assert_int_equal(pck_read(&pck, write_extension(&platform, &extension), &error), 0);
    assert_memory_equal(pck.ppid, platform.ppid, sizeof pck.ppid);
    assert_memory_equal(pck.cpu_svn, platform.cpu_svn, sizeof pck.cpu_svn);
    assert_int_equal(pck.pce_svn, platform.pce_svn);
    assert_memory_equal(pck.fmspc, platform.fmspc, sizeof pck.fmspc);
    assert_memory_equal(pck.pce_id, platform.pce_id, sizeof pck.pce_id);
}

static void cut_at_every_length(void **state)
{
    struct extension extension;
    struct bytes whole = write_extension(&platform, &extension);
    struct error error = {.kind = ERROR_NONE};
    struct pck pck;

    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        uint8_t *cut = malloc(len + !len); /* exactly its size: a read past it shows under ASan */

        memcpy(cut, whole.data, len);
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
    struct extension extension;
    struct bytes whole = write_extension(&platform, &extension);
    uint8_t *bytes = (uint8_t *)(uintptr_t)whole.data;
    size_t refused = 0;

    (void)state;
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
    struct bytes whole = write_extension(&platform, &extension);
    uint8_t *arc = arc_of(whole, INSTANCE_ID, 0x04, 16);

    (void)state;
    *arc = PPID; /* of the same shape */
    assert_extension_refused(whole, "the PCK certificate's SGX extension is malformed");
    *arc = INSTANCE_ID;
    *arc_of(whole, FMSPC, 0x04, 6) = OTHER;
    assert_extension_refused(whole, "member 4 of the PCK certificate's SGX extension is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_extension_is_written),
        cmocka_unit_test(large_svns_stay_positive),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(cut_at_every_length),
        cmocka_unit_test(changed_at_every_byte),
        cmocka_unit_test(a_member_twice_or_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
