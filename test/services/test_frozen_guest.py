"""What the older guest API, frozen by dstack 0.6, says about signatures, keys and certificates, to the letter."""

import base64
import hashlib
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_keys import keys

from messages import Caller
from simulator import VECTORS

APP_KEY = "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b"
ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141
DATA = b"what is signed"
K256 = ("secp256k1", "k256", "secp256k1_prehashed")


@pytest.fixture(scope="module")
def caller(start):
    return Caller(start().url)


@pytest.fixture(scope="module")
def known(start, directory):
    """A simulator with the app key of the published vectors."""
    file = directory / "known.json"
    file.write_text(json.dumps({**json.loads((VECTORS / "appkeys.json").read_text()), "k256_key": APP_KEY}))
    return Caller(start("--app-keys", file).url)


def data_of(algorithm):
    return hashlib.sha256(DATA).digest() if algorithm == "secp256k1_prehashed" else DATA


@pytest.fixture
def signed(caller):
    def sign(algorithm, data=None):
        data = data_of(algorithm) if data is None else data
        got = caller.by_json("DstackGuest.Sign", {"algorithm": algorithm, "data": data}).value
        return {"algorithm": algorithm, "data": data, "signature": bytes.fromhex(got["signature"]),
                "public_key": bytes.fromhex(got["public_key"])}
    return sign


def verify(caller, arguments, **others):
    """True or False, or the error of a 400; the same in every encoding."""
    outcomes = {(outcome.status, json.dumps(outcome.value))
                for outcome in caller.by_all("DstackGuest.Verify", {**arguments, **others})}
    (status, value), = outcomes
    return json.loads(value)["valid"] if status == 200 else json.loads(value)


# --- Verify ---

@pytest.mark.parametrize("algorithm", K256)
def test_a_key_may_be_compressed_or_not(caller, signed, algorithm):
    one = signed(algorithm)
    point = keys.PublicKey.from_compressed_bytes(one["public_key"]).to_bytes()
    assert verify(caller, one) is True
    assert verify(caller, one, public_key=b"\4" + point) is True
    for malformed in (point, b"\4" + point[:-1], b"\4" + point + b"\0", b"\2" + point[:31], b"\4" + bytes(64)):
        assert verify(caller, one, public_key=malformed).startswith("invalid public key")


@pytest.mark.parametrize("algorithm", [*K256, "ed25519"])
def test_a_signature_has_64_bytes(caller, signed, algorithm):
    one = signed(algorithm)
    for length in (0, 63, 65, 70):
        signature = (one["signature"] * 2)[:length]
        assert verify(caller, one, signature=signature).startswith("signature error")


@pytest.mark.parametrize("algorithm", K256)
def test_a_malleated_signature_is_not_valid(caller, signed, algorithm):
    one = signed(algorithm)
    r, s = one["signature"][:32], int.from_bytes(one["signature"][32:], "big")
    assert verify(caller, one, signature=r + (ORDER - s).to_bytes(32, "big")) is False


@pytest.mark.parametrize("algorithm", K256)
def test_r_and_s_out_of_range_are_malformed(caller, signed, algorithm):
    one = signed(algorithm)
    r, s = one["signature"][:32], one["signature"][32:]
    for wrong in (bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32):
        assert verify(caller, one, signature=wrong + s).startswith("signature error")
        assert verify(caller, one, signature=r + wrong).startswith("signature error")


def test_a_short_digest_has_zeros_on_its_left(caller, signed):
    for length in (16, 17, 31):
        one = signed("secp256k1_prehashed", bytes(32 - length) + b"\xab" * length)
        assert verify(caller, one, data=b"\xab" * length) is True
        assert verify(caller, one, data=b"\xab" * length + bytes(32 - length)) is False


def test_of_a_long_digest_the_left_counts(caller, signed):
    one = signed("secp256k1_prehashed")
    for more in (b"\0", b"\xff", bytes(32), bytes(1000)):
        assert verify(caller, one, data=one["data"] + more) is True
        assert verify(caller, one, data=more[:1] + one["data"]) is False


