"""A simulator with --tsm-dir, for the tests of it."""

import contextlib
import hashlib
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from messages import Caller
from simulator import Simulator
from tdx_attest import SECONDS, Entry

DATA = bytes(range(64))


class Directory:
    """A simulator with such a directory."""

    def __init__(self, home, *options):
        self.path = home / "tsm"
        self.simulator = Simulator(home, "--tsm-dir", self.path, *options)
        self.entry = Entry(self.path / "report/com.intel.dcap")
        self.measurements = self.path / "measurements"
        self.events = self.path / "dstack/runtime_events.log"

    def __enter__(self):
        self.simulator.__enter__()
        return self

    def __exit__(self, *error):
        self.simulator.__exit__(*error)

    @property
    def caller(self):
        return Caller(self.simulator.url)

    def register(self, index):
        return (self.measurements / f"rtmr{index}:sha384").read_bytes()

    def get_quote(self, data=DATA):
        return self.caller.by_json("DstackGuest.GetQuote", {"report_data": data.hex()}).value

    def log(self):
        return json.loads(self.get_quote()["event_log"])

    def says(self, sentence):
        await_that(lambda: sentence in self.simulator.stderr())


def await_that(is_so):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def home(directory, request):
    return directory / hashlib.sha256(request.node.name.encode()).hexdigest()[:6]


@pytest.fixture
def tsm(home):
    with Directory(home) as tsm:
        yield tsm


@pytest.fixture(scope="module")
def without(directory):
    """`with without(what):` has simulators start that lack leases, watches, answers of name servers, haste, or space
    while there is a file."""
    library = directory / "without.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("without.c")], check=True)
    asan = os.environ.get("ASAN_OPTIONS", "")

    @contextlib.contextmanager
    def settings(what, file=""):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LD_PRELOAD", str(library))
            patch.setenv("WITHOUT", what)
            patch.setenv("WITHOUT_WHILE", str(file))
            patch.setenv("ASAN_OPTIONS", f"{asan}:verify_asan_link_order=0".strip(":"))
            yield
    return settings


@contextlib.contextmanager
def started(settings, home):
    """A simulator that starts with these settings, which the test itself is without."""
    with settings:
        tsm = Directory(home).__enter__()
    try:
        yield tsm
    finally:
        tsm.__exit__(None, None, None)
