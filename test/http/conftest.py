"""A simulator for each test, or one for all of them."""
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from simulator import IS_COUNTED, KEEPS_FREED, PROGRAM, ROOT, Simulator  # noqa: E402, F401
from wire import Connection  # noqa: E402


@pytest.fixture
def directory():
    # A short name: a socket's path has little room.
    with tempfile.TemporaryDirectory(prefix="sim-", dir="/tmp") as name:
        yield name


@pytest.fixture
def own(directory):
    """A simulator of the test's own, not started yet; it is gone afterwards."""
    simulator = Simulator(directory)
    yield simulator
    if simulator.is_running():
        simulator.stop()


@pytest.fixture(scope="session")
def shared():
    """One simulator for all tests that leave it as it was. It has to outlive them all."""
    with tempfile.TemporaryDirectory(prefix="sim-", dir="/tmp") as name:
        with Simulator(name, "--log-level", "warn") as simulator:
            yield simulator


@pytest.fixture(scope="session")
def secure():
    """The address of a KMS, which speaks TLS."""
    with tempfile.TemporaryDirectory(prefix="sim-", dir="/tmp") as name:
        with Simulator(name, "--log-level", "warn", "--kms-listen", "127.0.0.1:0") as simulator:
            yield simulator.tls


@pytest.fixture(params=["tcp", "unix"])
def address(request, shared):
    return getattr(shared, request.param)


@pytest.fixture
def connection(address):
    with Connection(address) as made:
        yield made
