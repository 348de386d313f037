"""What SetFault accepts and refuses, how often a fault happens, and that its choices are repeatable."""

import concurrent.futures
import json

import pytest

# address, cleared and simulated are fixtures.
from faults import address, ALL, clear, cleared, faults, set_fault, simulated, SocketCaller, statuses, tcp
from messages import Outcome, Caller
from wire import Connection, get, post

UNSET = {"status": 0, "message": "", "delay_ms": 0, "drop": False, "cut": False, "garbage": False, "times": 0, "percent": 100,
         "hits": 0}


@pytest.fixture
def caller(simulated):
    return Caller(simulated.url)


# --- what is set ---

def test_every_encoding_sets_and_shows_the_same(caller):
    full = {"method": "GetKey", "status": 503, "message": "größe", "delay_ms": 600000, "drop": True,
            "cut": True, "garbage": True, "times": 4294967295, "percent": 1}
    outcomes = caller.by_all("Simulator.SetFault", {**full, "seed": 2**53})
    assert outcomes == 3 * [Outcome(200, {"faults": [{**full, "hits": 0}]})]
    for shown in caller.by_all("Simulator.Status", {}):
        assert shown.value["faults"] == outcomes[0].value["faults"]
    assert caller.by_all("Simulator.ClearFaults", {})[0] == Outcome(200, {"faults": []})
    for shown in caller.by_all("Simulator.Status", {}):
        assert shown.value["faults"] == []


def test_a_fault_replaces_what_was_set_for_its_method(simulated, address):
    set_fault(simulated, "GetKey", status=503, message="first", times=9)
    set_fault(simulated, "Info", cut=True)
    assert statuses(address, "/GetKey", 2) == [503, 503]
    assert [fault["hits"] for fault in faults(simulated)] == [2, 0]
    listed = set_fault(simulated, "GetKey", delay_ms=1)
    assert listed == [{**UNSET, "method": "GetKey", "delay_ms": 1}, {**UNSET, "method": "Info", "cut": True}]
    assert statuses(address, "/GetKey", 1) == [200]


def test_names_of_one_method_are_faults_of_their_own(simulated):
    for name in ("GetKey", "DstackGuest.GetKey", "/GetKey", ALL):
        listed = set_fault(simulated, name, drop=True)
    assert [fault["method"] for fault in listed] == ["GetKey", "DstackGuest.GetKey", "/GetKey", ALL]


UNKNOWN = "no method {} to set a fault on: use a name such as GetQuote or Tappd.Info, or a path"
NOTHING = "a fault needs a status, a delay, drop, cut or garbage"
REFUSED = [
    ({}, NOTHING),
    ({"times": 3, "percent": 50, "message": "m"}, NOTHING),
    ({"status": 200}, "status must be between 400 and 599, not 200"),
    ({"status": 399}, "status must be between 400 and 599, not 399"),
    ({"status": 600}, "status must be between 400 and 599, not 600"),
    ({"drop": True, "percent": 101}, "percent must be between 1 and 100, not 101"),
    ({"delay_ms": 600001}, "delay_ms must be at most 600000, not 600001"),
    ({"method": "getquote", "drop": True}, "no method getquote; did you mean GetQuote?"),
    ({"method": "tappd.info", "drop": True}, "no method tappd.info; did you mean Tappd.Info?"),
    ({"method": "DstackGuest.getKey", "drop": True},
     "no method DstackGuest.getKey; did you mean DstackGuest.GetKey?"),
    ({"method": "GetQuotes", "drop": True}, "no method GetQuotes; did you mean GetQuote?"),
    ({"method": "Tappd.GetQuote", "drop": True}, UNKNOWN.format("Tappd.GetQuote")),
    ({"method": "größe", "drop": True}, UNKNOWN.format("größe")),
    ({"method": "*", "drop": True}, UNKNOWN.format("*")),
    ({"method": "/GetKey?json", "drop": True}, "the path of a fault must not contain a query string"),
    ({"method": "/" + "p" * 63, "drop": True}, "method must have at most 63 bytes, not 64"),
    ({"status": 500, "message": "ü" * 128}, "message must have at most 255 bytes, not 256"),
]


