"""The table of strictness.json over TLS, on the listener of the KMS: the same answers, however the request is
cut into records, and records into pieces.

A handshake computes for milliseconds, so of the places where a request is cut in two only every STRIDE-th is
tried, another one in each row. STRIDE=1 in the environment tries all: 23,000 handshakes. test_tls_session_cuts.c
cuts at each place of both, on connections that are kept.
"""
import contextlib
import os

import pytest
from conftest import KEEPS_FREED
from test_strictness import ROWS, answers, expected, name, send
from tls_wire import TlsConnection, shake_all_hands

STRIDE = int(os.environ.get("STRIDE", "80" if KEEPS_FREED else "32"))


def request_of(row):
    """The same for a method that the KMS has."""
    return row["send"].replace("/Version", "/prpc/GetMeta").encode("latin-1")


def cut(connection, data, at):
    send(connection, data[:at])
    send(connection, data[at:])


def in_many_records(connection, data):
    send_raw(connection, b"".join(connection.record(data[i:i + 1]) for i in range(len(data))))


def send_raw(connection, data):
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.socket.sendall(data)


def in_many_pieces(connection, data):
    record = connection.record(data)
    for i in range(len(record)):
        send_raw(connection, record[i:i + 1])


@pytest.mark.parametrize("number, row", list(enumerate(ROWS)), ids=map(name, ROWS))
def test_the_answer_is_that_without_tls(secure, number, row):
    data, right = request_of(row), expected(row, "unix")  # any Host is served
    places = range(1 + number % STRIDE, len(data), STRIDE)
    ways = [send, in_many_records, in_many_pieces, *[lambda one, data, at=at: cut(one, data, at) for at in places]]
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(TlsConnection(secure, waits=True)) for _ in ways]
        shake_all_hands(connections)
        for way, connection in zip(ways, connections):
            way(connection, data)
            assert answers(connection) in right, way
