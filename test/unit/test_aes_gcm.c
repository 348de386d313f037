#include "crypto/aes_gcm.h"
#include "test/unit/vectors.h"

/* The GCM specification's test case 15. */
static const char key_hex[] = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
static const char iv_hex[] = "cafebabefacedbaddecaf888";
static const char plain_hex[] = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                                "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
static const char cipher_hex[] = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                                 "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
static const char tag_hex[] = "b094dac5d93471bdec1a502270e3cc6c";

struct sample {
    uint8_t key[32], iv[12], cipher[64], tag[16], plain[64];
};

static int decrypt(struct sample *s)
{
    return aes_gcm_decrypt(s->key, s->iv, s->cipher, sizeof s->cipher, s->tag, s->plain);
}

static void read_sample(struct sample *s)
{
    from_hex(key_hex, s->key, 32);
    from_hex(iv_hex, s->iv, 12);
    from_hex(cipher_hex, s->cipher, 64);
    from_hex(tag_hex, s->tag, 16);
}

static void decrypts_the_known_text(void **state)
{
    struct sample s;

    (void)state;
    read_sample(&s);
    assert_int_equal(decrypt(&s), 0);
    assert_hex_equal(s.plain, sizeof s.plain, plain_hex);
}

static void gives_nothing_away_when_anything_is_changed(void **state)
{
    static const uint8_t zeros[64];
    struct sample s;
    uint8_t *const changed[] = {&s.key[0], &s.iv[11], &s.cipher[63], &s.tag[0], &s.tag[15]};

    (void)state;
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
        read_sample(&s);
        *changed[i] ^= 1;
        assert_int_equal(decrypt(&s), -1);
        assert_memory_equal(s.plain, zeros, sizeof zeros);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decrypts_the_known_text),
        cmocka_unit_test(gives_nothing_away_when_anything_is_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
