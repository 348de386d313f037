/* The SGX extension, byte for byte that of the reference PCK certificate. */
#include "sim/tdx/sgx_extension.h"

#include "sim/base/embedded.h"
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

static struct platform platform;
static struct x509_extensions extensions;
static uint8_t room[1024];

static int start(void **state)
{
    const struct embedded_file *file = embedded_find(embedded_fixtures, "platform.json");
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    for (uint8_t i = 0; i < PLATFORM_PPID_BYTES; i++)
        platform.ppid[i] = i;
    x509_extensions_init(&extensions, room, sizeof room);
    return platform_tcb_parse(&platform.tcb, span_of(file->data, file->len), &error);
}

static void writes_the_reference_extension(void **state)
{
    const struct x509_extension *extension = &extensions.items[0];

    (void)state;
    sgx_extension_add(&extensions, &platform);
    assert_false(extensions.failed);
    assert_int_equal(extensions.count, 1);
    assert_hex_equal(extension->oid.data, extension->oid.len, "2a864886f84d010d01");
    assert_false(extension->critical);
    assert_hex_equal(extension->value.data, extension->value.len, reference);
}

/* Numbers from 0x80 up take a zero in front, PCESVN may take two bytes. */
static void large_svns_stay_positive(void **state)
{
    static const uint8_t first_svn[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01,
                                        0x0d, 0x01, 0x02, 0x01, 0x02, 0x02, 0x00, 0xff};
    static const uint8_t pce_svn[] = {0x0d, 0x01, 0x02, 0x11, 0x02, 0x03, 0x00, 0xff, 0xfe};
    const struct x509_extension *extension = &extensions.items[0];

    (void)state;
    platform.tcb.cpu_svn[0] = 0xff;
    platform.tcb.pce_svn = 0xfffe;
    sgx_extension_add(&extensions, &platform);
    assert_non_null(memmem(extension->value.data, extension->value.len, first_svn, sizeof first_svn));
    assert_non_null(memmem(extension->value.data, extension->value.len, pce_svn, sizeof pce_svn));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(writes_the_reference_extension, start),
        cmocka_unit_test_setup(large_svns_stay_positive, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
