#include "sim/keys/app_keys_file.h"

#include "sim/base/json_text.h"

static void write_kms(const struct app_keys *keys, struct buf *out)
{
    json_text_key(out, ',', "key_provider");
    json_text_key(out, '{', "Kms");
    json_text_member(out, '{', "url", keys->kms.url);
    json_text_member_hex(out, ',', "pubkey", keys->provider_id, keys->provider_id_len);
    json_text_member(out, ',', "tmp_ca_key", keys->kms.temp_ca_key);
    json_text_member(out, ',', "tmp_ca_cert", keys->kms.temp_ca_cert);
    buf_append_text(out, "}}");
}

void app_keys_file_write(const struct app_keys *keys, struct buf *out)
{
    json_text_member_hex(out, '{', "disk_crypt_key", keys->disk_key,
                         keys->has_disk_key ? sizeof keys->disk_key : 0);
    json_text_member_hex(out, ',', "env_crypt_key", keys->env_key,
                         keys->has_env_key ? sizeof keys->env_key : 0);
    json_text_member_hex(out, ',', "k256_key", keys->k256_key, sizeof keys->k256_key);
    json_text_member_hex(out, ',', "k256_signature", keys->k256_signature, keys->k256_signature_len);
    json_text_member(out, ',', "gateway_app_id", keys->gateway_app_id ? keys->gateway_app_id : "");
    json_text_member(out, ',', "ca_cert", keys->kms.ca_cert);
    write_kms(keys, out);
    buf_append_text(out, "}\n");
}
