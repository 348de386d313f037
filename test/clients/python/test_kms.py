"""The KMS that issued the keys: where chains end, and the key that environments are
encrypted to, as the SDK checks it."""

import dstack_sdk
import httpx
import pytest

from support import public_key, recover, setting, vectors

APP_ID = "00" * 20


def kms(url, method, body):
    """The answer of the simulator's KMS, which only TCP serves."""
    response = httpx.post(f"{url}/prpc/KMS.{method}", json=body, timeout=60)
    assert response.status_code == 200, response.text
    return response.json()


def bytes_of(answer, *names):
    return [bytes.fromhex(answer[name]) for name in names]


def test_chain_ends_at_the_kms_of_the_simulator(named):
    """Without an app keys file the simulator's own KMS vouches for the app."""
    got, info = named.get_key("a", "p"), named.info()
    chain = got.decode_signature_chain()
    app = recover(f"p:{public_key(got.decode_key()).hex()}".encode(), chain[0])
    root = recover(b"dstack-kms-issued:" + bytes.fromhex(info.app_id) + app, chain[1])
    assert root.hex() == kms(setting("NAMED_URL"), "GetMeta", {})["k256_pubkey"]


def test_known_signature():
    known = vectors("keys.json")["env_encrypt_public_key"]
    key, signature = bytes_of(known, "public_key", "signature")
    signer = dstack_sdk.verify_env_encrypt_public_key_legacy(key, signature, known["app_id"])
    assert signer == "0x" + known["recovered_kms_key"]


@pytest.mark.parametrize("url", ["URL", "NAMED_URL"])
def test_the_kms_signs_with_its_root(url):
    url = setting(url)
    root = "0x" + kms(url, "GetMeta", {})["k256_pubkey"]
    got = kms(url, "GetAppEnvEncryptPubKey", {"app_id": APP_ID})
    key, signature, signature_v1 = bytes_of(got, "public_key", "signature", "signature_v1")
    assert len(key) == 32
    assert dstack_sdk.verify_env_encrypt_public_key_legacy(key, signature, APP_ID) == root
    verify, when = dstack_sdk.verify_env_encrypt_public_key, int(got["timestamp"])
    assert verify(key, signature_v1, APP_ID, when) == root
    assert verify(key, signature_v1, "01" * 20, when) != root
