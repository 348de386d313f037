/* Certificates of the other end on their way to mbedTLS: what is refused, and what is not looked at. */
#include "sim/net/tls_peer_chain.h"

#include "test/unit/vectors.h"

#define CERTIFICATE_BYTES 338
#define EXPONENT_AT 246 /* five bytes, of an RSA key of 1024 bits */

/* Its signature is of another key, which no one asks here. */
static const char certificate_hex[] =
    "3082014e3081f4a003020102020107300a06082a8648ce3d040302300c310a300806035504030c0145301e170d323030"
    "3130313030303030305a170d3430303130313030303030305a300c310a300806035504030c01453081a1300d06092a86"
    "4886f70d010101050003818f0030818b02818100bb5f3d86268ecc45dc6bf1e1a399f82a65aa9c8279f248b08cb4a0d7"
    "d62256758a7d43b578633074b7970386fee29476311624273bfd1d338d0038ec42650644781f9c58d6645fa9e8a8529f"
    "035efa259b08923d10c67fd994b2b8fda02f34a6795b929e9a9a80fdea7b5bf55eb561a4216363698b529b4a97b75092"
    "3ceb3ffd02050100000001300a06082a8648ce3d0403020349003046022100ed11450fc73ea879c4670dd24fd9f080ce"
    "0a2b5dde424aeed78bc23574499e9a022100d17b9481553fee281a08e63f7ad107b8a4116ac7efbefb5fed54bc2a42ac"
    "3b48";

/* Of a key on brainpoolP256r1. */
static const char other_curve_hex[] =
    "308201053081aca003020102020107300a06082a8648ce3d040302300c310a300806035504030c0145301e170d323030"
    "3130313030303030305a170d3430303130313030303030305a300c310a300806035504030c0145305a301406072a8648"
    "ce3d020106092b2403030208010107034200046b8bb7f53e36b6824d3300afbc27257bd432568e24e5fb5702295ecd04"
    "e9de4c382f9af51ce9a3d30965a09661223af5646067c55b1a928f7252376bfc79ebf0300a06082a8648ce3d04030203"
    "4800304502207f514a371b565239264939a5629924feeca30ae2a5a873e2c857cc430b877889022100bef433f4c120d6"
    "4ecccfd09159e1336ccda6beff8fbf4fd435a54d228a83a34a";

static const char largest[] = "00ffffffff", too_large[] = "0100000001", usual[] = "0000010001";

struct fixture {
    struct buf bytes; /* what the other end sends */
};

static int start(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    buf_init(&f->bytes, SIZE_MAX);
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;

    buf_free(&f->bytes);
    free(f);
    return 0;
}

/* --- what is sent --- */

static void append_uint24(struct buf *out, size_t value)
{
    buf_append_byte(out, (uint8_t)(value >> 16));
    buf_append_byte(out, (uint8_t)(value >> 8));
    buf_append_byte(out, (uint8_t)value);
}

static void append_record(struct buf *out, uint8_t type, struct span contents)
{
    buf_append_byte(out, type);
    buf_append(out, "\3\3", 2);
    buf_append_byte(out, (uint8_t)(contents.len >> 8));
    buf_append_byte(out, (uint8_t)contents.len);
    buf_append_span(out, contents);
}

static void append_certificate(struct buf *out, const char *exponent)
{
    uint8_t certificate[CERTIFICATE_BYTES];

    from_hex(certificate_hex, certificate, sizeof certificate);
    from_hex(exponent, certificate + EXPONENT_AT, 5);
    append_uint24(out, sizeof certificate);
    buf_append(out, certificate, sizeof certificate);
}

/* A message with two certificates. */
static void append_message(struct buf *out, const char *first, const char *second)
{
    const size_t list = 2 * (3 + (size_t)CERTIFICATE_BYTES);

    buf_append_byte(out, 11);
    append_uint24(out, 3 + list);
    append_uint24(out, list);
    append_certificate(out, first);
    append_certificate(out, second);
}

/* A message in a record of its own, with a list of certificates. */
static void send_list(struct fixture *f, struct span list)
{
    struct buf message;

    buf_init(&message, SIZE_MAX);
    buf_append_byte(&message, 11);
    append_uint24(&message, 3 + list.len);
    append_uint24(&message, list.len);
    buf_append_span(&message, list);
    append_record(&f->bytes, 22, buf_span(&message));
    buf_free(&message);
}

/* In a record of its own. */
static void send_certificates(struct fixture *f, const char *first, const char *second)
{
    struct buf message;

    buf_init(&message, SIZE_MAX);
    append_message(&message, first, second);
    append_record(&f->bytes, 22, buf_span(&message));
    buf_free(&message);
}

static void send_record(struct fixture *f, uint8_t type, const char *hex)
{
    uint8_t contents[32];

    from_hex(hex, contents, strlen(hex) / 2);
    append_record(&f->bytes, type, span_of(contents, strlen(hex) / 2));
}

/* --- what is said of it --- */

static int look(const struct fixture *f, size_t piece, struct error *error)
{
    struct tls_peer_chain chain;
    int result = 0;

    *error = (struct error){.kind = ERROR_NONE};
    tls_peer_chain_init(&chain);
    for (size_t at = 0; result == 0 && at < f->bytes.len; at += piece) {
        size_t left = f->bytes.len - at;

        result = tls_peer_chain_look(&chain, span_of(f->bytes.data + at, left < piece ? left : piece), error);
    }
    tls_peer_chain_free(&chain);
    return result;
}

