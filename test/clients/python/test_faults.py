"""What a program that uses the SDK sees when the guest agent fails, is slow, or goes away
in the middle. These are facts about the SDK: it raises httpx's exceptions as they are, and
never calls a second time by itself."""

import httpx
import pytest

from support import assert_replays, control

FOREVER = 600000  # milliseconds
IMPATIENT = httpx.Timeout(60, read=0.2)  # seconds; a connection may take longer

FAULTS = {"status": {"status": 503}, "drop": {"drop": True}, "cut": {"cut": True}}
RAISED = {"status": httpx.HTTPStatusError, "drop": httpx.RemoteProtocolError, "cut": httpx.RemoteProtocolError}


def hits():
    return [fault["hits"] for fault in control("Status")["faults"]]


def event_names(client):
    return [event.event for event in client.get_quote(b"x").decode_event_log()]


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503, 599])
def test_a_status_raises_with_the_message_in_the_body_alone(client, set_fault, status):
    set_fault("GetKey", status=status, message="out of luck")
    with pytest.raises(httpx.HTTPStatusError) as raised:
        client.get_key("a")
    assert str(status) in str(raised.value) and "out of luck" not in str(raised.value)
    assert raised.value.response.status_code == status
    assert raised.value.response.json() == {"error": "out of luck"}


def test_a_dropped_call_says_that_the_server_disconnected(client, set_fault):
    assert client.get_key("a")  # so that there is a connection already
    set_fault("GetKey", drop=True)
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected without sending a response"):
            client.get_key("a")


def test_a_cut_answer_says_how_much_is_missing(client, set_fault):
    set_fault("GetKey", cut=True)
    says = r"without sending complete message body \(received \d+ bytes"
    with pytest.raises(httpx.RemoteProtocolError, match=says):
        client.get_key("a")


def test_an_answer_cut_before_its_body(client, set_fault):
    """EmitEvent has an empty answer, so what arrives is half of the head."""
    set_fault("EmitEvent", cut=True)
    with pytest.raises(httpx.RemoteProtocolError):
        client.emit_event("cut", b"")


def test_a_delay_within_the_timeout_is_just_slow(client, set_fault):
    at_once = client.get_key("a")
    set_fault("GetKey", delay_ms=50)
    assert client.get_key("a") == at_once
    assert hits() == [1]


def test_a_delay_beyond_the_timeout_raises_and_the_client_goes_on(open_client, set_fault):
    client = open_client(IMPATIENT)
    set_fault("GetKey", delay_ms=FOREVER, times=2)
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            client.get_key("a")
    control("ClearFaults")
    assert open_client(60).get_key("a")


@pytest.mark.parametrize("kind", FAULTS)
def test_the_sdk_does_not_try_again_but_a_second_call_works(client, set_fault, kind):
    set_fault("GetKey", times=2, **FAULTS[kind])
    with pytest.raises(RAISED[kind]):
        client.get_key("a")
    assert hits() == [1]
    with pytest.raises(RAISED[kind]):
        client.get_key("a")
    assert hits() == []
    assert client.get_key("a").key


def test_one_except_clause_catches_them_all(client, open_client, set_fault):
    cases = [(client, how) for how in FAULTS.values()] + [(open_client(IMPATIENT), {"delay_ms": FOREVER})]
    caught = []
    for caller, how in cases:
        set_fault("GetKey", **how)
        try:
            caller.get_key("a")
        except httpx.HTTPError as error:
            caught.append(type(error))
    assert caught == [*RAISED.values(), httpx.ReadTimeout]


def test_is_reachable_asks_for_info_and_never_raises(client, open_client, set_fault):
    for how in FAULTS.values():
        set_fault("Info", **how)
        assert client.is_reachable() is False
    set_fault("Info", delay_ms=FOREVER)
    assert open_client(IMPATIENT).is_reachable() is False
    control("ClearFaults")
    assert client.is_reachable() is True


@pytest.mark.parametrize("how, recorded", [
    ({"status": 503}, 1), ({"drop": True}, 1), ({"cut": True}, 2)], ids=str)
def test_an_event_sent_again_may_be_there_twice(client, set_fault, how, recorded):
    """The exception does not tell whether the event was recorded; the log does."""
    before = event_names(client)
    set_fault("EmitEvent", times=1, **how)
    with pytest.raises(httpx.HTTPError):
        client.emit_event("again", b"")
    client.emit_event("again", b"")
    assert event_names(client) == before + ["again"] * recorded
    assert_replays(client.get_quote(b"x"))


def test_an_event_that_took_too_long_is_recorded(client, open_client, set_fault):
    before = event_names(client)
    set_fault("EmitEvent", delay_ms=FOREVER)
    with pytest.raises(httpx.ReadTimeout):
        open_client(1).emit_event("late", b"")
    assert event_names(client) == before + ["late"]


def test_a_third_of_the_calls_may_fail(client, set_fault):
    set_fault("GetKey", status=500, percent=33)
    got = []
    for i in range(60):
        try:
            got.append(client.get_key(f"key/{i}").key)
        except httpx.HTTPStatusError:
            got.append(None)
    assert 0 < got.count(None) < 60
    assert hits() == [got.count(None)]


def test_a_fault_of_one_service_spares_the_other(client, tappd, set_fault):
    set_fault("Tappd.Info", status=503)
    with pytest.raises(httpx.HTTPStatusError):
        tappd.info()
    assert client.info().app_id
    set_fault("Tappd.TdxQuote", cut=True)
    with pytest.raises(httpx.RemoteProtocolError):
        tappd.tdx_quote(b"x")
    assert client.get_quote(b"x").quote


def test_everything_may_fail_at_once(client, set_fault):
    calls = [lambda: client.info(), lambda: client.get_quote(b"x"), lambda: client.get_tls_key("a"),
             lambda: client.emit_event("none", b"")]
    before = len(event_names(client))
    set_fault("", status=500)
    for call in calls:
        with pytest.raises(httpx.HTTPStatusError):
            call()
    control("ClearFaults")
    assert len(event_names(client)) == before
