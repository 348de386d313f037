"""A log that nothing reads must not stop the program: subprocess.Popen(stderr=PIPE) is how many tests
start it."""

import http.client
import json
import signal
import subprocess
import time

import pytest

from simulator import PROGRAM


@pytest.fixture
def unread(tmp_path):
    """A simulator whose log is a pipe, and a connection to it."""
    ready = tmp_path / "ready"
    process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", "--socket-dir", "none", "--ready-file", ready],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0)
    try:
        while not ready.exists():
            assert process.poll() is None
            time.sleep(0.01)
        url = json.loads(ready.read_text())["endpoints"][0]["url"]
        yield process, http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def ask(connection, times=1):
    for _ in range(times):
        connection.request("GET", "/Version")
        assert connection.getresponse().read()


MANY = 6000  # more lines than a pipe and the program's own memory for them hold


def test_requests_are_answered_and_a_stop_is_heard(unread):
    process, connection = unread
    ask(connection, MANY)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert b"GET /Version 200" in process.stderr.readall()


def test_what_was_dropped_is_told(unread):
    process, connection = unread
    ask(connection, MANY)
    log = b""
    ends = time.monotonic() + 120
    while b"lines of this log were dropped: it could not be written" not in log:
        assert time.monotonic() < ends
        ask(connection)
        log += process.stderr.read(65536)
