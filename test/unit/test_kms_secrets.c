/* What a KMS derives for an app, against values of another implementation. */
#include "sim/keys/kms_secrets.h"

#include "crypto/x25519.h"
#include "test/unit/vectors.h"

#define ROOT "f57527cea4ab7ffb49af99b158cdc0e3ec06398f528349ea236b7d2afe19cec1"

struct fixture {
    struct kms kms;
    uint8_t app_id[APP_ID_BYTES];
    uint8_t instance_id[20];
    struct error error;
};

static int start(void **state)
{
    static struct fixture fixture;
    uint8_t scalar[32];

    fixture = (struct fixture){.error = {.kind = ERROR_NONE}};
    from_hex(ROOT, scalar, sizeof scalar);
    memset(fixture.app_id, 0x11, sizeof fixture.app_id);
    memset(fixture.instance_id, 0x22, sizeof fixture.instance_id);
    memset(fixture.kms.root_key, 0x01, sizeof fixture.kms.root_key);
    *state = &fixture;
    return p256_key_from_scalar(&fixture.kms.ca.key, scalar);
}

static void the_disk_key_is_of_app_and_instance(void **state)
{
    struct fixture *f = *state;
    uint8_t key[32], other[32];

    assert_int_equal(kms_secrets_disk_key(&f->kms, f->app_id, span_of(f->instance_id, 20), key, &f->error),
                     0);
    assert_hex_equal(key, 32, "a59c814e2c6d9353af59ce4fba7215e5ec3b62a2495b4dca48ea6f9804061f51");
    assert_int_equal(kms_secrets_disk_key(&f->kms, f->app_id, SPAN_NONE, other, &f->error), 0);
    assert_memory_not_equal(other, key, sizeof key);
}

static void the_environment_key_is_of_the_app(void **state)
{
    struct fixture *f = *state;
    uint8_t key[32], public_key[32];

    assert_int_equal(kms_secrets_env_key(&f->kms, f->app_id, key, &f->error), 0);
    assert_hex_equal(key, 32, "a7470db8cfdd0fe24134b461d60766afa7c078abe6dce9f2c8a5c44034ca400e");
    x25519_public_key(key, public_key);
    assert_hex_equal(public_key, 32, "93cf259f68b24775d54290a8ea57cf93efc994d3ff28a7b8ba7a39e9f512302f");
}

static void the_key_of_the_app_ca_is_of_the_app(void **state)
{
    struct fixture *f = *state;
    struct p256_key key;

    assert_int_equal(kms_secrets_app_ca_key(&f->kms, f->app_id, &key, &f->error), 0);
    assert_hex_equal(key.scalar, 32, "5b779e0a9fe80b2e5866d94958daa1a4e29a183228b3f37acd7eae153e18a75f");
}

static void the_secp256k1_key_is_of_the_other_root(void **state)
{
    struct fixture *f = *state;
    uint8_t key[32], public_key[K256_PUBLIC_BYTES], signature[K256_RECOVERABLE_BYTES];
    struct k256 *k256 = k256_new();

    assert_int_equal(kms_issue_app_key(&f->kms, k256, f->app_id, key, public_key, signature, &f->error), 0);
    assert_hex_equal(key, 32, "88fa429170ad091e0f87b335ba19b1729610ac25441728807ce3325161846baf");
    k256_free(k256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_disk_key_is_of_app_and_instance, start),
        cmocka_unit_test_setup(the_environment_key_is_of_the_app, start),
        cmocka_unit_test_setup(the_key_of_the_app_ca_is_of_the_app, start),
        cmocka_unit_test_setup(the_secp256k1_key_is_of_the_other_root, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
