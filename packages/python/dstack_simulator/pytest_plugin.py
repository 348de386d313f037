"""Fixtures: a simulator for the session, and a TD for each test."""
import pytest

from dstack_simulator import Simulator


@pytest.fixture(scope="session")
def dstack_simulator():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def dstack_td(dstack_simulator, monkeypatch):
    """A TD that has just booted. Clients that are told no endpoint find it."""
    with dstack_simulator.td() as td:
        monkeypatch.setenv("DSTACK_SIMULATOR_ENDPOINT", td.url)
        yield td