@pytest.mark.parametrize("arguments, sentence", REFUSED, ids=[str(row[0])[:60] for row in REFUSED])
def test_what_is_refused_changes_nothing(simulated, caller, arguments, sentence):
    before = set_fault(simulated, "GetKey", status=503)
    assert caller.by_all("Simulator.SetFault", arguments) == 3 * [Outcome(400, sentence)]
    assert faults(simulated) == before


@pytest.mark.parametrize("arguments", [
    {"status": -1}, {"status": "500 "}, {"drop": "ja"}, {"times": 2**32}, {"seed": str(2**64)}, {"seed": -1},
    {"method": "a\0b"}, {"method": 7}, {"percent": 0.5}], ids=str)
def test_json_that_does_not_fit_is_refused(simulated, caller, arguments):
    outcome = caller.by_json("Simulator.SetFault", {"cut": True, **arguments})
    assert outcome.status == 400 and next(iter(arguments)) in outcome.value
    assert faults(simulated) == []


def test_64_faults_and_no_more(simulated, caller):
    for i in range(64):
        assert len(set_fault(simulated, f"/page/{i}", status=500)) == i + 1
    full = Outcome(400, "there are already 64 faults; clear them first")
    assert caller.by_json("Simulator.SetFault", {"method": "GetKey", "status": 500}) == full
    assert caller.by_json("Simulator.SetFault", {"status": 500}) == full
    assert set_fault(simulated, "/page/63", drop=True)[63] == {**UNSET, "method": "/page/63", "drop": True}
    clear(simulated)
    assert len(set_fault(simulated, "GetKey", status=500)) == 1


# --- how often ---

def test_times_counts_down_to_nothing(simulated, address):
    set_fault(simulated, "GetKey", status=503, times=3)
    set_fault(simulated, "Info", status=500)
    left = []
    for _ in range(3):
        assert statuses(address, "/GetKey", 1) == [503]
        left.append([(fault["times"], fault["hits"]) for fault in faults(simulated)])
    assert left == [[(2, 1), (0, 0)], [(1, 2), (0, 0)], [(0, 0)]]
    assert statuses(address, "/GetKey", 3) == [200] * 3
    assert statuses(address, "/Info", 5) == [500] * 5
    assert [fault["hits"] for fault in faults(simulated)] == [5]


def test_times_are_shared_by_all_clients(simulated):
    set_fault(simulated, "GetKey", status=503, times=7)
    addresses = 10 * list(simulated.addresses.values())
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        got = list(pool.map(lambda address: statuses(address, "/GetKey", 5), addresses))
    assert sum(some.count(503) for some in got) == 7
    assert sum(some.count(200) for some in got) == 93


def test_times_counts_only_what_went_wrong(simulated, address):
    set_fault(simulated, "GetKey", status=503, times=5, percent=30)
    got = statuses(address, "/GetKey", 100)
    assert got.count(503) == 5
    assert got[:5] != [503] * 5
    assert faults(simulated) == []


# --- one call of so many ---

def pattern(simulated, address, method="GetKey", count=60, **how):
    set_fault(simulated, method, status=503, **how)
    got = statuses(address, "/GetKey", count)
    assert set(got) <= {200, 503}
    assert faults(simulated)[0]["hits"] == got.count(503)
    clear(simulated)
    return got


def test_percent_is_so_many_of_a_hundred(simulated, address):
    counts = [pattern(simulated, address, count=400, percent=percent).count(503)
              for percent in (1, 10, 50, 99, 100)]
    assert counts == sorted(counts) and counts[-1] == 400
    assert 0 < counts[0] < 20 and 20 < counts[1] < 60 and 160 < counts[2] < 240 and 380 < counts[3] < 400


