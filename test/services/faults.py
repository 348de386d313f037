"""Setting faults, and clients that look at every byte of the results."""

import socket
import urllib.parse

import pytest

from messages import METHODS, Caller, write_protobuf
from wire import Connection, post

ALL = ""
NO_MESSAGE = "this request fails because a fault is set on it"


def set_fault(simulated, method, **how):
    return simulated.post("/prpc/Simulator.SetFault", {"method": method, **how})["faults"]


def faults(simulated):
    return simulated.call("Simulator.Status")["faults"]


def clear(simulated):
    assert simulated.call("Simulator.ClearFaults") == {"faults": []}


def tcp(url):
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port


def start_on_both(start, directory):
    """A simulator that serves everything over TCP and over a Unix socket, and its two addresses."""
    unix = str(directory / "all.sock")
    simulated = start("--listen", f"unix:{unix}")
    simulated.addresses = {"tcp": tcp(simulated.url), "unix": unix}
    return simulated


# --- fixtures, for tests that import them ---

@pytest.fixture(scope="module")
def simulated(start, directory):
    return start_on_both(start, directory)


@pytest.fixture(autouse=True)
def cleared(simulated):
    yield
    clear(simulated)


@pytest.fixture(params=["tcp", "unix"])
def address(request, simulated):
    return simulated.addresses[request.param]


class SocketCaller(Caller):
    """A caller on one connection, which it never reopens."""

    def __init__(self, address):
        super().__init__("http://localhost")
        self.connection.auto_open = 0
        self.connection.sock = Connection(address).socket
        if self.connection.sock.family == socket.AF_INET:
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def statuses(address, path, count, verb=post):
    """The answers of that many calls on one connection."""
    with Connection(address) as connection:
        return [connection.ask(verb(path)).status for _ in range(count)]


def protobuf(path, method, arguments):
    body = write_protobuf(METHODS[method].input_type, arguments)
    return post(path, body, content_type="application/octet-stream")


def read_cut(connection):
    """The status, the body length that the head promises, and the body that arrived."""
    start, *lines = connection.read_head()
    headers = dict(line.lower().split(": ", 1) for line in lines)
    body = connection.input
    while more := connection.socket.recv(65536):
        body += more
    return int(start.split()[1]), int(headers["content-length"]), body
