"""TappdClient: what programs written for dstack 0.3 call."""

import hashlib

import httpx
import pytest
from Crypto.Hash import keccak
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from support import assert_replays, error_of, quote_report_data, vectors


def keccak_of(bits):
    return lambda data: keccak.new(digest_bits=bits, data=data)


HASHES = {
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
    "sha3-256": hashlib.sha3_256,
    "sha3-384": hashlib.sha3_384,
    "sha3-512": hashlib.sha3_512,
    "keccak256": keccak_of(256),
    "keccak384": keccak_of(384),
    "keccak512": keccak_of(512),
}


def hashed(algorithm, data, prefix=b"app-data"):
    return HASHES[algorithm](prefix + b":" + data).digest().ljust(64, b"\0")


def test_known_key(tappd):
    known = vectors("keys.json")["tappd_derive_key"]
    got = tappd.derive_key(**known["request"])
    assert got.key == known["response_key"]


def test_known_k256_key(tappd):
    known = vectors("keys.json")["tappd_derive_k256_key"]
    assert tappd.raw("DeriveK256Key", known["request"]).json() == known["response"]


def test_key_depends_on_the_path_alone(tappd):
    one, same = tappd.derive_key("Straße/1"), tappd.derive_key("Straße/1", "x", ["example.com", "::1"])
    assert one.key == same.key != tappd.derive_key("Straße/2").key
    for got, subject in ((one, "Straße/1"), (same, "x")):
        leaf, ca = (x509.load_pem_x509_certificate(pem.encode()) for pem in got.certificate_chain)
        leaf.verify_directly_issued_by(ca)
        assert leaf.public_key() == load_pem_private_key(got.key.encode(), None).public_key()
        assert leaf.subject.rfc4514_string() == f"CN={subject}"


def test_random_key(tappd):
    answers = [tappd.raw("DeriveKey", {"path": "a", "random_seed": True}).json()["key"] for _ in range(3)]
    assert len(set(answers)) == 3


@pytest.mark.parametrize("data", [b"x", "größer".encode(), bytes(5000)], ids=len)
@pytest.mark.parametrize("algorithm", HASHES)
def test_quote_over_a_hash(tappd, algorithm, data):
    got = tappd.tdx_quote(data, algorithm)
    assert quote_report_data(got.decode_quote()) == hashed(algorithm, data)
    assert_replays(got)


def test_quote_says_what_was_hashed(tappd):
    data = {"report_data": "616263"}
    got = tappd.raw("TdxQuote", data).json()
    assert (got["hash_algorithm"], got["prefix"]) == ("sha512", "app-data")
    assert quote_report_data(bytes.fromhex(got["quote"])) == hashed("sha512", b"abc")
    got = tappd.raw("TdxQuote", {**data, "hash_algorithm": "sha256", "prefix": "mein-präfix"}).json()
    assert (got["hash_algorithm"], got["prefix"]) == ("sha256", "mein-präfix")
    assert quote_report_data(bytes.fromhex(got["quote"])) == hashed("sha256", b"abc", "mein-präfix".encode())


def test_raw_quote(tappd):
    whole = bytes(range(64))
    assert quote_report_data(tappd.tdx_quote(whole, "raw").decode_quote()) == whole
    assert quote_report_data(tappd.tdx_quote(whole).decode_quote()) == whole
    got = tappd.raw("RawQuote", {"report_data": whole.hex()}).json()
    assert quote_report_data(bytes.fromhex(got["quote"])) == whole
    assert (got["hash_algorithm"], got["prefix"]) == ("raw", "")


def test_sdk_fills_a_raw_quote_from_the_left(tappd):
    assert quote_report_data(tappd.tdx_quote(b"abc", "raw").decode_quote()) == b"abc".rjust(64, b"\0")


def test_raw_quote_wants_64_bytes(tappd):
    """Without an algorithm the SDK asks for raw, and does not pad."""
    with pytest.raises(httpx.HTTPStatusError):
        tappd.tdx_quote(b"abc")
    for data in ("", "00", "00" * 65):
        assert error_of(tappd.raw("RawQuote", {"report_data": data}))


def test_unknown_hash(tappd):
    for algorithm in ("md5", "SHA256", "sha-256"):
        body = {"report_data": "00", "hash_algorithm": algorithm}
        assert "invalid hash algorithm" in error_of(tappd.raw("TdxQuote", body))


def test_info(tappd, client):
    info, same = tappd.info(), client.info()
    assert info.app_id == same.app_id
    assert info.tcb_info.rtmr3 == same.tcb_info.rtmr3
    assert info.tcb_info.event_log == same.tcb_info.event_log


def test_methods_that_tappd_never_had(tappd):
    with pytest.raises(httpx.HTTPStatusError) as error:
        tappd.get_key("a")
    assert error.value.response.status_code == 404
    assert error.value.response.json() == {"error": "Service not found: GetKey"}


def test_reachable(tappd):
    assert tappd.is_reachable() is True
