"""What an app asks for in its app-compose.json: the same in boot events, quotes, certificates and verdicts."""

import hashlib
import json

import dcap_qvl
import msgpack
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support import (
    APP_INFO, ATTESTATION, RUNTIME_EVENT, Simulated, event_payload, extension, registers, replay, report_data, table,
    urls,
)

FORM = "mr_config_form"


@pytest.fixture(params=table("apps.json"), ids=lambda row: row["name"], scope="module")
def app(request):
    return {**request.param, "simulated": Simulated(urls()[f"app: {request.param['name']}"])}


@pytest.fixture
def told(app):
    return app["simulated"].call("DstackGuest.GetQuote", report_data="1234")


@pytest.fixture
def info(app):
    return app["simulated"].call("DstackGuest.Info")


def boot_events(told):
    log = [event for event in json.loads(told["event_log"]) if event["event_type"] == RUNTIME_EVENT]
    assert log[-1]["event"] == "system-ready"
    return [event["event"] for event in log]


def provider(app, info):
    found = json.loads(info["key_provider_info"])
    assert list(found) == ["name", "id"] and found["name"] == app["key_provider"]
    return found


def chain(app, **asked):
    issued = app["simulated"].call("DstackGuest.GetTlsKey", **asked)["certificate_chain"]
    return [x509.load_pem_x509_certificate(pem.encode()) for pem in issued]


def test_quote_is_accepted_and_the_log_leads_to_it(app):
    got = app["simulated"].quote()
    assert app["simulated"].verify(got["quote"]).status == "UpToDate"
    assert replay(got["event_log"]) == registers(got["quote"])


def test_boot_events(app, told, info):
    names = boot_events(told)
    newer = ["gpu-policy-hash"] if "0.6" in app["options"] else []
    image = ["os-image-hash"] if app["key_provider"] == "kms" else []
    assert names == ["system-preparing", "app-id", "compose-hash", *newer, "instance-id", "boot-mr-done", *image,
                     "key-provider", "storage-fs", "system-ready"]
    log = json.loads(told["event_log"])
    assert bytes.fromhex(event_payload(log, "storage-fs")) == app["storage_fs"].encode()
    assert bytes.fromhex(event_payload(log, "key-provider")) == info["key_provider_info"].encode()
    assert event_payload(log, "instance-id") == info["instance_id"]
    assert len(info["instance_id"]) == (40 if app["has_instance_id"] else 0)


def test_key_provider(app, info):
    found = provider(app, info)
    issuer = chain(app)[1].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert {"kms": found["id"] == issuer.hex(), "local-sgx": len(found["id"]) == 64}.get(found["name"], not found["id"])


def test_mr_config_id(app, told):
    register = dcap_qvl.parse_quote(bytes.fromhex(told["quote"])).report.mr_config_id
    form, digest = register[0], register[1:33]
    assert (form, register[33:]) == (app[FORM], bytes(15))
    compose_hash = event_payload(json.loads(told["event_log"]), "compose-hash")
    assert (digest.hex() == compose_hash) == (form == 1)
    assert any(digest) == (form != 0)


def test_verdict(app, told, info):
    attest = app["simulated"].call("DstackGuest.Attest", report_data="1234")["attestation"]
    quote = {name: told[name] for name in ("quote", "event_log", "vm_config")}
    for request in (quote, {"attestation": told["attestation"]}, {"attestation": attest}):
        answer = app["simulated"].post("/verify", request)
        assert answer["is_valid"] is True, answer["reason"]
        found = answer["details"]
        for name in ("app_id", "instance_id", "compose_hash", "mr_aggregated", "os_image_hash"):
            assert found["app_info"][name] == info[name]
        assert found["key_provider"] == provider(app, info)


def test_keys_are_signed_by_a_kms_alone(app):
    key = app["simulated"].call("DstackGuest.GetKey", path="a", purpose="b")
    signed = app["simulated"].call("DstackGuest.Sign", algorithm="secp256k1", data="00")
    for of_app, of_kms in (key["signature_chain"], signed["signature_chain"][1:]):
        assert len(of_app) == 130
        assert len(of_kms) == (130 if app["key_provider"] == "kms" else 0)


def test_certificate_chain(app, info):
    leaf, root = chain(app, subject="x", usage_ra_tls=True, with_app_info=True)
    leaf.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    asked = ["app_id", "compose_hash", "instance_id"]
    assert [value.hex() for value in msgpack.unpackb(extension(leaf, APP_INFO))[:3]] == [info[name] for name in asked]
    names = [name.value for name in root.subject]
    assert names == (["Dstack", "Dstack KMS CA"] if app["key_provider"] == "kms" else ["App Root Cert"])
    constraints = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert constraints.ca and constraints.path_length == 1


def test_an_apps_own_root_shows_a_quote(app):
    if app["key_provider"] == "kms":
        return
    root = chain(app)[1]
    key = root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    shown = extension(root, ATTESTATION)
    expected = hashlib.sha512(b"ratls-cert:" + key).digest()
    answer = app["simulated"].post("/verify", {"attestation": shown.hex()})
    # What it shows is from before the TD had keys, so it names no key provider.
    assert answer["is_valid"] is True, answer["reason"]
    assert answer["details"]["report_data"] == expected.hex()
    assert answer["details"]["app_info"]["key_provider_info"] == ""
    if shown[0] == 0:
        quote = shown[shown.index(b"\x04\0\x02\0"):]
        assert report_data(quote) == expected
