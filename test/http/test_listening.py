"""Sockets and signals: making the files, removing them, and finishing what is in flight."""
import json
import os
import signal
import socket
from urllib.parse import urlsplit

import pytest
from wire import Connection, get, post

SOCKETS = {"dstack.sock", "tappd.sock", "external.sock", "guest.sock"}


def socket_files(simulator):
    return {path.name for path in simulator.sockets.iterdir()}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_removes_the_sockets(own, number):
    own.start()
    assert SOCKETS <= socket_files(own)
    own.process.send_signal(number)
    assert own.wait() == 0, own.stderr()
    assert socket_files(own) == set()


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_a_request_in_flight_is_finished(own, kind):
    own.start()
    address = getattr(own, kind)
    request = post("/Version", "{}")
    with Connection(address) as idle, Connection(address) as busy:
        assert idle.ask(get("/Version")).status == 200
        assert busy.ask(get("/Version")).status == 200
        busy.send(request[:-1])
        with Connection(address) as other:  # so that its beginning has been read
            assert other.ask(get("/Version")).status == 200
        own.process.terminate()
        assert idle.is_closed()
        assert busy.ask(request[-1:]).status == 200
        assert busy.is_closed()
    assert own.wait() == 0, own.stderr()


def test_a_response_in_flight_is_finished(own):
    """More than the socket takes is waiting for the client when the signal comes."""
    own.start()
    with Connection(own.unix) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.send(post("/Info", "{}") * 200)
        assert connection.read().status == 200
        own.process.terminate()
        while True:
            if not connection.input and connection.is_closed():
                break
            assert connection.read().status == 200
    assert own.wait() == 0, own.stderr()


def test_a_client_that_never_finishes_does_not_hold_it(own):
    own.start()
    with Connection(own.unix) as connection:
        connection.send("POST /Info HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
        with Connection(own.unix) as other:
            assert other.ask(get("/Version")).status == 200
        assert own.stop() == 0, own.stderr()


def test_a_socket_in_use(own, directory):
    own.start()
    os.makedirs(directory + "/second", exist_ok=True)
    second = type(own)(directory + "/second")
    second.sockets = own.sockets
    result = second.run_to_its_end()
    assert result.returncode == 2
    assert "dstack.sock" in result.stderr and len(result.stderr.strip().splitlines()) == 1
    with Connection(own.unix) as connection:  # and the first one is as it was
        assert connection.ask(get("/Version")).status == 200
    assert SOCKETS <= socket_files(own)


def test_a_port_in_use(own):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = own.run_to_its_end("--listen", f"127.0.0.1:{port}")
    assert result.returncode == 2
    assert f"127.0.0.1:{port}" in result.stderr and "in use" in result.stderr and "--listen" in result.stderr
    assert socket_files(own) == set()


def test_localhost_of_another_program_is_told(own):
    """Clients that try ::1 first would reach that one."""
    with socket.socket() as probe, socket.socket(socket.AF_INET6) as holder:
        try:
            holder.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no ::1")
        holder.listen()
        port = holder.getsockname()[1]
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            pytest.skip("another program has the same port of 127.0.0.1")
        probe.close()
        own.listen = f"localhost:{port}"
        own.start("--log-level", "warn")
    assert f"[::1]:{port}" in own.stderr() and "another program" in own.stderr()


def test_a_stale_socket_is_replaced(own):
    own.start()
    own.process.kill()
    own.wait()
    assert SOCKETS <= socket_files(own)
    own.ready.unlink()
    own.start()
    with Connection(own.unix) as connection:
        assert connection.ask(get("/Version")).status == 200


def test_a_file_that_is_no_socket_is_left_alone(own):
    place = own.sockets / "dstack.sock"
    place.write_text("mine")
    result = own.run_to_its_end()
    assert result.returncode == 2 and str(place) in result.stderr
    assert place.read_text() == "mine"
    assert socket_files(own) == {"dstack.sock"}


def test_another_socket_in_its_place_is_left_alone(own):
    own.start()
    place = own.sockets / "dstack.sock"
    place.unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(place))
        own.process.terminate()
        assert own.wait() == 0, own.stderr()
        assert socket_files(own) == {"dstack.sock"}


def test_a_path_that_is_too_long(own):
    result = own.run_to_its_end("--listen", f"unix:{own.directory}/{'x' * 120}.sock")
    assert result.returncode == 2
    assert "107" in result.stderr and len(result.stderr.strip().splitlines()) == 1


def test_a_directory_that_is_not_there(own):
    path = f"{own.directory}/absent/a.sock"
    result = own.run_to_its_end("--listen", f"unix:{path}")
    assert result.returncode == 2 and path in result.stderr


def test_localhost(own):
    own.start("--listen", "localhost:0")
    with Connection(own.tcp) as connection:
        assert connection.ask(get("/Version")).status == 200


def test_few_descriptors(own):
    """With fewer descriptors than clients some wait, and are answered when others leave."""
    own.process = None
    command = own.command
    own.command = lambda *options: ["sh", "-c", 'ulimit -n 128 && exec "$@"', "sh", *command(*options)]
    own.start()
    connections = [Connection(own.unix) for _ in range(200)]
    for connection in connections:
        connection.send(get("/Version", ["Connection: close"]))
    for connection in connections:
        assert connection.read().status == 200
        connection.socket.close()


SHUTDOWN = post("/prpc/GuestApi.Shutdown", "{}")
EVERY_SERVICE = "dstack,tappd,worker,guest,kms,vmm,collateral,verifier,simulator"


def start_with(simulator, services):
    """Listens on one more port, for these services; returns its address."""
    simulator.start("--listen", f"127.0.0.1:0{services}")
    urls = [endpoint["url"] for endpoint in json.loads(simulator.ready.read_text())["endpoints"] if "url" in endpoint]
    url = urlsplit(urls[-1])
    return url.hostname, url.port


@pytest.mark.parametrize("services", ["guest", "simulator,guest", EVERY_SERVICE])
def test_shutdown_works_where_guest_is_named(own, services):
    with Connection(start_with(own, f"={services}")) as connection:
        answer = connection.ask(SHUTDOWN)
        assert (answer.status, answer.body) == (200, b"null")
        assert connection.is_closed()
    assert own.wait() == 0, own.stderr()


@pytest.mark.parametrize("services", ["", "=all", "=guest,all"])
def test_shutdown_is_refused_where_everything_is_offered(own, services):
    with Connection(start_with(own, services)) as connection:
        answer = connection.ask(SHUTDOWN)
        assert answer.status == 400
        assert b"where --listen names the service guest" in answer.body
