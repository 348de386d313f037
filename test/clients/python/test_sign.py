"""sign, verify, version, and get_key's algorithm argument."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from eth_keys import keys

from support import app_public_key, error_of, public_key, recover, vectors

KNOWN = vectors("keys.json")["sign"]
TEXT = "Unterschrift ✍".encode()
DIGEST = hashlib.sha256(TEXT).digest()
CASES = [("secp256k1", TEXT), ("k256", TEXT), ("secp256k1_prehashed", DIGEST), ("ed25519", TEXT)]


def algorithm_of(known):
    return known["request"]["algorithm"]


@pytest.mark.parametrize("known", KNOWN, ids=algorithm_of)
def test_known_signature(client, known):
    got = client.sign(algorithm_of(known), bytes.fromhex(known["request"]["data"]))
    assert got.model_dump() == known["response"]


@pytest.mark.parametrize("algorithm, data", CASES)
def test_verify(client, algorithm, data):
    got = client.sign(algorithm, data)
    signature, key = got.decode_signature(), got.decode_public_key()
    other = hashlib.sha256(data).digest()
    assert client.verify(algorithm, data, signature, key).valid is True
    assert client.verify(algorithm, other, signature, key).valid is False


@pytest.mark.parametrize("algorithm, data", CASES)
def test_signature_holds_without_the_simulator(client, algorithm, data):
    got = client.sign(algorithm, data)
    signature, key = got.decode_signature(), got.decode_public_key()
    assert len(signature) == 64
    if algorithm == "ed25519":
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
        return
    parsed = keys.NonRecoverableSignature(signature)
    assert parsed.verify_msg_hash(DIGEST, keys.PublicKey.from_compressed_bytes(key))


@pytest.mark.parametrize("algorithm, data", CASES)
def test_chain_is_that_of_the_signing_key(client, algorithm, data):
    got = client.sign(algorithm, data)
    chain = got.decode_signature_chain()
    assert len(chain) == 3 and chain[0] == got.decode_signature()
    assert recover(b"signing:" + got.public_key.encode(), chain[1]) == app_public_key()
    kind = "ed25519" if algorithm == "ed25519" else "secp256k1"
    assert got.signature_chain[1:] == client.get_key("vms", "signing", kind).signature_chain


def test_empty_and_long_data(client):
    for data in (b"", bytes(100_000)):
        for algorithm in ("secp256k1", "ed25519"):
            got = client.sign(algorithm, data)
            assert client.verify(algorithm, data, got.decode_signature(), got.decode_public_key()).valid


def test_refusals(client):
    def sign(**body):
        return error_of(client.raw("Sign", body))

    def verify(**body):
        return error_of(client.raw("Verify", {"algorithm": "secp256k1", "data": "616263", **body}))

    good = KNOWN[0]["response"]
    pair = {"signature": good["signature"], "public_key": good["public_key"]}
    assert "Unsupported algorithm" in sign(algorithm="rsa", data="00")
    assert "Unsupported algorithm" in sign(data="00")
    assert "Unsupported algorithm" in verify(algorithm="", **pair)
    wrong = "Pre-hashed signing requires a 32-byte digest, but received 3 bytes"
    assert wrong in sign(algorithm="secp256k1_prehashed", data="616263")
    assert "invalid public key" in verify(**{**pair, "public_key": "02" * 32})
    assert "signature error" in verify(**{**pair, "signature": "01" * 63})


@pytest.mark.parametrize("known", vectors("keys.json")["get_key"], ids=algorithm_of)
def test_get_key_takes_an_algorithm(client, known):
    assert client.get_key(**known["request"]).model_dump() == known["response"]


def test_key_names_of_secp256k1(client):
    usual = client.get_key("a", "p")
    assert client.get_key("a", "p", "k256") == client.get_key("a", "p", "") == usual


def test_ed25519_chain_names_the_ed25519_key(client):
    from dstack_sdk.solana import to_keypair

    got = client.get_key("solana", "p", "ed25519")
    named = bytes(to_keypair(got).pubkey()).hex()
    assert recover(f"p:{named}".encode(), got.decode_signature_chain()[0]) == app_public_key()
    assert public_key(got.decode_key()) == public_key(client.get_key("solana").decode_key())


def test_version(client):
    got = client.version()
    assert got.version and got.rev
