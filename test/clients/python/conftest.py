"""One client per transport and flavour for all tests, as in a program: it keeps
its connections, and opening one is what takes an SDK's time."""

import sys
from importlib.metadata import version
from pathlib import Path

import dstack_sdk
import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "support"))

from support import Driver, control, setting  # noqa: E402

# What the SDK has only since 0.5.4.
if version("dstack-sdk") == "0.5.3":
    collect_ignore = ["test_attest.py", "test_kms.py", "test_sign.py", "test_tls_options.py",
                      "test_version_faults.py"]

# The simulator may run under a sanitizer; no test is about the SDK's 3 s.
TIMEOUT = 60


def _open(kind, flavour, endpoint):
    prefix = "Async" if flavour == "async" else ""
    return Driver(getattr(dstack_sdk, prefix + kind)(endpoint, timeout=TIMEOUT))


@pytest.fixture(scope="session", params=["sync", "async"])
def flavour(request):
    return request.param


@pytest.fixture(scope="session", params=["tcp", "unix"])
def transport(request):
    return request.param


@pytest.fixture(scope="session")
def endpoint(transport):
    """The guest agent of the simulator with the known keys."""
    return setting("URL" if transport == "tcp" else "SOCKET")


@pytest.fixture(scope="session")
def client(flavour, endpoint):
    with _open("DstackClient", flavour, endpoint) as driver:
        yield driver


@pytest.fixture(scope="session")
def tappd(flavour, transport):
    where = setting("URL" if transport == "tcp" else "TAPPD_SOCKET")
    with _open("TappdClient", flavour, where) as driver:
        yield driver


@pytest.fixture(scope="session")
def named(flavour, transport):
    """The guest agent of the simulator whose app is called something else."""
    where = setting("NAMED_URL" if transport == "tcp" else "NAMED_SOCKET")
    with _open("DstackClient", flavour, where) as driver:
        yield driver


@pytest.fixture
def open_client(flavour, endpoint):
    """A client of the test's own, with another timeout than the others have."""
    opened = []

    def open_one(timeout):
        opened.append(Driver(getattr(dstack_sdk, ("Async" if flavour == "async" else "") + "DstackClient")(
            endpoint, timeout=timeout)))
        return opened[-1].__enter__()

    yield open_one
    for driver in opened:
        driver.__exit__(None, None, None)


@pytest.fixture
def set_fault():
    """set_fault(method, ...) makes calls of the method fail, until the end of the test."""
    yield lambda method, **how: control("SetFault", {"method": method, **how})
    control("ClearFaults")
