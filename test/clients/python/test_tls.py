"""get_tls_key: the key, the certificate for it, and its chain."""

import hashlib
import ipaddress
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (Encoding, PublicFormat, load_der_private_key,
                                                          load_pem_private_key)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from dstack_sdk.ethereum import to_account, to_account_secure
from dstack_sdk.solana import to_keypair, to_keypair_secure

from support import (ATTESTATION, EVENT_LOG, KEY_USE, QUOTE, certificates, error_of, extension,
                     quote_report_data, vectors)

SUBJECTS = ["service", "", "Bücher 世界 🚀", "x" * 64, "a=b,c/d+e\\\""]


def usages(certificate):
    try:
        return set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return set()


def test_certificate_is_for_the_key(client):
    got = client.get_tls_key("service", ["example.com"])
    leaf, ca = certificates(got)
    key = load_pem_private_key(got.key.encode(), None)
    assert leaf.public_key() == key.public_key()
    assert key.curve.name == "secp256r1"
    leaf.verify_directly_issued_by(ca)
    ca.verify_directly_issued_by(ca)
    assert ca == x509.load_pem_x509_certificate(vectors("appkeys.json")["ca_cert"].encode())


def test_key_is_fresh_each_time(client):
    assert len({client.get_tls_key("same").key for _ in range(5)}) == 5


def test_key_as_bytes(client):
    got = client.get_tls_key()
    whole = got.as_uint8array()
    assert load_der_private_key(whole, None).key_size == 256
    assert got.as_uint8array(32) == whole[:32]
    assert got.as_uint8array(len(whole) + 5) == whole + bytes(5)


def test_accounts_from_a_tls_key(client):
    """Deprecated by the SDK, but what older programs do."""
    got = client.get_tls_key()
    assert bytes(to_account(got).key) == got.as_uint8array(32)
    hashed = hashlib.sha256(got.as_uint8array()).digest()
    assert bytes(to_account_secure(got).key) == hashed
    assert bytes(to_keypair(got))[:32] == got.as_uint8array(32)
    assert bytes(to_keypair_secure(got))[:32] == hashed


@pytest.mark.filterwarnings("ignore:Attribute's length")
@pytest.mark.parametrize("subject", SUBJECTS, ids=range(len(SUBJECTS)))
def test_subject(client, subject):
    leaf, _ = certificates(client.get_tls_key(subject))
    assert [name.value for name in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [subject]


def test_alternative_names(client):
    names = ["example.com", "*.example.com", "127.0.0.1", "::1", "xn--bcher-kva.example"]
    leaf, _ = certificates(client.get_tls_key("s", names))
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.DNSName) == [names[0], names[1], names[4]]
    assert found.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address(n) for n in names[2:4]]


def test_no_alternative_names(client):
    leaf, _ = certificates(client.get_tls_key("s"))
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)


def test_alternative_name_that_is_no_dns_name(client):
    assert "bücher" in error_of(client.raw("GetTlsKey", {"alt_names": ["bücher.example"]}))


@pytest.mark.parametrize("server", [False, True])
@pytest.mark.parametrize("client_auth", [False, True])
def test_usages(client, server, client_auth):
    got = client.get_tls_key("s", usage_server_auth=server, usage_client_auth=client_auth)
    leaf, _ = certificates(got)
    expected = {ExtendedKeyUsageOID.SERVER_AUTH} if server else set()
    if client_auth:
        expected.add(ExtendedKeyUsageOID.CLIENT_AUTH)
    assert usages(leaf) == expected
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.digital_signature


def test_ra_tls_quotes_the_key(client):
    leaf, _ = certificates(client.get_tls_key("s", usage_ra_tls=True))
    key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    quote = extension(leaf, QUOTE)
    assert quote_report_data(quote) == hashlib.sha512(b"ratls-cert:" + key).digest()
    assert extension(leaf, EVENT_LOG).startswith(b"[{")
    attestation = extension(leaf, ATTESTATION)
    assert attestation[:2] == b"\0\0" and quote in attestation


def test_no_quote_unless_asked(client):
    leaf, _ = certificates(client.get_tls_key("s"))
    assert [extension(leaf, oid) for oid in (QUOTE, EVENT_LOG, ATTESTATION)] == [None] * 3
    assert extension(leaf, KEY_USE) == b"app:custom"


def test_validity_by_default(client):
    leaf, _ = certificates(client.get_tls_key("s"))
    assert leaf.not_valid_before_utc.isoformat() == "1975-01-01T00:00:00+00:00"
    years = (leaf.not_valid_after_utc.timestamp() - time.time()) / (365.25 * 86400)
    assert 9.9 < years < 10.1


def test_validity_that_ends_before_it_starts(client):
    for not_before, not_after in ((20, 10), (10, 10)):
        response = client.raw("GetTlsKey", {"not_before": not_before, "not_after": not_after})
        assert "not_before must be earlier than not_after" in error_of(response)
