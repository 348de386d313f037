"""RFC 9112 and what attackers make of it: strictness.json has a row for each request, with its answers.

A row says what is sent (each character is a byte), the statuses that come back, and whether the last of
them closes the connection; "unix" has what is different on a Unix socket, and "or" what is as right, where
releases of llhttp differ. Each request is cut in two at every place: the answers must not change.
"""
import contextlib
import json
from pathlib import Path

import pytest
from wire import Connection, get

ROWS = json.loads(Path(__file__).with_name("strictness.json").read_text(encoding="utf-8"))


def name(row):
    return f"{row['part']}: {row['case']}"


def expected(row, kind):
    right = row.get(kind, row)
    return [(each["answers"], each["closes"]) for each in (right, row.get("or", right))]


def is_over(connection, closes):
    try:
        return connection.is_closed()
    except ConnectionError:  # a second after a refusal it may not read the rest any more
        assert closes
        return True


def answers(connection):
    """The statuses until the server closes, and whether the last answer said that it would."""
    with contextlib.suppress(OSError):  # it may have answered and gone
        connection.half_close()
    statuses, closes = [], False
    while connection.input or not is_over(connection, closes):
        response = connection.read()
        statuses.append(response.status)
        closes = response.headers.get("connection") == "close"
        assert response.status < 400 or response.error()
    return statuses, closes


def send(connection, data):
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may have answered and gone
        connection.send(data)


@pytest.mark.parametrize("kind", ["tcp", "unix"])
@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_answer_does_not_depend_on_the_cut(shared, row, kind):
    data, right = row["send"].encode("latin-1"), expected(row, kind)
    with contextlib.ExitStack() as stack:
        whole, probe = (stack.enter_context(Connection(getattr(shared, kind))) for _ in range(2))
        send(whole, data)
        answer = answers(whole)
        assert answer in right
        cut = [stack.enter_context(Connection(getattr(shared, kind))) for _ in range(1, len(data))]
        for at, connection in enumerate(cut, 1):
            send(connection, data[:at])
        assert probe.ask(get("/healthz")).status == 200  # so that all of this has been read
        for at, connection in enumerate(cut, 1):
            send(connection, data[at:])
        for at, connection in enumerate(cut, 1):
            assert answers(connection) == answer, f"cut at {at}"


def test_every_row_has_its_own_name():
    assert len({name(row) for row in ROWS}) == len(ROWS) > 250
