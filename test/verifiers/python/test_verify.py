"""The simulator's own POST /verify, which answers as dstack-verifier does."""

import json
import urllib.error

import msgpack
import pytest

from support import changed, event_payload, tampered


@pytest.fixture(scope="module")
def told(plain):
    """GetQuote's answer as it is, and the SCALE form of the same attestation."""
    answer = plain.call("DstackGuest.GetQuote", report_data="1234")
    return {**answer, "scale": plain.call("DstackGuest.Attest", report_data="1234")["attestation"]}


def forms(told, prefix=""):
    """Everything that can be sent to ask about one quote."""
    return {
        "quote": {"quote": prefix + told["quote"],
                  "event_log": told["event_log"], "vm_config": told["vm_config"]},
        "MessagePack": {"attestation": prefix + told["attestation"]},
        "SCALE": {"attestation": prefix + told["scale"]},
    }


FORMS = ["quote", "MessagePack", "SCALE"]


def assert_invalid(answer):
    assert answer["is_valid"] is False
    assert isinstance(answer["reason"], str) and answer["reason"]
    return answer


def test_health(plain):
    assert json.loads(plain.get("/health")) == {"status": "ok", "service": "dstack-verifier"}


@pytest.mark.parametrize("prefix", ["", "0x"])
@pytest.mark.parametrize("form", FORMS)
def test_valid(plain, told, form, prefix):
    answer = plain.post("/verify", forms(told, prefix)[form])
    assert answer["is_valid"] is True and not answer["reason"], answer
    details = answer["details"]
    for check in ("quote_verified", "event_log_verified", "os_image_hash_verified"):
        assert details[check] is True, check
    assert (details["tcb_status"], details["advisory_ids"]) == ("UpToDate", [])
    assert details["os_image_is_dev"] is details["os_image_version"] is None
    assert details["app_info"]["init_script_hashes"] == []
    assert "tdx" in details["tee_variant"]
    assert details["report_data"].removeprefix("0x") == "1234".ljust(128, "0")


@pytest.mark.parametrize("form", FORMS)
def test_app_of_the_quote(plain, told, form):
    info = plain.call("DstackGuest.Info")
    details = plain.post("/verify", forms(told)[form])["details"]
    app, boot = details["app_info"], details["boot_info"]
    for key in ("app_id", "compose_hash", "instance_id", "device_id", "mr_aggregated", "os_image_hash"):
        words = key.split("_")
        camel = words[0] + "".join(word.capitalize() for word in words[1:])
        assert app[key] == info[key] == boot[camel], key
    assert app["mr_system"] == boot["mrSystem"]
    log = json.loads(told["event_log"])
    assert app["app_id"] == event_payload(log, "app-id")
    assert bytes.fromhex(app["key_provider_info"]) == info["key_provider_info"].encode() == \
        bytes.fromhex(event_payload(log, "key-provider"))
    assert [boot[key] for key in ("teeVariant", "tcbStatus", "advisoryIds")] == \
        [details[key] for key in ("tee_variant", "tcb_status", "advisory_ids")]


def test_changed_quote(plain, told, tampering):
    quote = tampered(bytes.fromhex(told["quote"]), tampering).hex()
    answer = assert_invalid(plain.post("/verify", {**forms(told)["quote"], "quote": quote}))
    assert answer["details"]["quote_verified"] is False


def lost(log):
    return log[:-1]


def other_payload(log):
    at = next(i for i, event in enumerate(log) if event["event"] == "app-id")
    payload = changed(bytes.fromhex(log[at]["event_payload"]), 0).hex()
    return log[:at] + [{**log[at], "event_payload": payload}] + log[at + 1:]


def other_digest(log):
    return [{**log[0], "digest": changed(bytes.fromhex(log[0]["digest"]), 0).hex()}] + log[1:]


def added(log):
    return log + [log[-1]]


def emptied(log):
    return []


@pytest.mark.parametrize("change", [lost, other_payload, other_digest, added, emptied])
def test_changed_event_log(plain, told, change):
    log = json.dumps(change(json.loads(told["event_log"])))
    answer = assert_invalid(plain.post("/verify", {**forms(told)["quote"], "event_log": log}))
    details = answer["details"]
    assert details["quote_verified"] is details["event_log_verified"] is False
    assert details["tcb_status"] is details["report_data"] is None
    assert answer["reason"].startswith("Quote verification failed: ")


