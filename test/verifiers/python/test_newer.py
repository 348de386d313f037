"""An OS image of dstack 0.6 with an event log of version 2: what it measures, and each form of its evidence."""

import hashlib
import json

import msgpack
import pytest
from cryptography import x509

from attestations import read_msgpack
from support import (
    APP_INFO, ATTESTATION, EVENT_LOG, QUOTE, RUNTIME_EVENT, changed, event_preimage, extension, registers, replay,
    table,
)

ACPI = ["acpi-loader", "acpi-rsdp", "acpi-tables"]
SCRIPTS = [hashlib.sha256(script.encode()).hexdigest() for script in table("newer-compose.json")["init_script"]]
POLICY = hashlib.sha256(b'{"allow_debug":false,"rego":"package policy\\n"}').hexdigest()


@pytest.fixture(scope="module")
def told(newer):
    answer = newer.call("DstackGuest.GetQuote", report_data="1234")
    return {**answer, "attest": newer.call("DstackGuest.Attest", report_data="1234")["attestation"]}


@pytest.fixture(scope="module")
def leaf(newer):
    got = newer.call("DstackGuest.GetTlsKey", usage_ra_tls=True, with_app_info=True)
    return x509.load_pem_x509_certificate(got["certificate_chain"][0].encode())


def runtime(log):
    return [event for event in log if event["event_type"] == RUNTIME_EVENT]


def as_hex(events):
    return [{**e, "digest": e["digest"].hex(), "event_payload": e["event_payload"].hex()} for e in events]


def forms(told):
    return {
        "quote": {name: told[name] for name in ("quote", "event_log", "vm_config")},
        "attestation of the quote": {"attestation": told["attestation"]},
        "Attest": {"attestation": told["attest"]},
    }


def refused(newer, request):
    answer = newer.post("/verify", request)
    assert answer["is_valid"] is False
    return answer["reason"]


# --- what is measured ---

def test_scripts_and_policy_are_measured_before_the_instance(told):
    names = [event["event"] for event in runtime(json.loads(told["event_log"]))]
    assert names[:7] == ["system-preparing", "app-id", "compose-hash", "init-script-hash", "init-script-hash",
                         "gpu-policy-hash", "instance-id"]
    payloads = [event["event_payload"] for event in runtime(json.loads(told["event_log"]))]
    assert payloads[3:6] == [*SCRIPTS, POLICY]


def test_every_runtime_event_shows_its_preimage(told):
    for event in json.loads(told["event_log"]):
        if event["event_type"] != RUNTIME_EVENT:
            assert not {"version", "preimage"} & event.keys()
            continue
        assert list(event)[-2:] == ["version", "preimage"] and event["version"] == 2
        preimage = bytes.fromhex(event["preimage"])
        assert preimage == event_preimage(event)
        assert hashlib.sha384(preimage).hexdigest() == event["digest"]


def test_the_log_leads_to_the_registers(newer, told):
    quote = bytes.fromhex(told["quote"])
    assert replay(json.loads(told["event_log"])) == registers(quote)
    assert newer.verify(quote).status == "UpToDate"
    info = json.loads(newer.call("DstackGuest.Info")["tcb_info"])
    assert info["event_log"] == json.loads(told["event_log"])


# --- its forms ---

@pytest.mark.parametrize("form", ["attestation", "attest"])
def test_both_attestations_are_in_messagepack(told, form):
    attestation = read_msgpack(bytes.fromhex(told[form]))
    assert attestation["quote"].hex() == told["quote"]
    assert as_hex(attestation["event_log"]) == json.loads(told["event_log"])
    expected = [{"event": event["event"], "payload": event["event_payload"], "version": 2}
                for event in runtime(attestation["event_log"])]
    assert attestation["runtime_events"] == expected


def test_an_old_client_s_quote_has_it_too(newer, told):
    answer = newer.call("Tappd.RawQuote", report_data="00" * 64)
    assert json.loads(answer["event_log"]) == json.loads(told["event_log"])


def test_a_certificate_keeps_preimages_and_leaves_out_digests(told, leaf):
    attestation = read_msgpack(extension(leaf, ATTESTATION))
    assert attestation["quote"] == extension(leaf, QUOTE)
    log = json.loads(told["event_log"])
    assert json.loads(extension(leaf, EVENT_LOG)) == log
    kept = [event for event in log if event["event"] in ACPI or event["imr"] == 3]
    assert as_hex(attestation["event_log"]) == [
        {**event, "digest": "" if event["imr"] == 3 else event["digest"]} for event in kept]
    assert replay(as_hex(attestation["event_log"]))[3] == registers(attestation["quote"])[3]


def test_a_certificate_lists_the_scripts(leaf):
    info = msgpack.unpackb(extension(leaf, APP_INFO))
    assert len(info) == 9 and [each.hex() for each in info[8]] == SCRIPTS


# --- /verify ---

@pytest.mark.parametrize("form", ["quote", "attestation of the quote", "Attest"])
def test_each_form_is_valid(newer, told, form):
    answer = newer.post("/verify", forms(told)[form])
    assert answer["is_valid"] is True, answer
    assert answer["details"]["app_info"]["init_script_hashes"] == SCRIPTS


def test_a_certificate_s_attestation_is_valid(newer, leaf):
    answer = newer.post("/verify", {"attestation": extension(leaf, ATTESTATION).hex()})
    assert answer["is_valid"] is True, answer


def with_event(told, name, **members):
    """The quote with one event of its log changed; None removes a member."""
    log = json.loads(told["event_log"])
    event = next(event for event in log if event["event"] == name)
    event.update(members)
    for member in [member for member, value in event.items() if value is None]:
        del event[member]
    return {**forms(told)["quote"], "event_log": json.dumps(log)}


def spaced(told, name):
    """A preimage that says the same with a blank more, and the digest that fits."""
    event = next(event for event in json.loads(told["event_log"]) if event["event"] == name)
    preimage = bytes.fromhex(event["preimage"]).replace(b",", b", ", 1)
    return {"preimage": preimage.hex(), "digest": hashlib.sha384(preimage).hexdigest()}


def test_preimages_must_be_there_and_canonical(newer, told):
    no_preimage = refused(newer, with_event(told, "app-id", preimage=None))
    assert "(app-id) is of version 2, but has no preimage" in no_preimage
    other = refused(newer, with_event(told, "app-id", **spaced(told, "app-id")))
    assert "the preimage of event 22 (app-id) is not its name and payload in canonical JSON" in other


def test_payload_and_digest_must_fit(newer, told):
    payload = changed(bytes.fromhex(SCRIPTS[0]), 0).hex()
    assert "the preimage of event 24 (init-script-hash)" in refused(
        newer, with_event(told, "init-script-hash", event_payload=payload))
    assert "the digest of event 24 (init-script-hash)" in refused(
        newer, with_event(told, "init-script-hash", digest="11" * 48))


def test_version_1_is_another_digest(newer, told):
    assert "does not match its name and payload" in refused(newer, with_event(told, "app-id", version=None))
    assert "event_log: element 22: version must be a whole number" in refused(
        newer, with_event(told, "app-id", version=3))
