"""dcap-qvl accepts the simulator's quotes, and refuses them once a bit is changed."""

import json
import time

import dcap_qvl
import pytest

from support import changed, event_digest, registers, replay, report_data, tampered

@pytest.mark.parametrize("data", [b"", b"\x12\x34", bytes(range(64))], ids=len)
def test_quote_is_accepted(plain, data):
    got = plain.quote(data)
    report = plain.verify(got["quote"])
    assert (report.status, report.advisory_ids) == ("UpToDate", [])
    assert report_data(got["quote"]) == data.ljust(64, b"\0")
    assert replay(got["event_log"]) == registers(got["quote"])


def test_quote_ends_as_intels(plain):
    quote = plain.quote()["quote"]
    end = 636 + int.from_bytes(quote[632:636], "little")
    assert quote[:end].endswith(b"-----END CERTIFICATE-----\n\0")
    assert quote[end:] == bytes(70)
    assert plain.verify(quote[:end]).status == "UpToDate"


def test_quote_after_an_event_is_accepted(plain):
    before = plain.quote()
    plain.call("DstackGuest.EmitEvent", event="größer", payload="00ff")
    after = plain.quote()
    assert plain.verify(after["quote"]).status == "UpToDate"
    assert registers(after["quote"])[:3] == registers(before["quote"])[:3]
    assert registers(after["quote"])[3] != registers(before["quote"])[3]
    assert replay(after["event_log"]) == registers(after["quote"])
    assert replay(before["event_log"]) != registers(after["quote"])


def test_digests_of_runtime_events(plain):
    for event in plain.quote()["event_log"]:
        assert event_digest(event).hex() == event["digest"]


def test_report_tells_what_the_quote_says(plain):
    quote = plain.quote()["quote"]
    report = json.loads(plain.verify(quote).to_json())
    parsed = dcap_qvl.parse_quote(quote)
    assert parsed.is_tdx() and parsed.header.version == 4 and parsed.ca() == "platform"
    assert parsed.report.report_data == report_data(quote)
    assert [getattr(parsed.report, f"rt_mr{i}") for i in range(4)] == registers(quote)
    assert report["platform_status"] == {"status": "UpToDate", "advisory_ids": []}
    assert report["qe_status"] == {"status": "UpToDate", "advisory_ids": []}


def test_strict_policy_is_satisfied(plain):
    quote = plain.quote()["quote"]
    now = int(time.time())
    verifier = dcap_qvl.QuoteVerifier(plain.root())
    # As with most real machines, the PCK certificate says yes to these three.
    policy = dcap_qvl.QuotePolicy.strict(now)
    policy = policy.allow_dynamic_platform(True).allow_cached_keys(True).allow_smt(True)
    claims = verifier.verify_with_policy(quote, plain.collateral(quote), now, policy)
    assert json.loads(claims.to_json())["tcb"]["status"] == "UpToDate"


def test_changed_quote_is_refused(plain, tampering):
    quote = tampered(plain.quote()["quote"], tampering)
    with pytest.raises(ValueError, match=tampering["dcap_qvl"]):
        plain.verify(quote)


def test_quote_cut_short_is_refused(plain):
    quote = plain.quote()["quote"]
    collateral = plain.collateral(quote)
    for length in (0, 47, 48, 631, 636, 700, 1254, 2000):
        with pytest.raises(ValueError, match="Failed to decode quote"):
            dcap_qvl.verify_with_root_ca(quote[:length], collateral, plain.root(), int(time.time()))


def test_signature_of_another_quote_is_refused(plain):
    one, other = plain.quote(b"one")["quote"], plain.quote(b"other")["quote"]
    with pytest.raises(ValueError, match="signature"):
        plain.verify(one[:636] + other[636:700] + one[700:])


def test_other_roots_are_refused(plain, stranger):
    quote = plain.quote()["quote"]
    collateral = plain.collateral(quote)
    with pytest.raises(ValueError):
        dcap_qvl.verify(quote, collateral, int(time.time()))
    with pytest.raises(ValueError):
        dcap_qvl.verify_with_root_ca(quote, collateral, stranger.root(), int(time.time()))
    with pytest.raises(ValueError):
        dcap_qvl.verify_with_root_ca(stranger.quote()["quote"], collateral, plain.root(), int(time.time()))
    assert stranger.verify(stranger.quote()["quote"]).status == "UpToDate"


def position(log, name):
    return next(i for i, event in enumerate(log) if event["event"] == name)


def lost(log):
    return log[:-1]


def swapped(log):
    at = position(log, "app-id")
    return log[:at] + [log[at + 1], log[at]] + log[at + 2:]


def repeated(log):
    return log + log[-1:]


def renamed(log):
    return log[:-1] + [{**log[-1], "event": log[-1]["event"] + "x"}]


def other_payload(log):
    at = position(log, "compose-hash")
    payload = changed(bytes.fromhex(log[at]["event_payload"]), 5).hex()
    return log[:at] + [{**log[at], "event_payload": payload}] + log[at + 1:]


def other_digest(log):
    return [{**log[0], "digest": changed(bytes.fromhex(log[0]["digest"]), 0).hex()}] + log[1:]


def other_register(log):
    return log[:-1] + [{**log[-1], "imr": 2}]


CHANGES = [lost, swapped, repeated, renamed, other_payload, other_digest, other_register]


@pytest.mark.parametrize("change", CHANGES)
def test_changed_event_log_leads_elsewhere(plain, change):
    plain.call("DstackGuest.EmitEvent", event="to be changed", payload="01")
    got = plain.quote()
    assert replay(got["event_log"]) == registers(got["quote"])
    assert replay(change(got["event_log"])) != registers(got["quote"])
