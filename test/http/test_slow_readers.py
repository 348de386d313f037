"""Clients that ask for much and read little: together they hold as much memory as is stated, and no more."""
import os
import socket
import time

import pytest
from conftest import IS_COUNTED, KEEPS_FREED
from wire import Connection, get

pytestmark = [pytest.mark.skipif(KEEPS_FREED, reason="sanitizers keep what has been freed"),
              pytest.mark.skipif(IS_COUNTED, reason="what is not optimized is too slow for these readers")]

MIB = 1024
BUDGET = 512 * MIB  # KiB, of requests and responses in flight
LOG = 16 * MIB * 1024 - 4096
LOGS = 38
WRITE_SECONDS = 30  # for a client to take a response


def memory_kib(process, key):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key + ":"))


@pytest.fixture
def logs(own):
    directory = own.directory / "logs"
    directory.mkdir()
    for number in range(LOGS):
        with open(directory / f"web{number}.log", "wb") as file:
            file.truncate(LOG)  # sparse, and so takes no room on the disk
            file.seek(0, os.SEEK_END)
            file.write(b"\nend %d\n" % number)
    own.start("--log-level", "warn", "--logs-dir", directory)
    return own


def open_slow(own, path):
    """A client that has read only the head of the response."""
    client = Connection(own.unix if path.startswith("/prpc") else own.socket("external.sock"))
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.send(get(path))
    return client


def ask_patiently(client):
    """Each of the large answers before takes a moment to make."""
    client.socket.settimeout(120)
    return client.ask(get("/Version")).status == 200


def is_whole(client):
    """Reads on: whether the response arrives in full."""
    try:
        return client.read().status == 200
    except (AssertionError, ConnectionError):
        return False


def says_of_the_budget(simulator):
    """Those that come late are dropped; but on a slow machine the first ones time out before the last ones ask."""
    ends = time.monotonic() + 2 * WRITE_SECONDS
    while "512 MiB" not in simulator.stderr():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def test_equal_answers_are_held_once(logs):
    clients = [open_slow(logs, "/logs/web0?bare=true") for _ in range(20)]
    with Connection(logs.unix) as other:
        assert ask_patiently(other)
    assert memory_kib(logs.process, "VmHWM") < 150 * MIB  # together they would be 320 MB
    assert any(is_whole(client) for client in reversed(clients))  # on a slow machine the first ones have timed out
    for client in clients:
        client.socket.close()


def test_different_answers_hold_the_budget(logs):
    """Each client asks for another log, so nothing can be shared."""
    clients = [open_slow(logs, f"/logs/web{number}?bare=true") for number in range(LOGS)]
    with Connection(logs.unix) as other:
        assert ask_patiently(other)
    was_dropped = says_of_the_budget(logs)
    assert memory_kib(logs.process, "VmHWM") < BUDGET + 150 * MIB  # and what one response takes while it is made
    assert not is_whole(clients[-1] if was_dropped else clients[0])
    for client in clients:
        client.socket.close()
    with Connection(logs.unix) as other:  # what the others held is free again
        deadline = time.monotonic() + 20
        while memory_kib(logs.process, "VmRSS") > 150 * MIB and time.monotonic() < deadline:
            assert ask_patiently(other)
            time.sleep(0.05)
    assert memory_kib(logs.process, "VmRSS") < 150 * MIB
    client = open_slow(logs, "/logs/web1?bare=true")
    assert is_whole(client)
    client.socket.close()


def test_bodies_and_answers_together_hold_the_budget(logs):
    """The worst mix: large requests that never end, and large answers that are not read."""
    bodies = []
    for _ in range(40):
        client = Connection(logs.unix)
        client.send("POST /EmitEvent HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n")
        try:
            client.socket.sendall(bytes(8_000_000))
        except OSError:
            pass
        bodies.append(client)
    clients = [open_slow(logs, f"/logs/web{number}?bare=true") for number in range(20)]
    with Connection(logs.unix) as other:
        assert ask_patiently(other)
    assert memory_kib(logs.process, "VmHWM") < BUDGET + 150 * MIB
    for client in bodies + clients:
        client.socket.close()
