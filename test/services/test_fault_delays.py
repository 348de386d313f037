"""Delayed answers: what waits with them, what does not, and what happens to them when the
client leaves or the simulator stops."""

import threading

import pytest

# address, cleared and simulated are fixtures.
from faults import address, clear, cleared, faults, read_cut, set_fault, simulated, statuses, tcp
from simulator import Simulator
from wire import Connection, get, post, wait_until

FOREVER = 600000  # milliseconds; the longest there is
KEY = post("/GetKey", '{"path":"a"}')


def until_waiting(simulated, hits):
    wait_until(lambda: faults(simulated)[0]["hits"] == hits, f"{hits} calls to wait")


def is_silent(connection):
    """Nothing has arrived so far, and the connection is open."""
    connection.socket.setblocking(False)
    try:
        with pytest.raises(BlockingIOError):
            connection.socket.recv(1)
    finally:
        connection.socket.settimeout(20)
    return True


def test_the_answer_is_the_same_only_later(simulated, address):
    with Connection(address) as connection:
        at_once = connection.ask(KEY)
        set_fault(simulated, "GetKey", delay_ms=30)
        for _ in range(3):
            later = connection.ask(KEY)
            assert (later.status, later.headers, later.body) == (200, at_once.headers, at_once.body)
        assert connection.ask(post("/Version")).status == 200


def test_nobody_else_waits(simulated, address):
    set_fault(simulated, "GetKey", delay_ms=FOREVER)
    with Connection(address) as waiting:
        waiting.send(KEY)
        until_waiting(simulated, 1)
        for other in simulated.addresses.values():
            assert statuses(other, "/Version", 10) == [200] * 10
        assert is_silent(waiting)


def test_a_short_delay_second_a_long_one(simulated, address):
    with Connection(address) as long, Connection(address) as short:
        set_fault(simulated, "GetKey", delay_ms=FOREVER)
        long.send(KEY)
        until_waiting(simulated, 1)
        set_fault(simulated, "GetKey", delay_ms=10)
        assert short.ask(KEY).status == 200
        assert is_silent(long)


def test_what_waits_waits_on_when_faults_are_cleared(simulated, address):
    """Its fault has happened already; the next call is answered at once."""
    set_fault(simulated, "GetKey", delay_ms=FOREVER)
    with Connection(address) as waiting:
        waiting.send(KEY)
        until_waiting(simulated, 1)
        clear(simulated)
        assert statuses(address, "/GetKey", 1) == [200]
        assert is_silent(waiting)


def test_200_at_once_get_each_his_own(simulated):
    addresses = 100 * list(simulated.addresses.values())
    paths = [f"many/{i}" for i in range(len(addresses))]
    expected = [simulated.call("DstackGuest.GetKey", path=path)["key"] for path in paths]
    set_fault(simulated, "GetKey", delay_ms=100)
    connections = [Connection(address) for address in addresses]
    try:
        for connection, path in zip(connections, paths):
            connection.send(post("/GetKey", f'{{"path":"{path}"}}'))
        assert [connection.read().json()["key"] for connection in connections] == expected
    finally:
        for connection in connections:
            connection.socket.close()
    assert faults(simulated)[0]["hits"] == 200


# --- several requests on one connection ---

def test_pipelined_requests_keep_their_order(simulated, address):
    set_fault(simulated, "GetKey", delay_ms=30)
    set_fault(simulated, "Sign", status=503)
    with Connection(address) as connection:
        connection.send(KEY + post("/Version") + post("/Sign") + KEY + get("/Info"))
        answers = [connection.read() for _ in range(5)]
    assert [answer.status for answer in answers] == [200, 200, 503, 200, 200]
    assert ["key" in answer.json() for answer in answers] == [True, False, False, True, False]
    assert "app_id" in answers[4].json()


