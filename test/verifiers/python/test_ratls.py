"""RA-TLS: two parties meet over mutual TLS, and each learns from the other's
certificate which app it talks to, in a TD whose quote verifies."""

import hashlib
import json
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support import EVENT_LOG, QUOTE, event_payload, extension, registers, replay, report_data

# A handshake that takes more turns than this does not end.
TURNS = 20


class Party:
    """A party with a key and certificate from GetTlsKey."""

    def __init__(self, simulated, directory, **usages):
        usages = usages or {"usage_ra_tls": True, "usage_server_auth": True, "usage_client_auth": True}
        names = ["localhost", "127.0.0.1"]
        got = simulated.call("DstackGuest.GetTlsKey", subject="party", alt_names=names, **usages)
        directory.mkdir()
        self.key, self.chain = directory / "key.pem", directory / "chain.pem"
        self.key.write_text(got["key"])
        self.chain.write_text("".join(got["certificate_chain"]))
        self.ca = got["certificate_chain"][-1]

    def context(self, side, trusted):
        """A TLS context that requires a certificate of the peer issued by the trusted CA."""
        context = ssl.SSLContext(side)
        context.load_cert_chain(self.chain, self.key)
        context.load_verify_locations(cadata=trusted)
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context


def shake_hands(server, client, name, trusted_by_client=None):
    """Mutual TLS in memory: the certificate that each side got of the other."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    of_client = client.context(ssl.PROTOCOL_TLS_CLIENT, trusted_by_client or client.ca)
    ends = [
        of_client.wrap_bio(to_client, to_server, server_hostname=name),
        server.context(ssl.PROTOCOL_TLS_SERVER, server.ca).wrap_bio(to_server, to_client, server_side=True),
    ]
    waiting = list(ends)
    for _ in range(TURNS):
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except ssl.SSLWantReadError:
                pass
        if not waiting:
            return [x509.load_der_x509_certificate(end.getpeercert(binary_form=True)) for end in ends]
    raise AssertionError("the handshake does not end")


def appraise(simulated, certificate):
    """What a relying party learns from a certificate: the app's id, compose hash and instance."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    quote = extension(certificate, QUOTE)
    assert report_data(quote) == hashlib.sha512(b"ratls-cert:" + key).digest()
    assert simulated.verify(quote).status == "UpToDate"
    log = json.loads(extension(certificate, EVENT_LOG))
    assert replay(log) == registers(quote)
    return [event_payload(log, name) for name in ("app-id", "compose-hash", "instance-id")]


def identity(simulated):
    info = simulated.call("DstackGuest.Info")
    return [info["app_id"], info["compose_hash"], info["instance_id"]]


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_two_apps_meet(plain, peer, tmp_path, name):
    server, client = Party(plain, tmp_path / "server"), Party(peer, tmp_path / "client")
    assert server.ca == client.ca
    of_server, of_client = shake_hands(server, client, name)
    assert appraise(plain, of_server) == identity(plain)
    assert appraise(peer, of_client) == identity(peer)
    assert identity(plain) != identity(peer)


def test_two_of_one_app_meet(plain, tmp_path):
    server, client = Party(plain, tmp_path / "server"), Party(plain, tmp_path / "client")
    of_server, of_client = shake_hands(server, client, "localhost")
    assert of_server.public_key() != of_client.public_key()
    assert appraise(plain, of_server) == appraise(plain, of_client) == identity(plain)


def test_certificate_after_an_event(plain, tmp_path):
    plain.call("DstackGuest.EmitEvent", event="before the handshake", payload="01")
    party = Party(plain, tmp_path / "party")
    certificate, _ = shake_hands(party, party, "localhost")
    assert json.loads(extension(certificate, EVENT_LOG)) == plain.quote()["event_log"]
    assert appraise(plain, certificate) == identity(plain)


def test_other_ca_is_refused(plain, stranger, tmp_path):
    server, client = Party(plain, tmp_path / "server"), Party(stranger, tmp_path / "client")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, client, "localhost")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, client, "localhost", trusted_by_client=server.ca)


def test_other_name_is_refused(plain, tmp_path):
    party = Party(plain, tmp_path / "party")
    with pytest.raises(ssl.SSLCertVerificationError, match="[Hh]ostname"):
        shake_hands(party, party, "example.com")


@pytest.mark.parametrize("server_usage, client_usage", [
    ("usage_client_auth", "usage_client_auth"), ("usage_server_auth", "usage_server_auth"),
])
def test_certificate_for_another_use_is_refused(plain, tmp_path, server_usage, client_usage):
    server = Party(plain, tmp_path / "server", **{server_usage: True})
    client = Party(plain, tmp_path / "client", **{client_usage: True})
    with pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        shake_hands(server, client, "localhost")


def test_quote_of_another_key_is_noticed(plain, tmp_path):
    one, other = Party(plain, tmp_path / "one"), Party(plain, tmp_path / "other")
    quotes = [extension(leaf, QUOTE) for leaf in shake_hands(one, other, "localhost")]
    assert report_data(quotes[0]) != report_data(quotes[1])


def test_app_certificate_of_info(plain):
    leaf, ca = x509.load_pem_x509_certificates(plain.call("DstackGuest.Info")["app_cert"].encode())
    leaf.verify_directly_issued_by(ca)
    assert leaf.subject.rfc4514_string() == "CN=demo-cert"
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [x509.ExtendedKeyUsageOID.CLIENT_AUTH]
    assert appraise(plain, leaf) == identity(plain)
