"""Starts simulators, each in a directory of its own and on a free port."""

import contextlib
import itertools
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / name) for name in ("support", "clients", "verifiers/python")]
# Nothing listens there, so what goes beyond this machine fails at once.
for proxy in ("http_proxy", "https_proxy", "all_proxy"):
    os.environ[proxy] = os.environ[proxy.upper()] = "http://127.0.0.1:1"
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"

from simulator import Simulator  # noqa: E402
from support import Simulated  # noqa: E402


@pytest.fixture(scope="module")
def directory():
    # A short name: a socket's path has little room.
    name = tempfile.mkdtemp(prefix="services-", dir="/tmp")
    yield Path(name)
    shutil.rmtree(name)


@pytest.fixture(scope="module")
def start(directory):
    """start(*options) gives a running simulator. They all have to outlive the module's tests
    and to end in good order."""
    numbers = itertools.count()
    with contextlib.ExitStack() as started:
        yield lambda *options: Simulated(started.enter_context(Simulator(directory / str(next(numbers)), *options)).url)
