"""A log that nothing reads must not stop the program: subprocess.Popen(stderr=PIPE) is how many tests
start it."""

import http.client
import json
import signal
import subprocess
import time

from simulator import PROGRAM


def test_requests_are_answered_and_a_stop_is_heard(tmp_path):
    ready = tmp_path / "ready"
    process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", "--socket-dir", "none", "--ready-file", ready],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        while not ready.exists():
            assert process.poll() is None
            time.sleep(0.01)
        url = json.loads(ready.read_text())["endpoints"][0]["url"]
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        for _ in range(6000):  # more than a pipe and the program's own memory for lines hold
            connection.request("GET", "/Version")
            assert connection.getresponse().read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        log = process.stderr.read().decode()
        assert "GET /Version 200" in log
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_what_was_dropped_is_told(tmp_path):
    ready = tmp_path / "ready"
    process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", "--socket-dir", "none", "--ready-file", ready],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, bufsize=0)
    try:
        while not ready.exists():
            assert process.poll() is None
            time.sleep(0.01)
        url = json.loads(ready.read_text())["endpoints"][0]["url"]
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)

        def ask():
            connection.request("GET", "/Version")
            connection.getresponse().read()

        for _ in range(6000):
            ask()
        log = b""
        ends = time.monotonic() + 20
        while b"lines of this log were dropped: it could not be written" not in log:
            assert time.monotonic() < ends
            ask()
            log += process.stderr.read(65536)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
