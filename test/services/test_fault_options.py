"""Faults of the command line, and simulators that offer no controls."""

import pytest

from faults import clear, faults, set_fault, statuses, tcp
from wire import Connection, get, post


def test_a_fault_from_the_start_and_after_each_reset(start):
    simulated = start("--fault", "GetQuote=500,times=2,message=not, now", "--fault", "Tappd.Info=503")
    address = tcp(simulated.url)
    for _ in range(2):
        assert [fault["times"] for fault in faults(simulated)] == [2, 0]
        with Connection(address) as connection:
            assert connection.ask(post("/GetQuote")).error() == "not, now"
        assert statuses(address, "/GetQuote", 2) == [500, 200]
        assert statuses(address, "/prpc/Tappd.Info", 2) == [503, 503]
        clear(simulated)
        set_fault(simulated, "GetKey", drop=True)
        assert statuses(address, "/prpc/Tappd.Info", 1) == [200]
        simulated.call("Simulator.Reset")


def test_chance_is_that_of_the_seed(start):
    def drawn(seed):
        simulated = start("--seed", seed, "--fault", "Version=503,percent=50")
        return statuses(tcp(simulated.url), "/Version", 64)

    first, again, other = drawn("a"), drawn("a"), drawn("b")
    assert first == again != other
    assert set(first) == {200, 503}


@pytest.fixture(scope="module")
def uncontrolled(start, directory):
    unix = directory / "all.sock"
    simulated = start("--no-control", "--listen", f"unix:{unix}", "--fault", "GetKey=500")
    return [tcp(simulated.url), str(unix)]


def test_nobody_controls_it(uncontrolled):
    for address in uncontrolled:
        for method in ("Status", "Reset", "Snapshot", "SetFault", "ClearFaults", "SetPlatform"):
            assert statuses(address, f"/prpc/Simulator.{method}", 1) == [404]
            assert statuses(address, f"/prpc/{method}", 1) == [404]


def test_the_rest_is_there(uncontrolled):
    for address in uncontrolled:
        assert statuses(address, "/EmitEvent?event=a", 1, get) == [200]
        assert statuses(address, "/simulator/root-ca.pem", 1, get) == [200]
        assert statuses(address, "/GetKey", 1) == [500]  # faults of the command line still happen
        assert statuses(address, "/prpc/GuestApi.Shutdown", 1) == [400]  # as on every listener of everything