def test_a_digest_below_16_bytes_is_not_valid(caller, signed):
    for length in (0, 1, 15):
        one = signed("secp256k1_prehashed", bytes(32 - length) + b"\xab" * length)
        assert verify(caller, one, data=b"\xab" * length) is False


@pytest.mark.parametrize("algorithm", ["", "rsa", "ed25519_prehashed"])
def test_verify_needs_a_known_algorithm(caller, signed, algorithm):
    assert verify(caller, signed("secp256k1"), algorithm=algorithm).startswith("Unsupported algorithm")


# --- Sign ---

@pytest.mark.parametrize("length", [0, 15, 16, 31, 33, 64])
def test_sign_takes_a_digest_of_32_bytes_only(caller, length):
    for outcome in caller.by_all("DstackGuest.Sign", {"algorithm": "secp256k1_prehashed", "data": bytes(length)}):
        assert outcome == (400, f"Pre-hashed signing requires a 32-byte digest, but received {length} bytes")


def test_modes_of_one_curve_share_a_key(caller, signed):
    assert len({signed(algorithm)["public_key"] for algorithm in K256}) == 1
    assert signed("secp256k1")["signature"] == signed("secp256k1_prehashed")["signature"]


# --- Worker.GetAttestationForAppKey ---

@pytest.mark.parametrize("algorithm, text", [
    ("ed25519", "dip1::ed25519-pk:5Pbre1Amf1hrp2V2bbfKlIfxpQb2pJAmrgmhxgVoG9s"),
    *[(name, "dip1::secp256k1c-pk:A6t_JdVkVdMAocH3f1f20WGT6JzdntxcXimUtEax8zc9") for name in K256]])
def test_published_report_data(known, algorithm, text):
    for outcome in known.by_all("Worker.GetAttestationForAppKey", {"algorithm": algorithm}):
        assert bytes.fromhex(outcome.value["report_data"]) == text.encode().ljust(64, b"\0")
        assert bytes.fromhex(outcome.value["quote"])[568:632] == text.encode().ljust(64, b"\0")


def test_the_report_data_names_the_key_of_sign(known):
    for algorithm in ("ed25519", "secp256k1"):
        key = bytes.fromhex(known.by_json("DstackGuest.GetKey", {"path": "vms", "purpose": "signing",
                                                                 "algorithm": algorithm}).value["key"])
        public = (Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
                  if algorithm == "ed25519" else keys.PrivateKey(key).public_key.to_compressed_bytes())
        quoted = known.by_json("Worker.GetAttestationForAppKey", {"algorithm": algorithm}).value["report_data"]
        assert base64.urlsafe_b64encode(public).rstrip(b"=") in bytes.fromhex(quoted)


# --- GetKey and Tappd.DeriveKey ---

def test_one_secret_serves_three_curves(caller):
    got = {caller.by_json("DstackGuest.GetKey", {"path": "p", "algorithm": algorithm}).value["key"]
           for algorithm in ("", "k256", "secp256k1", "ed25519")}
    assert len(got) == 1


def test_prehashing_is_no_kind_of_key(caller):
    for outcome in caller.by_all("DstackGuest.GetKey", {"path": "p", "algorithm": "secp256k1_prehashed"}):
        assert outcome.status == 400 and outcome.value.startswith("Unsupported algorithm")


# --- GetTlsKey and GetQuote ---

def test_one_bound_of_validity_may_be_given_alone(caller):
    for bound in ("not_before", "not_after"):
        got = caller.by_json("DstackGuest.GetTlsKey", {bound: 2_000_000_000}).value
        leaf = x509.load_pem_x509_certificate(got["certificate_chain"][0].encode())
        shown = leaf.not_valid_before_utc if bound == "not_before" else leaf.not_valid_after_utc
        assert int(shown.timestamp()) == 2_000_000_000


@pytest.mark.parametrize("length", [0, 1, 63, 64])
def test_report_data_is_padded_on_its_right(caller, length):
    data = b"\xab" * length
    for outcome in caller.by_all("DstackGuest.GetQuote", {"report_data": data}):
        assert bytes.fromhex(outcome.value["report_data"]) == data.ljust(64, b"\0")
