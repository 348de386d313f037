"""The example: a receipt proves which app signed it, and false ones are refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dstack_sdk import DstackClient

from support import changed
from workload_identity import CURVE, ECDSA, Refused, Workload, trust_of, verify

EXAMPLE = Path(__file__).resolve().parents[1] / "clients" / "workload_identity.py"
STATEMENT = "sum of 1 and 2 is 3 ✓"


def compose_file(directory, name):
    path = directory / f"{name}.json"
    path.write_text(json.dumps({"manifest_version": 2, "name": name, "runner": "docker-compose",
                                "kms_enabled": True}))
    return path


@pytest.fixture(scope="module")
def node(directory, start):
    return start("--app-compose", compose_file(directory, "node"))


@pytest.fixture(scope="module")
def trust(node):
    return trust_of(node.url)


@pytest.fixture(scope="module")
def receipt(node):
    return Workload(DstackClient(node.url)).sign(STATEMENT)


@pytest.fixture
def poser(directory, start, tmp_path):
    """Another app on the same platform, to emit events in."""
    return start("--app-compose", compose_file(tmp_path, "poser"))


def refused(receipt, trust, reason):
    with pytest.raises(Refused, match=reason):
        verify(receipt, trust)


def test_receipt_is_accepted(receipt, trust):
    assert verify(receipt, trust) == STATEMENT
    assert verify(json.loads(json.dumps(receipt)), trust) == STATEMENT


def test_later_receipt_of_the_same_key_is_accepted(start, directory, trust, receipt):
    again = start("--app-compose", directory / "node.json", "--instance", "again", "--public-url", "http://dstack.test")
    agent = DstackClient(again.url)
    agent.emit_event("model-loaded", b"weights")
    later = Workload(agent).sign("later")
    assert verify(later, trust) == "later"
    assert later["public_key"] == receipt["public_key"] and later["event_log"] != receipt["event_log"]


# --- another app, another machine ---

def test_another_app_is_refused(poser, trust):
    forged = Workload(DstackClient(poser.url)).sign(STATEMENT)
    refused(forged, trust, "the app is another one")
    assert verify(forged, trust_of(poser.url)) == STATEMENT


def test_fake_events_of_the_app_are_refused(poser, trust):
    agent = DstackClient(poser.url)
    fake = bytes.fromhex(trust["compose_hash"])
    for name, payload in (("compose-hash", fake), ("system-ready", b""), ("compose-hash", fake)):
        agent.emit_event(name, payload)
    forged = Workload(agent).sign(STATEMENT)
    refused(forged, trust, "the app is another one")
    assert verify(forged, trust_of(poser.url)) == STATEMENT

    # Leaving out, renaming or moving what is in the way does not help either.
    log = json.loads(forged["event_log"])
    for expected in ([e for e in log if e["event"] != "system-ready"],
                   [{**e, "event": e["event"].replace("system-ready", "ready")} for e in log],
                   [e for e in log if e != next(e for e in log if e["event"] == "compose-hash")],
                   log[:-1] + [{**log[-1], "imr": 2}], log[-1:] + log[:-1]):
        refused({**forged, "event_log": json.dumps(expected)}, trust, "the event log is not the quote's")
    # Other registers are not replayed here, so their events can say anything.
    early = [{**log[-1], "imr": 0}, {**log[-1], "imr": 0, "event": "system-ready", "event_payload": ""}]
    for expected in ([*early, *log], [*early[:1], *log]):
        refused({**forged, "event_log": json.dumps(expected)}, trust, "the app is another one")


@pytest.mark.parametrize("register", ["mr_td", "rt_mr0", "rt_mr1", "rt_mr2"])
def test_another_operating_system_is_refused(receipt, trust, register):
    other = {**trust["os"], register: "00" * 48}
    refused(receipt, {**trust, "os": other}, "the operating system is another one")


def test_another_root_is_refused(start, receipt, trust):
    stranger = start("--seed", "a stranger")
    refused(receipt, {**trust, "root": trust_of(stranger.url)["root"]}, "the quote does not verify")
    forged = Workload(DstackClient(stranger.url)).sign(STATEMENT)
    refused(forged, trust, "the quote does not verify")


def test_machine_out_of_date_is_refused(start, directory, trust):
    late = start("--app-compose", directory / "node.json", "--tcb-status", "OutOfDate")
    forged = Workload(DstackClient(late.url)).sign(STATEMENT)
    refused(forged, {**trust, "collateral": late.url}, "the machine is OutOfDate")


def test_debuggable_td_is_refused(start, directory, trust):
    open_to_all = start("--app-compose", directory / "node.json", "--debug-td")
    forged = Workload(DstackClient(open_to_all.url)).sign(STATEMENT)
    refused(forged, {**trust, "collateral": open_to_all.url}, "the quote does not verify")


# --- a changed receipt ---

def test_changed_statement_is_refused(receipt, trust):
    refused({**receipt, "statement": STATEMENT.replace("3", "4")}, trust, "the signature is not the key's")


@pytest.mark.parametrize("name, at, reason", [
    ("signature", -1, "the signature is not the key's"),
    ("quote", 48 + 520, "the quote does not verify"),  # report data
    ("quote", 48 + 472, "the quote does not verify"),  # RTMR3
    ("quote", 640, "the quote does not verify"),  # its signature
])
def test_changed_byte_is_refused(receipt, trust, name, at, reason):
    data = bytes.fromhex(receipt[name])
    refused({**receipt, name: changed(data, at % len(data)).hex()}, trust, reason)


def test_another_key_is_refused(receipt, trust):
    """An attacker who has seen a receipt signs another statement and attaches the evidence of the first."""
    thief = Workload.__new__(Workload)
    thief.key = ec.generate_private_key(CURVE)
    numbers = thief.key.public_key().public_numbers()
    public = (bytes([2 + numbers.y % 2]) + numbers.x.to_bytes(32, "big")).hex()
    signature = thief.key.sign(b"stolen", ECDSA).hex()
    forged = {**receipt, "statement": "stolen", "public_key": public, "signature": signature}
    refused(forged, trust, "the quote is not about the key that signed")


def test_quote_for_another_use_is_refused(node, receipt, trust):
    other = node.quote(bytes.fromhex(receipt["public_key"])[1:])
    refused({**receipt, "quote": other["quote"].hex()}, trust, "the quote is not about the key that signed")


def test_changed_event_log_is_refused(receipt, trust):
    log = json.loads(receipt["event_log"])
    place = next(i for i, event in enumerate(log) if event["event"] == "compose-hash")
    another = {**log[place], "event_payload": "11" * 32}
    logs = ([*log[:place], another, *log[place + 1:]], log[:place] + log[place + 1:], log[:-1], [*log, log[-1]], [])
    for events in logs:
        refused({**receipt, "event_log": json.dumps(events)}, trust, "the event log is not the quote's")


@pytest.mark.parametrize("change", [
    {"quote": ""}, {"quote": "zz"}, {"quote": None}, {"public_key": "02"}, {"signature": ""}, {"statement": 1},
    {"event_log": "{"}, {"event_log": "[1]"}, {"event_log": '[{"imr":3}]'}, {"event_log": []},
], ids=str)
def test_malformed_receipt_is_refused(receipt, trust, change):
    refused({**receipt, **change}, trust, "malformed|signature|verify")


@pytest.mark.parametrize("name", ["statement", "public_key", "signature", "quote", "event_log"])
def test_incomplete_receipt_is_refused(receipt, trust, name):
    refused({key: value for key, value in receipt.items() if key != name}, trust, f"malformed.*{name}")


# --- as a reader runs it ---

def run(url, *arguments, given=""):
    return subprocess.run([sys.executable, "-B", EXAMPLE, *map(str, arguments)], input=given, text=True, timeout=120,
                          capture_output=True, check=False, env={**os.environ, "DSTACK_SIMULATOR_ENDPOINT": url})


def test_command_line(node, poser, tmp_path):
    path = tmp_path / "trust.json"
    path.write_text(run(node.url, "trust").stdout)
    good = run(node.url, "sign", STATEMENT).stdout
    assert run(node.url, "verify", path, given=good).stdout == STATEMENT + "\n"
    bad = run(node.url, "verify", path, given=run(poser.url, "sign", STATEMENT).stdout)
    assert bad.returncode == 1 and bad.stderr == "refused: the app is another one\n" and not bad.stdout
    assert "trust.json" in run(node.url).stderr