/* In pieces of every size. */
static void assert_taken(const struct fixture *f)
{
    struct error error;

    for (size_t piece = 1; piece <= f->bytes.len; piece++)
        if (look(f, piece, &error))
            fail_msg("%s", error.text);
}

static void assert_refused(const struct fixture *f, const char *why)
{
    struct error error;

    for (size_t piece = 1; piece <= f->bytes.len; piece++) {
        assert_int_equal(look(f, piece, &error), -1);
        assert_string_equal(error.text, why);
    }
}

#define TOO_LARGE "the exponent of its RSA key has 33 bits; 32 are allowed"

/* --- the tests --- */

static void usual_exponents_are_taken(void **state)
{
    send_certificates(*state, usual, largest);
    assert_taken(*state);
}

static void large_ones_are_refused(void **state)
{
    send_certificates(*state, too_large, usual);
    assert_refused(*state, TOO_LARGE);
}

static void also_further_up_the_chain(void **state)
{
    send_certificates(*state, usual, too_large);
    assert_refused(*state, TOO_LARGE);
}

static void keys_on_other_curves_are_refused(void **state)
{
    uint8_t list[3 + sizeof other_curve_hex / 2] = {0, 1, 9};

    from_hex(other_curve_hex, list + 3, sizeof list - 3);
    send_list(*state, span_of(list, sizeof list));
    assert_refused(*state, "its key is on another curve than P-256, P-384 and P-521");
}

static void a_chain_has_a_largest_length(void **state)
{
    struct fixture *f = *state;
    struct error error;
    struct buf list;

    buf_init(&list, SIZE_MAX);
    for (int count = 1; count <= TLS_PEER_CHAIN_MAX + 1; count++) {
        append_certificate(&list, usual);
        buf_reset(&f->bytes);
        send_list(f, buf_span(&list));
        assert_int_equal(look(f, 1000, &error), count <= TLS_PEER_CHAIN_MAX ? 0 : -1);
    }
    assert_string_equal(error.text, "its chain has more than 6 certificates");
    buf_free(&list);
}

static void other_messages_and_alerts_may_come_first(void **state)
{
    send_record(*state, 22, "02000003010203"); /* a message of 3 bytes */
    send_record(*state, 21, "0100");
    send_record(*state, 22, "");
    send_certificates(*state, usual, too_large);
    assert_refused(*state, TOO_LARGE);
}

static void a_record_may_hold_several_messages(void **state)
{
    struct fixture *f = *state;
    struct buf messages;

    buf_init(&messages, SIZE_MAX);
    buf_append(&messages, "\2\0\0\0", 4);
    append_message(&messages, too_large, usual);
    append_record(&f->bytes, 22, buf_span(&messages));
    buf_free(&messages);
    assert_refused(f, TOO_LARGE);
}

static void a_message_may_come_in_several_records(void **state)
{
    struct fixture *f = *state;
    struct buf message;

    buf_init(&message, SIZE_MAX);
    append_message(&message, usual, too_large);
    for (size_t cut = 1; cut < message.len; cut += 13) {
        struct error error;

        buf_reset(&f->bytes);
        append_record(&f->bytes, 22, span_of(message.data, cut));
        append_record(&f->bytes, 22, span_of(message.data + cut, message.len - cut));
        assert_int_equal(look(f, SIZE_MAX, &error), -1);
        assert_string_equal(error.text, TOO_LARGE);
    }
    buf_free(&message);
}

/* Whether by the change of ciphers or by a record of TLS 1.3. */
static void what_is_encrypted_is_not_looked_at(void **state)
{
    struct fixture *f = *state;

    for (uint8_t type = 20; type < 24; type += 3) {
        buf_reset(&f->bytes);
        send_record(f, type, "01");
        send_certificates(f, too_large, too_large);
        assert_taken(f);
    }
}

/* mbedTLS refuses it. */
static void what_cannot_be_read_is_left_to_mbedtls(void **state)
{
    struct fixture *f = *state;

    send_record(f, 22, "0b000000");               /* no list */
    send_record(f, 22, "0b000005000002ffff");     /* an odd end */
    send_record(f, 22, "0b00000800000500000201"); /* the message goes on */
    send_record(f, 22, "02");
    send_record(f, 22, "0b000007000004000002ff01"); /* one of two bytes that are not one, cut */
    assert_taken(f);
}

static void a_message_has_a_largest_size(void **state)
{
    send_record(*state, 22, "0b010001");
    assert_refused(*state, "a message of the handshake has 65537 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(usual_exponents_are_taken, start, finish),
        cmocka_unit_test_setup_teardown(large_ones_are_refused, start, finish),
        cmocka_unit_test_setup_teardown(also_further_up_the_chain, start, finish),
        cmocka_unit_test_setup_teardown(keys_on_other_curves_are_refused, start, finish),
        cmocka_unit_test_setup_teardown(a_chain_has_a_largest_length, start, finish),
        cmocka_unit_test_setup_teardown(other_messages_and_alerts_may_come_first, start, finish),
        cmocka_unit_test_setup_teardown(a_record_may_hold_several_messages, start, finish),
        cmocka_unit_test_setup_teardown(a_message_may_come_in_several_records, start, finish),
        cmocka_unit_test_setup_teardown(what_is_encrypted_is_not_looked_at, start, finish),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_left_to_mbedtls, start, finish),
        cmocka_unit_test_setup_teardown(a_message_has_a_largest_size, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