def test_a_request_that_comes_in_pieces_second_a_delayed_one(simulated, address):
    set_fault(simulated, "GetKey", delay_ms=30)
    with Connection(address) as connection:
        connection.send(KEY + b"POST /Version HTT")
        assert connection.read().status == 200
        connection.send(b"P/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        assert connection.read().status == 200


def test_nothing_is_called_second_a_dropped_one(simulated, address):
    before = len(simulated.quote()["event_log"])
    set_fault(simulated, "GetKey", drop=True, delay_ms=30)
    with Connection(address) as connection:
        connection.send(post("/Version") + KEY + post("/EmitEvent", '{"event":"second"}'))
        assert connection.read().status == 200
        assert connection.is_closed()
    assert len(simulated.quote()["event_log"]) == before


# --- clients that do not wait ---

def test_clients_leave_while_their_answers_wait(simulated, address):
    """Their answers are due before that of the client that stays."""
    set_fault(simulated, "GetKey", delay_ms=300)
    leaving = [Connection(address) for _ in range(50)]
    for connection in leaving:
        connection.send(KEY + post("/Version"))
    until_waiting(simulated, 50)
    for connection in leaving:
        connection.socket.close()
    with Connection(address) as staying:
        assert staying.ask(KEY).status == 200
    assert statuses(address, "/Version", 1) == [200]


def test_a_half_closed_client_gets_its_answer(simulated, address):
    set_fault(simulated, "GetKey", delay_ms=30)
    with Connection(address) as connection:
        connection.send(KEY)
        connection.half_close()
        assert connection.read().status == 200
        assert connection.is_closed()


# --- the end ---

@pytest.fixture(params=["tcp", "unix"])
def stopping(request, directory):
    """A simulator of the test's own, its address, and a function that begins to stop it."""
    simulator = Simulator(directory / f"stop-{len(list(directory.iterdir()))}").start()
    threads = []

    def stop():
        threads.append(threading.Thread(target=simulator.stop))
        threads[0].start()

    yield simulator, getattr(simulator, request.param), stop
    threads[0].join()
    assert simulator.process.returncode == 0


def set_over_tcp(simulator, fault):
    with Connection(simulator.tcp) as connection:
        assert connection.ask(post("/prpc/Simulator.SetFault", fault)).status == 200


def wait_for_hit(simulator):
    with Connection(simulator.tcp) as connection:
        status = post("/prpc/Simulator.Status")
        wait_until(lambda: connection.ask(status).json()["faults"][0]["hits"] == 1, "a hit")


@pytest.mark.parametrize("fault, status", [('"status":0', 200), ('"status":503', 503)])
def test_a_stop_answers_what_waits(stopping, fault, status):
    simulator, address, stop = stopping
    set_over_tcp(simulator, f'{{"method":"GetKey","delay_ms":{FOREVER},{fault}}}')
    with Connection(address) as connection:
        connection.send(KEY)
        wait_for_hit(simulator)
        stop()
        assert connection.read().status == status
        assert connection.is_closed()


def test_a_stop_answers_what_would_have_waited(stopping):
    """What was sent after a delayed answer, and what only arrives in full afterwards."""
    simulator, address, stop = stopping
    set_over_tcp(simulator, f'{{"method":"GetKey","delay_ms":{FOREVER}}}')
    with Connection(address) as second, Connection(address) as late:
        late.send(KEY[:-1])
        second.send(KEY + KEY)
        wait_for_hit(simulator)
        stop()
        assert second.read().status == 200
        late.send(KEY[-1:])
        for connection in (second, late):
            assert connection.read().status == 200
            assert connection.is_closed()


def test_a_stop_cuts_what_was_to_be_cut(stopping):
    simulator, address, stop = stopping
    set_over_tcp(simulator, f'{{"method":"GetKey","delay_ms":{FOREVER},"cut":true}}')
    with Connection(address) as connection:
        connection.send(KEY)
        wait_for_hit(simulator)
        stop()
        status, promised, body = read_cut(connection)
        assert (status, len(body)) == (200, promised // 2)


def test_a_stop_drops_what_was_to_be_dropped(stopping):
    simulator, address, stop = stopping
    set_over_tcp(simulator, f'{{"method":"GetKey","delay_ms":{FOREVER},"drop":true}}')
    with Connection(address) as connection:
        connection.send(KEY)
        wait_for_hit(simulator)
        stop()
        assert connection.is_closed()
