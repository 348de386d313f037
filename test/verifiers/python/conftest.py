"""The simulators that the launcher has started."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "support"))

from support import Simulated, table, urls  # noqa: E402


def rows(file, key):
    return {"params": table(file), "ids": lambda row: row[key]}


@pytest.fixture(**rows("scenarios.json", "name"))
def scenario(request):
    return request.param


@pytest.fixture(**rows("tampering.json", "part"))
def tampering(request):
    return request.param


@pytest.fixture(scope="session")
def plain():
    """Its event log grows as tests add to it."""
    return Simulated(urls()["plain"])


@pytest.fixture(scope="session")
def newer():
    """On an OS image of dstack 0.6, with an event log of version 2."""
    return Simulated(urls()["newer"])


@pytest.fixture(scope="session")
def peer():
    """Another app under the same KMS."""
    return Simulated(urls()["peer"])


@pytest.fixture(scope="session")
def stranger():
    """A platform and KMS of another seed."""
    return Simulated(urls()["stranger"])


@pytest.fixture(scope="session")
def host():
    """TDs are deployed to it."""
    return Simulated(urls()["host"])


@pytest.fixture
def changing():
    """Its platform is healthy before and after the test."""
    simulated = Simulated(urls()["changing"])
    simulated.call("Simulator.SetPlatform")
    yield simulated
    simulated.call("Simulator.SetPlatform")
