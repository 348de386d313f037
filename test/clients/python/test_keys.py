"""get_key, its signature chain, and the accounts made from it."""

from concurrent.futures import ThreadPoolExecutor

import dstack_sdk
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dstack_sdk.ethereum import to_account, to_account_secure
from dstack_sdk.solana import to_keypair, to_keypair_secure
from eth_account import Account
from eth_account.messages import encode_defunct

from support import app_public_key, error_of, public_key, recover, vectors

PATHS = ["", "/", "a", "wallet/Zürich/世界 🚀", "x" * 1000]


def test_known_key(client):
    known = vectors("keys.json")["get_key"][0]
    got = client.get_key("a", "p")
    assert got.model_dump() == known["response"]
    assert got.decode_key() == bytes.fromhex(known["response"]["key"])


@pytest.mark.parametrize("known", vectors("keys.json")["get_key"], ids=lambda k: k["request"]["algorithm"])
def test_known_key_of_each_algorithm(client, known):
    assert client.raw("GetKey", known["request"]).json() == known["response"]


def test_no_arguments_is_the_empty_path(client):
    assert client.get_key() == client.get_key("", "")
    assert client.raw("GetKey", {}).json() == client.get_key().model_dump()


@pytest.mark.parametrize("path", PATHS, ids=len)
def test_app_key_signs_each_key(client, path):
    for purpose in ("", "signing", "Zweck: ß"):
        got = client.get_key(path, purpose)
        message = f"{purpose}:{public_key(got.decode_key()).hex()}"
        chain = got.decode_signature_chain()
        assert len(chain) == 2
        assert recover(message.encode(), chain[0]) == app_public_key()


def test_purpose_does_not_change_the_key(client):
    one, other = client.get_key("a", "p"), client.get_key("a", "q")
    assert one.key == other.key and one.signature_chain[0] != other.signature_chain[0]


def test_unknown_algorithm(client):
    for algorithm in ("rsa", "secp256k1_prehashed", "ED25519"):
        assert "Unsupported algorithm" in error_of(client.raw("GetKey", {"algorithm": algorithm}))


def test_ethereum_account(client):
    key = client.get_key("ethereum")
    account = to_account_secure(key)
    assert account.address == to_account(key).address
    assert bytes(account.key) == key.decode_key()
    message = encode_defunct(text="Grüße")
    signature = account.sign_message(message).signature
    assert Account.recover_message(message, signature=signature) == account.address


def test_solana_keypair(client):
    key = client.get_key("solana")
    pair = to_keypair_secure(key)
    assert pair == to_keypair(key)
    own = Ed25519PrivateKey.from_private_bytes(key.decode_key())
    assert bytes(pair.pubkey()) == own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def test_threads_with_clients_of_their_own(endpoint):
    def ask(i):
        return dstack_sdk.DstackClient(endpoint, timeout=60).get_key(f"thread/{i % 5}").key

    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(ask, range(80)))
    assert len(set(got)) == 5 and got == got[:5] * 16
