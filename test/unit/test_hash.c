#include "vectors.h"

#include "crypto/hash.h"

/* Digests of "abc" and of a long text: FIPS 180-4 and 202 and two other implementations. */
static const struct {
    enum hash_algorithm algorithm;
    const char *name;
    const char *abc;
    const char *many; /* of 300 bytes: i % 251 */
} vectors[] = {
    {HASH_SHA256, "sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "43f9b5d59eb108817176c6f65c2c6203a22f2ae8bc28b7a1dde45947678c5042"},
    {HASH_SHA384, "sha384",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
     "81f37398a358948c72eae8400060522a95f3b6a1bb8607270f64087346d7644f1ba945c6bd2976f1cb5d8eb7a5469b10"},
    {HASH_SHA512, "sha512",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "f758e49e6fca32320310aa1b0b2e3abfeab7fc8414ba069022e8b39b7e53628b"
     "e4777edbab93a6780a8318eed48c4665ff55d68dff2e6c84b6270b4eff6df873"},
    {HASH_SHA3_256, "sha3-256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
     "4be64d77dff18f218eeb40368f86ed78e6d4f2381c71675ab5ada46aa4fee621"},
    {HASH_SHA3_384, "sha3-384",
     "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
     "9d0aee7bff1abfc6b258850d34c136059689d55dd303354b9ad1e779e8b41a72c2018bcb40474da1a74b1e0320febf2f"},
    {HASH_SHA3_512, "sha3-512",
     "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
     "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
     "f41046d91092e2fc5dc1d9cc47a02d71f2809a4fa5a4bbacf35e10459ac853cc"
     "366c6579ca3705a59ac76ccbf0d835f2e56518c441c9d677c6801e19527b3327"},
    {HASH_KECCAK256, "keccak256", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
     "4699841dafd5e26cca72b05a41d38c96b4b468e5a6cbf694cbebe77dacdf6528"},
    {HASH_KECCAK384, "keccak384",
     "f7df1165f033337be098e7d288ad6a2f74409d7a60b49c36642218de161b1f99f8c681e4afaf31a34db29fb763e3c28e",
     "a834d9a91758a2a22439f9d801363c15876485ba28f2bf52ed13dd62e0ba728b7bdd8cb233c49315854248f38603ed2a"},
    {HASH_KECCAK512, "keccak512",
     "18587dc2ea106b9a1563e32b3312421ca164c7f1f07bc922a9c83d77cea3a1e5"
     "d0c69910739025372dc14ac9642629379540c17e2a65b19d77aa511a9d00bb96",
     "53cca38bd63c99f24c5322f09dad9f99a5adec8e5f427ff25c83169570783f6d"
     "7c5426770d0fa7b48220070b91ce6bf727afb20f9378f45407d5272558808f0d"},
};
#define VECTOR_COUNT (sizeof vectors / sizeof *vectors)

static void fill(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(i % 251);
}

static void digests_are_those_of_the_standards(void **state)
{
    uint8_t many[300], out[64];

    (void)state;
    fill(many, sizeof many);
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        size_t len = strlen(vectors[i].abc) / 2;

        hash_parts(vectors[i].algorithm, &(struct bytes){"abc", 3}, 1, out);
        assert_hex_equal(out, len, vectors[i].abc);
        hash_parts(vectors[i].algorithm, &(struct bytes){many, sizeof many}, 1, out);
        assert_hex_equal(out, len, vectors[i].many);
    }
}

static void parts_hash_as_their_concatenation(void **state)
{
    uint8_t many[300], out[64];
    const struct bytes parts[] = {{NULL, 0}, {many, 1}, {many + 1, 135}, {NULL, 0}, {many + 136, 164}};

    (void)state;
    fill(many, sizeof many);
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        hash_parts(vectors[i].algorithm, parts, 5, out);
        assert_hex_equal(out, strlen(vectors[i].many) / 2, vectors[i].many);
    }
}

/* The padding has one byte left, or needs a block of its own. */
static void keccak_pads_at_the_edges_of_a_block(void **state)
{
    uint8_t data[136], out[64];

    (void)state;
    fill(data, sizeof data);
    hash_parts(HASH_KECCAK256, &(struct bytes){data, 135}, 1, out);
    assert_hex_equal(out, 32, "cbdfd9dee5faad3818d6b06f95a219fd290b0e1706f6a82e5a595b9ce9faca62");
    hash_parts(HASH_KECCAK256, &(struct bytes){data, 136}, 1, out);
    assert_hex_equal(out, 32, "7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e");
    hash_parts(HASH_KECCAK512, &(struct bytes){data, 72}, 1, out);
    assert_hex_equal(out, 64,
                     "76fa23369085405345fe6a2831f334113bee6b111056e21072082af56e7c1ab4"
                     "458858dbdb5f88e0d86d38ca654310c9a30712319c1f4f9783fe9f3ac0469527");
    hash_parts(HASH_KECCAK256, &(struct bytes){NULL, 0}, 1, out);
    assert_hex_equal(out, 32, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
}

static void names_are_exact(void **state)
{
    static const char *const wrong[] = {"", "SHA256", "sha-256", "sha3_256", "sha256 ", "sha25", "raw"};
    enum hash_algorithm algorithm;

    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        assert_int_equal(hash_by_name(vectors[i].name, &algorithm), 0);
        assert_int_equal(algorithm, vectors[i].algorithm);
    }
    algorithm = HASH_KECCAK384;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(hash_by_name(wrong[i], &algorithm), -1);
    assert_int_equal(algorithm, HASH_KECCAK384);
}

static void shortcuts_are_the_same_functions(void **state)
{
    uint8_t out[48];

    (void)state;
    hash_sha256("abc", 3, out);
    assert_hex_equal(out, 32, vectors[HASH_SHA256].abc);
    hash_sha384("abc", 3, out);
    assert_hex_equal(out, 48, vectors[HASH_SHA384].abc);
    hash_sha256(NULL, 0, out);
    assert_hex_equal(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_sha1_key_id("abc", 3, out);
    assert_hex_equal(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_those_of_the_standards),
        cmocka_unit_test(parts_hash_as_their_concatenation),
        cmocka_unit_test(keccak_pads_at_the_edges_of_a_block),
        cmocka_unit_test(names_are_exact),
        cmocka_unit_test(shortcuts_are_the_same_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
