#include "sim/keys/csr_make.h"

#include "crypto/hash.h"
#include "crypto/x509_key.h"
#include "crypto/x509_signed.h"
#include "sim/format/scale.h"

static void write_text(struct buf *out, const char *text)
{
    scale_write_bytes(out, text, strlen(text));
}

static void write_time(struct buf *out, const uint64_t *time)
{
    buf_append_byte(out, time != NULL);
    if (time)
        buf_append_le64(out, *time);
}

static void write_config(const struct csr *asked, struct buf *out)
{
    buf_append_byte(out, asked->org_name != NULL);
    if (asked->org_name)
        write_text(out, asked->org_name);
    write_text(out, asked->subject);
    scale_write_compact(out, asked->alt_name_count);
    for (size_t i = 0; i < asked->alt_name_count; i++)
        write_text(out, asked->alt_names[i]);
    buf_append_byte(out, asked->is_for_servers);
    buf_append_byte(out, asked->is_for_clients);
    buf_append_byte(out, asked->wants_quote);
    buf_append_byte(out, asked->wants_app_info);
    write_time(out, asked->not_before);
    write_time(out, asked->not_after);
}

static struct span sign(struct span text, const struct p256_key *key, struct arena *arena)
{
    uint8_t digest[32], pair[P256_SIGNATURE_BYTES];
    uint8_t *der = arena_alloc(arena, X509_SIGNED_SIGNATURE_BYTES);

    hash_sha256(text.data, text.len, digest);
    p256_sign(key, digest, pair);
    return span_of(der, x509_signed_write(pair, der));
}

void csr_make(const struct csr *asked, const struct p256_key *key, struct span attestation,
              struct arena *arena, struct csr_make_result *result)
{
    uint8_t spki[X509_SPKI_BYTES];
    struct buf out;

    buf_init(&out, SIZE_MAX);
    x509_key_spki(key->public_key, spki);
    write_text(&out, CSR_CONFIRM_WORD);
    scale_write_bytes(&out, spki, sizeof spki);
    write_config(asked, &out);
    buf_append_span(&out, attestation);
    result->text = span_of(arena_copy(arena, out.data, out.len), out.len);
    result->signature = sign(result->text, key, arena);
    buf_free(&out);
}
