"""Reset, Snapshot and Revert: the TD is as it was, to the byte, and goes on from there."""

import hashlib
import json
import random

import pytest

from messages import Caller, Outcome
from support import event_payload, registers, replay

ADVISORY = "INTEL-SA-00837"
OUT_OF_DATE = {"tcb_status": "OutOfDate", "advisories": [ADVISORY]}

# Everything that follows from registers, log and scenario, and from nothing else.
LOOKS = {
    "/Info": {}, "/GetQuote": {"report_data": "0102"}, "/Attest": {"report_data": "03"},
    "/prpc/Tappd.Info": {}, "/prpc/Tappd.RawQuote": {"report_data": "04" * 64},
    "/prpc/Tappd.TdxQuote": {"report_data": "05"}, "/prpc/Worker.Info": {},
    "/prpc/Worker.GetAttestationForAppKey": {"algorithm": "ed25519"}, "/prpc/GuestApi.Info": {},
}
# What an app's users hold on to, whatever happens to the TD.
HELD = {
    "/GetKey": {"path": "a", "purpose": "p"}, "/prpc/Tappd.DeriveK256Key": {"path": "a"},
    "/Sign": {"algorithm": "ed25519", "data": "00"}, "/prpc/KMS.GetMeta": {},
}


@pytest.fixture(scope="module")
def simulated(start):
    return start()


@pytest.fixture(autouse=True)
def fresh(simulated):
    simulated.call("Simulator.Reset")


@pytest.fixture
def caller(simulated):
    return Caller(simulated.url)


def raw(simulated, asked):
    """The answers' exact bytes."""
    answers = {}
    for path, arguments in asked.items():
        with simulated.open(path, json.dumps(arguments).encode()) as answer:
            answers[path] = answer.read()
    return answers


def looks(simulated):
    return {**raw(simulated, LOOKS), "root": simulated.root()}


def emit(simulated, name, payload=b"\1"):
    simulated.call("DstackGuest.EmitEvent", event=name, payload=payload.hex())


def set_platform(simulated, **scenario):
    simulated.call("Simulator.SetPlatform", **scenario)


def snapshot(simulated):
    return simulated.call("Simulator.Snapshot")["id"]


def revert(simulated, number):
    return simulated.call("Simulator.Revert", id=number)


def names(simulated):
    """The app's own events."""
    log = [event["event"] for event in simulated.quote()["event_log"]]
    return log[log.index("system-ready") + 1:]


def assert_good(simulated):
    """The log leads to the registers of the quote, and both verifiers accept it."""
    quote = simulated.quote()
    assert replay(quote["event_log"]) == registers(quote["quote"])
    assert simulated.verify(quote["quote"]).status == "UpToDate"
    verdict = simulated.call("DstackGuest.GetQuote", report_data="77")
    told = simulated.post("/verify", {key: verdict[key] for key in ("quote", "event_log", "vm_config")})
    assert (told["is_valid"], told["reason"]) == (True, None)


# --- Reset ---

def test_reset_restores_every_byte_of_the_start(start):
    simulated = start()
    at_start, status = looks(simulated), simulated.call("Simulator.Status")
    for i in range(10):
        emit(simulated, f"event {i}", bytes(i))
    set_platform(simulated, debug_td=True, key_not_vouched=True, **OUT_OF_DATE)
    simulated.post("/prpc/Simulator.SetFault", {"method": "Worker.Version", "drop": True})
    snapshot(simulated)
    changed = looks(simulated)
    assert {path for path in LOOKS if changed[path] == at_start[path]} == set()
    assert simulated.call("Simulator.Reset") == status
    assert looks(simulated) == at_start
    assert simulated.call("Simulator.Status") == status


def test_reset_at_the_start_changes_nothing(simulated):
    before = looks(simulated)
    for _ in range(3):
        simulated.call("Simulator.Reset")
    assert looks(simulated) == before


def test_reset_goes_back_to_the_scenario_of_the_options(start):
    simulated = start("--tcb-status", "SWHardeningNeeded", "--advisory", ADVISORY, "--debug-td")
    at_start, status = looks(simulated), simulated.call("Simulator.Status")
    set_platform(simulated)
    emit(simulated, "one")
    assert simulated.call("Simulator.Status")["debug_td"] is False
    assert simulated.call("Simulator.Reset") == status
    assert (status["tcb_status"], status["debug_td"]) == ("SWHardeningNeeded", True)
    assert status["advisories"] == [ADVISORY]
    assert looks(simulated) == at_start


def test_a_rebooted_td_records_and_verifies_as_ever(simulated):
    emit(simulated, "lost")
    simulated.call("Simulator.Reset")
    assert names(simulated) == []
    emit(simulated, "kept")
    assert names(simulated) == ["kept"]
    assert_good(simulated)


# --- Snapshot and Revert ---

