"""Requests that go wrong on purpose, as any client sees them on its socket: each way of
going wrong, over TCP and Unix sockets, in every encoding, and whether the call happened."""

import json

import pytest

# address, cleared and simulated are fixtures.
from faults import (address, ALL, clear, cleared, faults, NO_MESSAGE, protobuf, read_cut, set_fault, simulated,
                    SocketCaller, statuses)
from messages import Outcome
from wire import Connection, get, post

KEY = {"path": "a", "purpose": "p"}
KEY_REQUESTS = {
    "json": post("/GetKey", json.dumps(KEY)),
    "query": get("/GetKey?path=a&purpose=p"),
    "protobuf": protobuf("/GetKey", "DstackGuest.GetKey", KEY),
    "tappd's": post("/prpc/Tappd.DeriveK256Key", json.dumps(KEY)),
    "HTTP/1.0": post("/GetKey", json.dumps(KEY), version="1.0"),
}


# --- a status ---

@pytest.mark.parametrize("status, message", [
    (503, "busy"), (400, ""), (404, "größe 🚀 \"\\\n"), (429, "m" * 255), (500, ""), (599, "last")])
def test_status_comes_in_the_callers_encoding(simulated, address, status, message):
    set_fault(simulated, "DstackGuest.GetKey", status=status, message=message)
    caller = SocketCaller(address)
    assert caller.by_all("DstackGuest.GetKey", KEY) == 3 * [Outcome(status, message or NO_MESSAGE)]
    assert caller.by_json("DstackGuest.Version", {}).status == 200  # on the same connection


def test_status_comes_before_the_arguments_are_looked_at(simulated, address):
    set_fault(simulated, "GetKey", status=503)
    assert SocketCaller(address).raw_json("DstackGuest.GetKey", "{no json") == Outcome(503, NO_MESSAGE)


# --- no answer, and half of one ---

@pytest.mark.parametrize("request_", KEY_REQUESTS.values(), ids=KEY_REQUESTS)
def test_drop_ends_the_connection_without_a_byte(simulated, address, request_):
    set_fault(simulated, ALL, drop=True)
    with Connection(address) as connection:
        connection.send(request_)
        assert connection.is_closed()


def test_drop_on_a_connection_that_has_been_used(simulated, address):
    set_fault(simulated, "GetKey", drop=True)
    with Connection(address) as connection:
        for _ in range(3):
            assert connection.ask(post("/Version")).status == 200
        connection.send(post("/GetKey"))
        assert connection.is_closed()