@pytest.mark.parametrize("key, value", [("os_image_hash", "00" * 32), ("memory_size", 4 << 30)])
def test_changed_vm_config(plain, told, key, value):
    config = json.dumps({**json.loads(told["vm_config"]), key: value})
    answer = assert_invalid(plain.post("/verify", {**forms(told)["quote"], "vm_config": config}))
    details = answer["details"]
    assert details["quote_verified"] is True
    assert details["os_image_hash_verified"] is details["event_log_verified"] is False


def attested(form, told, part):
    """A part of an attestation as the form writes it, before and after a change."""
    log = json.loads(told["event_log"])
    if part == "quote":
        quote = bytes.fromhex(told["quote"])
        both = quote, changed(quote, 184)
        return [msgpack.packb(list(each)) for each in both] if form == "MessagePack" else both
    if part == "event":
        payload = bytes.fromhex(event_payload(log, "compose-hash"))
        return payload, changed(payload, 0)
    image = json.loads(told["vm_config"])["os_image_hash"].encode()
    return image, image[1:] + image[:1]


@pytest.mark.parametrize("form", ["MessagePack", "SCALE"])
@pytest.mark.parametrize("part, check", [
    ("quote", "quote_verified"), ("event", "event_log_verified"), ("config", "os_image_hash_verified"),
])
def test_changed_attestation(plain, told, form, part, check):
    before, after = attested(form, told, part)
    attestation = bytes.fromhex(forms(told)[form]["attestation"])
    assert before in attestation and len(before) == len(after)
    answer = assert_invalid(plain.post("/verify", {"attestation": attestation.replace(before, after).hex()}))
    assert answer["details"][check] is False


@pytest.mark.parametrize("form", ["MessagePack", "SCALE"])
def test_attestation_cut_short(plain, told, form):
    attestation = forms(told)[form]["attestation"]
    for length in (2, 4, 100, len(attestation) // 2, len(attestation) - 2):
        assert_invalid(plain.post("/verify", {"attestation": attestation[:length]}))


@pytest.mark.parametrize("request_body", [
    {}, {"quote": ""}, {"quote": "00"}, {"quote": "no hex"}, {"attestation": "0000"}, {"attestation": "81"},
    {"quote": "00" * 5000, "event_log": "[]", "vm_config": "{}"},
], ids=str)
def test_malformed_quotes_get_a_verdict(plain, request_body):
    assert_invalid(plain.post("/verify", request_body))


@pytest.mark.parametrize("field, value", [
    ("event_log", "no JSON"), ("event_log", "{}"), ("vm_config", "no JSON"),
])
def test_malformed_fields_get_a_verdict(plain, told, field, value):
    assert_invalid(plain.post("/verify", {**forms(told)["quote"], field: value}))


def test_text_that_is_no_json_gets_an_error(plain):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        plain.open("/verify", b"{")
    assert refusal.value.code == 400


def test_quote_of_another_platform(plain, stranger):
    told = stranger.call("DstackGuest.GetQuote", report_data="1234")
    told["scale"] = ""
    answer = assert_invalid(plain.post("/verify", forms(told)["quote"]))
    assert answer["details"]["quote_verified"] is False
    assert stranger.post("/verify", forms(told)["quote"])["is_valid"] is True


def test_platform(changing, scenario):
    """The verdict is that of dcap-qvl."""
    before = changing.call("DstackGuest.GetQuote", report_data="1234")
    changing.call("Simulator.SetPlatform", **scenario["platform"])
    told = before if scenario.get("quoted_before") else changing.call("DstackGuest.GetQuote", report_data="1234")
    answer = changing.post("/verify", forms({**told, "scale": ""})["quote"])
    expected = scenario["dcap_qvl"]
    if "refused" in expected:
        assert_invalid(answer)
    else:
        details = answer["details"]
        assert details["quote_verified"] is True
        assert details["tcb_status"] == expected["status"]
        assert details["advisory_ids"] == expected["advisories"]
