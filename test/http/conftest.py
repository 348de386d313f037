"""Starts the real program, in a folder of its own and on free ports.

SIMULATOR names the program; the default is the one in the root of the tree."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from wire import Connection, wait_until  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SIMULATOR", str(ROOT / "dstack-simulator"))


class Simulator:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.sockets = self.folder / "sockets"
        self.sockets.mkdir(exist_ok=True)
        self.ready = self.folder / "ready"
        self.ready.unlink(missing_ok=True)
        self.process = None

    def command(self, *options):
        return [PROGRAM, "--listen", "127.0.0.1:0", "--socket-dir", str(self.sockets), "--ready-file",
                str(self.ready), *options]

    def run_to_its_end(self, *options):
        return subprocess.run(self.command(*options), capture_output=True, text=True, timeout=30, check=False)

    def start(self, *options):
        self.errors = open(self.folder / "stderr", "wb")
        self.process = subprocess.Popen(self.command(*options), stdout=subprocess.DEVNULL, stderr=self.errors)
        wait_until(lambda: self.ready.exists() or self.process.poll() is not None, "the ready file")
        assert self.process.poll() is None, self.stderr()
        endpoints = json.loads(self.ready.read_text())["endpoints"]
        url = urlsplit(next(endpoint["url"] for endpoint in endpoints if "url" in endpoint))
        self.tcp = (url.hostname, url.port)
        self.unix = next(e["path"] for e in endpoints if e.get("path", "").endswith("/dstack.sock"))
        return self

    def stderr(self):
        return (self.folder / "stderr").read_text(errors="replace")

    def stop(self):
        """Sends SIGTERM; returns the exit status."""
        self.process.terminate()
        return self.wait()

    def wait(self):
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()
            self.errors.close()


@pytest.fixture
def folder():
    # A short name: a socket's path has little room.
    with tempfile.TemporaryDirectory(prefix="sim-", dir="/tmp") as name:
        yield name


@pytest.fixture
def own(folder):
    """A simulator of the test's own, not started yet; it is gone afterwards."""
    simulator = Simulator(folder)
    yield simulator
    if simulator.process and simulator.process.poll() is None:
        assert simulator.stop() == 0, simulator.stderr()


@pytest.fixture(scope="session")
def shared():
    """One simulator for all tests that leave it as it was. It has to outlive them all."""
    with tempfile.TemporaryDirectory(prefix="sim-", dir="/tmp") as name:
        simulator = Simulator(name).start("--log-level", "warn")
        yield simulator
        assert simulator.process.poll() is None, simulator.stderr()
        assert simulator.stop() == 0, simulator.stderr()


@pytest.fixture(params=["tcp", "unix"])
def address(request, shared):
    return getattr(shared, request.param)


@pytest.fixture
def connection(address):
    with Connection(address) as made:
        yield made