@pytest.mark.parametrize("request_", KEY_REQUESTS.values(), ids=KEY_REQUESTS)
def test_cut_sends_half_of_what_the_head_promises(simulated, address, request_):
    with Connection(address) as connection:
        whole = connection.ask(request_).body
    set_fault(simulated, ALL, cut=True)
    with Connection(address) as connection:
        connection.send(request_)
        assert read_cut(connection) == (200, len(whole), whole[:len(whole) // 2])


def test_cut_of_an_answer_without_a_body(simulated, address):
    set_fault(simulated, "EmitEvent", cut=True)
    with Connection(address) as connection:
        connection.send(protobuf("/EmitEvent", "DstackGuest.EmitEvent", {"event": "cut"}))
        head = b""
        while more := connection.socket.recv(65536):
            head += more
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and b"\r\n\r\n" not in head


def test_a_large_answer_is_cut_too(simulated, address):
    for _ in range(20):
        simulated.call("DstackGuest.EmitEvent", event="large", payload="00" * 1000)
    with Connection(address) as connection:
        whole = connection.ask(post("/Info")).body
    set_fault(simulated, "Info", cut=True, delay_ms=1)
    with Connection(address) as connection:
        connection.send(post("/Info"))
        assert read_cut(connection) == (200, len(whole), whole[:len(whole) // 2])


# --- several ways together ---

def test_delay_and_status(simulated, address):
    set_fault(simulated, "GetKey", delay_ms=20, status=502, message="slow and bad")
    caller = SocketCaller(address)
    for _ in range(3):
        assert caller.by_json("DstackGuest.GetKey", KEY) == Outcome(502, "slow and bad")


def test_delay_and_cut_and_status(simulated, address):
    set_fault(simulated, "GetKey", delay_ms=20, status=502, message="slow and bad", cut=True)
    body = b'{"error":"slow and bad"}'
    with Connection(address) as connection:
        connection.send(post("/GetKey"))
        assert read_cut(connection) == (502, len(body), body[:12])


@pytest.mark.parametrize("others", [
    {"delay_ms": 20}, {"status": 500}, {"cut": True}, {"delay_ms": 20, "status": 500, "cut": True}], ids=str)
def test_drop_wins_over_all_else(simulated, address, others):
    set_fault(simulated, "GetKey", drop=True, **others)
    with Connection(address) as connection:
        connection.send(post("/GetKey"))
        assert connection.is_closed()


# --- whether the call happened ---

@pytest.mark.parametrize("how, recorded", [
    ({"status": 500}, False), ({"drop": True}, False), ({"drop": True, "delay_ms": 1}, False),
    ({"status": 500, "cut": True, "delay_ms": 1}, False),
    ({"delay_ms": 1}, True), ({"cut": True}, True), ({"delay_ms": 1, "cut": True}, True)], ids=str)
def test_what_fails_has_no_effect_and_what_gets_lost_has(simulated, address, how, recorded):
    before = simulated.quote()["event_log"]
    set_fault(simulated, "EmitEvent", times=1, **how)
    with Connection(address) as connection:
        connection.send(post("/EmitEvent", '{"event":"maybe","payload":"00"}'))
        connection.half_close()
        while connection.socket.recv(65536):
            pass
    after = simulated.quote()["event_log"]
    assert [event["event"] for event in after[len(before):]] == ["maybe"] * recorded


# --- which requests ---

PATHS = {
    "DstackGuest.GetKey": "/GetKey",
    "DstackGuest.GetKey by prpc": "/prpc/DstackGuest.GetKey",
    "DstackGuest.GetKey by its bare name": "/prpc/GetKey",
    "Tappd.Info": "/prpc/Tappd.Info",
    "DstackGuest.Info": "/prpc/DstackGuest.Info",
}


def answers(simulated):
    return {name: simulated.status(path) for name, path in PATHS.items()}


def test_the_most_particular_fault_decides(simulated):
    set_fault(simulated, ALL, status=501)
    assert set(answers(simulated).values()) == {501}
    set_fault(simulated, "Info", status=502)
    expected = {name: 502 if "Info" in name else 501 for name in PATHS}
    assert answers(simulated) == expected
    set_fault(simulated, "Tappd.Info", status=503)
    assert answers(simulated) == {**expected, "Tappd.Info": 503}
    set_fault(simulated, "/prpc/Tappd.Info", status=504)
    set_fault(simulated, "/GetKey", status=505)
    assert answers(simulated) == {**expected, "Tappd.Info": 504, "DstackGuest.GetKey": 505}


def test_the_most_particular_fault_decides_alone(simulated):
    """Where it spares a request, the more general ones do not apply."""
    set_fault(simulated, ALL, status=501)
    set_fault(simulated, "GetKey", delay_ms=1)
    assert answers(simulated)["DstackGuest.GetKey by prpc"] == 200
    assert answers(simulated)["Tappd.Info"] == 501


def test_every_method_fails_but_the_simulators_own(simulated, address):
    for name in ("Status", "Snapshot", "Reset"):
        set_fault(simulated, ALL, status=500)
        assert SocketCaller(address).by_json(f"Simulator.{name}", {}).status == 200
    set_fault(simulated, ALL, drop=True, delay_ms=600000)
    assert statuses(address, "/prpc/ClearFaults", 1) == [200]
    assert statuses(address, "/GetKey", 1) == [200]


def test_no_name_and_no_path_locks_anyone_out(simulated, address):
    """The names of the Simulator's methods cannot have a fault."""
    sentence = "faults cannot be set on Simulator methods, or you could lock yourself out"
    for name in ("ClearFaults", "Simulator.ClearFaults", "/prpc/ClearFaults", "/prpc/Simulator.ClearFaults"):
        outcome = SocketCaller(address).by_json("Simulator.SetFault", {"method": name, "drop": True})
        assert outcome == Outcome(400, sentence)
    assert faults(simulated) == []


def test_pages_fail_by_their_path_alone(simulated, address):
    page = "/simulator/root-ca.pem"
    set_fault(simulated, ALL, status=500)
    assert statuses(address, page, 1, get) == [200]
    set_fault(simulated, page, status=451, message="not here")
    with Connection(address) as connection:
        response = connection.ask(get(page + "?any=query"))
        assert (response.status, response.error()) == (451, "not here")
        assert connection.ask(get(page, verb="HEAD"), bodiless=True).status == 451
    set_fault(simulated, page, cut=True)
    with Connection(address) as connection:
        connection.send(get(page))
        status, promised, body = read_cut(connection)
        assert (status, len(body)) == (200, promised // 2)


COLLATERAL = ["/tdx/certification/v4/tcb", "/tdx/certification/v4/qe/identity", "/sgx/certification/v4/pckcrl"]


@pytest.mark.parametrize("how", [{"status": 503}, {"drop": True}, {"cut": True}], ids=str)
@pytest.mark.parametrize("path", COLLATERAL)
def test_a_verifier_without_its_collateral(simulated, path, how):
    """dcap-qvl fails to fetch it, and judges as before once it is available again."""
    quote = simulated.quote()["quote"]
    set_fault(simulated, path, times=1, **how)
    with pytest.raises((RuntimeError, ValueError, OSError)):
        simulated.verify(quote)
    assert faults(simulated) == []
    assert simulated.verify(quote).status == "UpToDate"


def test_the_verifier_fails(simulated, address):
    body = json.dumps({key: simulated.call("DstackGuest.GetQuote", report_data="00")[key]
                       for key in ("quote", "event_log", "vm_config")})
    set_fault(simulated, "/verify", status=503, message="try again", times=1)
    with Connection(address) as connection:
        assert connection.ask(post("/verify", body)).error() == "try again"
        assert connection.ask(post("/verify", body)).json()["is_valid"] is True
