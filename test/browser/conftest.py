"""Simulators, and one Chromium for all tests."""

import contextlib
import http.client
import itertools
import json
import os
import shutil
import socket
import sys
import tempfile
import urllib.parse
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[1] / "support")]
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"

from browser import chromium  # noqa: E402
from simulator import Simulator  # noqa: E402


class Served:
    """A running simulator: `url` may change it, `public_url` serves what external.sock does."""

    def __init__(self, process):
        self.process = process
        self.url, self.public_url = (endpoint["url"] for endpoint in process.endpoints[:2])
        self.connection = http.client.HTTPConnection(self.address(), timeout=60)

    def address(self):
        return urllib.parse.urlsplit(self.url).netloc

    def call(self, method, **arguments):
        return self.post(f"/prpc/{method}", arguments)

    def send(self, path, arguments, **headers):
        """The status and the body, whatever they are."""
        headers = {"Content-Type": "application/json", **headers}
        self.connection.request("POST", path, json.dumps(arguments), headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def post(self, path, arguments):
        status, body = self.send(path, arguments)
        assert status == 200, body
        return body

    def emit(self, name, payload=b""):
        self.post("/EmitEvent", {"event": name, "payload": payload.hex()})

    def log(self):
        return json.loads(self.post("/GetQuote", {})["event_log"])

    def state(self):
        return self.call("Dashboard.State")


def hold_port(started):
    """Keeps a port for those who ask for just that one, also again: bound, but not listening."""
    holder = started.enter_context(socket.socket())
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return f"127.0.0.1:{holder.getsockname()[1]}"


@pytest.fixture
def start(blank):
    """start(*options) gives a running simulator; `at` listens where another one did. The page is left before they
    stop, because it would complain."""
    directory = Path(tempfile.mkdtemp(prefix="browser-", dir="/tmp"))  # short: a socket's path has little room
    numbers = itertools.count()

    def begin(*options, at=None):
        options = ("--listen", "127.0.0.1:0=worker", *options)
        place = directory / str(next(numbers))
        return Served(started.enter_context(Simulator(place, *options, listen=at or hold_port(started))))

    try:
        with contextlib.ExitStack() as started:
            yield begin
            blank.driver.get("about:blank")
    finally:
        shutil.rmtree(directory)


@pytest.fixture
def simulator(start):
    return start()


@pytest.fixture(scope="session")
def browser():
    with chromium() as page:
        yield page


@pytest.fixture
def blank(browser):
    """The browser in its first state; any complaint of the page fails the test."""
    browser.expected.clear()
    browser.resize(1280)
    browser.theme("light")
    yield browser
    complaints = browser.complaints()
    browser.driver.get("about:blank")
    assert complaints == []


@pytest.fixture
def page(blank, simulator):
    """The dashboard of `simulator`, with the list of TDs, which moves what is below it when it comes."""
    blank.open(simulator.url)
    blank.wait(lambda: blank.count("#vms-now") and blank.text("#vms-now"), "the list of TDs")
    return blank