def test_luck_repeats_itself(simulated, address):
    first = pattern(simulated, address, percent=50)
    assert pattern(simulated, address, percent=50) == first
    simulated.call("Simulator.Reset")
    assert pattern(simulated, address, percent=50) == first
    assert pattern(simulated, address, percent=50, seed=0) == first


def test_luck_follows_from_seed_and_method(simulated, address):
    seeds = [pattern(simulated, address, percent=50, seed=seed) for seed in (0, 1, 2, str(2**64 - 1))]
    methods = [pattern(simulated, address, method, percent=50)
               for method in ("DstackGuest.GetKey", "/GetKey", ALL)]
    assert all(one not in rest for one, rest in
               ((got, (seeds + methods)[i + 1:]) for i, got in enumerate(seeds + methods)))


def test_luck_is_the_same_in_another_simulator_with_the_seed(simulated, address, start):
    first = pattern(simulated, address, percent=50, seed=7)
    again, other = start(), start("--seed", "another")
    assert pattern_over_tcp(again) == first
    assert pattern_over_tcp(other) != first
    assert pattern_over_tcp(start("--seed", "another")) == pattern_over_tcp(other)


def pattern_over_tcp(simulated):
    set_fault(simulated, "GetKey", status=503, percent=50, seed=7)
    return [simulated.status("/GetKey") for _ in range(60)]


def test_luck_does_not_depend_on_other_calls(simulated, address):
    alone = pattern(simulated, address, percent=50)
    set_fault(simulated, "GetKey", status=503, percent=50)
    set_fault(simulated, "Info", drop=True, percent=50)
    set_fault(simulated, ALL, delay_ms=1, percent=20)
    caller, got = SocketCaller(address), []
    for i in range(60):
        for name in ("DstackGuest.Version", "Tappd.Info", "Simulator.Status")[:i % 4]:
            try:
                SocketCaller(address).by_json(name, {})
            except ConnectionError:  # what is dropped
                assert name == "Tappd.Info"
        got.append(caller.by_json("DstackGuest.GetKey", {}).status)
    assert got == alone


# --- back to the start ---

def test_reset_forgets_the_faults(simulated, address):
    set_fault(simulated, ALL, status=500)
    assert statuses(address, "/GetKey", 1) == [500]
    assert simulated.call("Simulator.Reset")["faults"] == []
    assert statuses(address, "/GetKey", 1, post) == [200]


def test_snapshots_know_nothing_of_faults(simulated, address):
    before = simulated.call("Simulator.Snapshot")["id"]
    set_fault(simulated, "GetKey", status=500)
    assert len(simulated.call("Simulator.Revert", id=before)["faults"]) == 1
    assert statuses(address, "/GetKey", 1) == [500]


def test_a_page_of_another_site_uses_up_no_fault(simulated):
    set_fault(simulated, "Info", status=503, times=1)
    with Connection(tcp(simulated.url)) as connection:
        assert connection.ask(get("/Info", ["Sec-Fetch-Site: cross-site"])).status == 403
        assert [connection.ask(get("/Info")).status for _ in range(2)] == [503, 200]


def test_a_mistyped_field_is_refused(simulated):
    """If it were ignored silently, a test would test nothing."""
    sentence = "unknown field staus: known fields are method, status, message, delay_ms, drop, cut, times, percent, seed, garbage"
    mistyped = {"method": "GetKey", "staus": 503, "delay_ms": 1}
    before = simulated.call("Simulator.Status")
    for path, arguments, field in (("SetFault", mistyped, "staus"),
                                   ("SetPlatform", {"advisory_ids": ["A-1"]}, "advisory_ids"),
                                   ("Reset", {"hard": True}, "hard")):
        with Connection(tcp(simulated.url)) as connection:
            response = connection.ask(post(f"/prpc/Simulator.{path}", json.dumps(arguments)))
            assert response.status == 400 and f"unknown field {field}: " in response.error()
            if path == "SetFault":
                assert response.error() == sentence
            assert connection.ask(get(f"/prpc/Simulator.{path}?{field}=1")).status == 400
    assert simulated.call("Simulator.Status") == before