def test_snapshots_are_visited_in_any_order(simulated):
    ids, seen = [], []
    for i in range(6):
        emit(simulated, f"event {i}", bytes(100 * i))
        set_platform(simulated, **(OUT_OF_DATE if i % 2 else {}), debug_td=i > 3)
        ids.append(snapshot(simulated))
        seen.append((looks(simulated), simulated.call("Simulator.Status")))
    order = list(range(6)) * 3
    random.Random(1).shuffle(order)
    last = {"snapshots": ids}
    for i in order:
        assert revert(simulated, ids[i]) == {**seen[i][1], **last}
        assert looks(simulated) == seen[i][0]
        emit(simulated, "lost again")


def test_what_comes_after_a_revert_continues_the_log(simulated):
    emit(simulated, "a")
    at_a = snapshot(simulated)
    emit(simulated, "b")
    first = registers(simulated.quote()["quote"])
    revert(simulated, at_a)
    for i in range(3):
        emit(simulated, f"c{i}")
        assert_good(simulated)
    assert names(simulated) == ["a", "c0", "c1", "c2"]
    revert(simulated, at_a)
    emit(simulated, "b")
    assert registers(simulated.quote()["quote"]) == first  # the same history, the same registers
    assert_good(simulated)


def test_a_branch_may_have_snapshots_too(simulated):
    root = snapshot(simulated)
    emit(simulated, "left")
    left = snapshot(simulated)
    revert(simulated, root)
    emit(simulated, "right")
    right = snapshot(simulated)
    for number, expected in ((left, ["left"]), (right, ["right"]), (root, []), (right, ["right"])):
        revert(simulated, number)
        assert names(simulated) == expected
        assert_good(simulated)


def test_a_revert_takes_the_scenario_along(simulated):
    fine = snapshot(simulated)
    set_platform(simulated, **OUT_OF_DATE)
    outdated = snapshot(simulated)
    set_platform(simulated, pck_revoked=True)
    with pytest.raises(ValueError):
        simulated.verify(simulated.quote()["quote"])
    revert(simulated, outdated)
    report = simulated.verify(simulated.quote()["quote"])
    assert (report.status, list(report.advisory_ids)) == ("OutOfDate", [ADVISORY])
    revert(simulated, fine)
    assert_good(simulated)


def test_a_quote_outlives_the_state_it_was_made_in(simulated):
    """A relying party that looks later still judges what it was given."""
    before = snapshot(simulated)
    emit(simulated, "before the revert")
    quote = simulated.quote()
    revert(simulated, before)
    assert simulated.verify(quote["quote"]).status == "UpToDate"
    assert replay(quote["event_log"]) == registers(quote["quote"])
    assert registers(quote["quote"])[3] != registers(simulated.quote()["quote"])[3]


def test_keys_and_identity_stay(simulated):
    held, identity = raw(simulated, HELD), simulated.call("DstackGuest.Info")
    ca = simulated.call("DstackGuest.GetTlsKey", subject="a")["certificate_chain"][1]
    for go_back in (lambda: revert(simulated, first), lambda: simulated.call("Simulator.Reset")):
        first = snapshot(simulated)
        emit(simulated, "in between")
        go_back()
        assert raw(simulated, HELD) == held
        assert simulated.call("DstackGuest.GetTlsKey", subject="a")["certificate_chain"][1] == ca
        assert simulated.call("DstackGuest.Info") == identity
    log = simulated.quote()["event_log"]
    assert event_payload(log, "app-id") == identity["app_id"]


# --- ids ---

def test_64_snapshots_whose_ids_are_never_used_again(simulated, caller):
    first = snapshot(simulated)
    ids = [first] + [snapshot(simulated) for _ in range(63)]
    assert ids == list(range(first, first + 64))
    refused = caller.by_all("Simulator.Snapshot", {})
    assert refused == 3 * [Outcome(400, "there are already 64 snapshots; Reset removes them")]
    assert simulated.call("Simulator.Status")["snapshots"] == ids
    assert revert(simulated, ids[63])["snapshots"] == ids
    assert simulated.call("Simulator.Reset")["snapshots"] == []
    assert snapshot(simulated) == ids[63] + 1
    assert simulated.call("Simulator.Status")["snapshots"] == [ids[63] + 1]


def test_a_snapshot_that_is_not_there(simulated, caller):
    gone = snapshot(simulated)
    simulated.call("Simulator.Reset")
    kept = snapshot(simulated)
    emit(simulated, "stays")
    before = looks(simulated)
    for number in (0, gone, kept + 1, 2**32 - 1):
        sentence = f"no snapshot {number}: Snapshot creates one, Status lists them"
        assert caller.by_all("Simulator.Revert", {"id": number}) == 3 * [Outcome(400, sentence)]
    assert caller.by_json("Simulator.Revert", {}).status == 400
    assert looks(simulated) == before


def test_many_snapshots_of_a_long_log(simulated):
    """Many copies of a long log, and each of them whole."""
    for i in range(100):
        emit(simulated, f"large {i}", hashlib.sha512(bytes([i])).digest() * 8)
    ids = [snapshot(simulated) for _ in range(60)]
    before = looks(simulated)
    emit(simulated, "one more")
    revert(simulated, ids[30])
    assert looks(simulated) == before
