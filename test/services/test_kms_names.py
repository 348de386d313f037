"""The name of a KMS elsewhere, which has to be looked up."""

import pytest

from simulator import Simulator
from support import Simulated
from tsm_fixtures import await_that, home, without  # noqa: F401


@pytest.mark.parametrize("host", ["kms.invalid", "1.2.3.4.5"])
def test_a_name_server_that_does_not_answer_holds_no_one_up(home, without, host):
    """Not the loop, not even by what looks like an address, and not the end."""
    with without("names"):
        simulator = Simulator(home, "--kms-url", f"https://{host}:9").start()
    try:
        assert Simulated(simulator.url).status("/healthz") == 200
        assert simulator.stop() == 0
    finally:
        simulator.kill()


def test_a_name_that_is_not_known_is_said(home):
    with Simulator(home, "--kms-url", "https://kms.invalid:9") as simulator:
        await_that(lambda: "cannot find the host kms.invalid: " in simulator.stderr())
