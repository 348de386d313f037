"""Both forms of an attestation say what the quote, its event log and vm_config say."""

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from attestations import read_msgpack
from scale import read_scale
from support import ATTESTATION, QUOTE, RUNTIME_EVENT, extension, registers, replay, report_data

REPORT_DATA = [b"", b"\x12\x34", bytes(range(64))]
ACPI = ["acpi-loader", "acpi-rsdp", "acpi-tables"]


@pytest.fixture(autouse=True)
def event(plain):
    """Something of the app's own in every log, with text beyond ASCII and all bytes."""
    plain.call("DstackGuest.EmitEvent", event="größer 世界", payload=bytes(range(256)).hex())


def as_hex(events):
    """An attestation's event log as GetQuote tells it."""
    return [{**e, "digest": e["digest"].hex(), "event_payload": e["event_payload"].hex()} for e in events]


def assert_agrees(attestation, quote):
    assert attestation["quote"] == quote["quote"]
    assert as_hex(attestation["event_log"]) == quote["event_log"]
    assert attestation["report_data"] == report_data(quote["quote"])
    assert attestation["config"] == quote["vm_config"]
    assert_runtime_events(attestation)


def assert_runtime_events(attestation):
    events = [e for e in attestation["event_log"] if e["event_type"] == RUNTIME_EVENT]
    expected = [(e["event"], e["event_payload"]) for e in events]
    assert [(e["event"], e["payload"]) for e in attestation["runtime_events"]] == expected
    assert expected[-1] == ("größer 世界", bytes(range(256)))


@pytest.mark.parametrize("data", REPORT_DATA, ids=len)
def test_attest(plain, data):
    answer = plain.call("DstackGuest.Attest", report_data=data.hex())
    assert_agrees(read_scale(bytes.fromhex(answer["attestation"])), plain.quote(data))


@pytest.mark.parametrize("data", REPORT_DATA, ids=len)
def test_attestation_of_a_quote(plain, data):
    quote = plain.quote(data)
    assert_agrees(read_msgpack(bytes.fromhex(quote["attestation"])), quote)


def test_attestation_of_an_app_key(plain):
    answer = plain.call("Worker.GetAttestationForAppKey", algorithm="ed25519")
    attestation = read_msgpack(bytes.fromhex(answer["attestation"]))
    assert attestation["quote"].hex() == answer["quote"]
    assert attestation["report_data"].startswith(b"dip1::ed25519-pk:")
    assert plain.verify(attestation["quote"]).status == "UpToDate"


def test_attestation_in_a_certificate(plain):
    got = plain.call("DstackGuest.GetTlsKey", usage_ra_tls=True)
    leaf = x509.load_pem_x509_certificate(got["certificate_chain"][0].encode())
    attestation = read_scale(extension(leaf, ATTESTATION))
    key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert attestation["quote"] == extension(leaf, QUOTE)
    assert attestation["report_data"] == hashlib.sha512(b"ratls-cert:" + key).digest()
    assert attestation["config"] == plain.quote()["vm_config"]
    assert_runtime_events(attestation)
    assert plain.verify(attestation["quote"]).status == "UpToDate"


def test_event_log_in_a_certificate_is_cut(plain):
    """The three ACPI events and RTMR3; a runtime event's digest is for the reader to compute."""
    quote = plain.quote()
    got = plain.call("DstackGuest.GetTlsKey", usage_ra_tls=True)
    leaf = x509.load_pem_x509_certificate(got["certificate_chain"][0].encode())
    events = read_scale(extension(leaf, ATTESTATION))["event_log"]
    kept = [event for event in quote["event_log"] if event["event"] in ACPI or event["imr"] == 3]
    expected = [{**event, "digest": "" if event["imr"] == 3 else event["digest"]} for event in kept]
    assert as_hex(events) == expected
    assert replay(as_hex(events))[3] == registers(quote["quote"])[3]
