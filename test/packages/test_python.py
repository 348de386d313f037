"""The wheel in an empty environment, and its fixtures beside the published SDK."""
import os
import subprocess
import sys
import zipfile

import languages
import pytest
from conftest import alone, examples, printed, run
from toolchains import Missing

MACHINE = os.uname().machine


@pytest.fixture(scope="module")
def wheel(built):
    (found,) = built("python").glob(f"*manylinux_2_17_{MACHINE}*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """An environment with the wheel alone, which then sees the SDK and pytest of another."""
    try:
        with alone("python"):
            sdk = languages.python_suite(languages.PYTHON_SDKS[0]).command[0]
    except Missing as missing:
        pytest.skip(str(missing))
    place = tmp_path_factory.mktemp("python")
    run(sys.executable, "-m", "venv", place / "venv", directory=place)
    run(place / "venv/bin/pip", "install", "--no-index", "--disable-pip-version-check", wheel, directory=place)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    ours, theirs = (subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
                    for python in (str(place / "venv/bin/python"), sdk))
    with open(os.path.join(ours, "sdk.pth"), "w", encoding="utf-8") as path:
        path.write(theirs + "\n")
    for name, text in examples("python").items():
        (place / name).write_text(text)
    return place


def test_the_command_is_the_program(environment):
    assert run(environment / "venv/bin/dstack-simulator", "--version", directory=environment).startswith("dstack-simulator 0.")


def test_the_example_works(environment):
    said = run(environment / "venv/bin/python", "example.py", directory=environment)
    assert said.splitlines() == printed(examples("python")["example.py"])


def test_the_fixtures_work(environment):
    said = run(environment / "venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py",
               directory=environment)
    assert "2 passed" in said


IN_PARALLEL = """\
import threading
from dstack_sdk import DstackClient
from dstack_simulator import Simulator

def use(td, found):
    client = DstackClient(td.url)
    for i in range(5):
        client.emit_event("mine", td.id)
    info = client.info()
    events = [event for event in client.get_quote(b"x").decode_event_log() if event.event == "mine"]
    found.append((info.app_id == td.app_id, len(events), client.get_key("a").key))

with Simulator() as simulator:
    with simulator.td() as one, simulator.td() as other:
        found = []
        threads = [threading.Thread(target=use, args=(td, found)) for td in (one, other)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert [entry[:2] for entry in found] == [(True, 5)] * 2, found
        assert found[0][2] != found[1][2]
        assert DstackClient(one.socket).info().app_id == one.app_id
"""


def test_tds_of_parallel_tests_are_their_own(environment):
    (environment / "parallel.py").write_text(IN_PARALLEL)
    run(environment / "venv/bin/python", "parallel.py", directory=environment)


A_SLOW_BOOT = """\
from dstack_sdk import DstackClient
from dstack_simulator import Simulator, SimulatorError

with Simulator() as simulator:
    simulator.call("Simulator.SetFault", method="Boot", delay_ms=200, times=1)
    with simulator.td() as td:
        assert DstackClient(td.url).info().app_id == td.app_id
    simulator.call("Simulator.SetFault", method="Boot", status=500, message="no keys", times=1)
    try: simulator.td("mine")
    except SimulatorError as error: print(error)
"""


def test_a_td_has_booted(environment):
    (environment / "slow.py").write_text(A_SLOW_BOOT)
    assert run(environment / "venv/bin/python", "slow.py", directory=environment) == "mine does not boot: no keys\n"


def test_a_simulator_that_does_not_start_says_why(environment):
    (environment / "wrong.py").write_text("from dstack_simulator import *\ntry: Simulator('--listen', 'x').start()\n"
                                          "except SimulatorError as error: print(error)\n")
    assert "--listen" in run(environment / "venv/bin/python", "wrong.py", directory=environment)


def test_the_wheel_states_what_is_in_it(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (record,) = [name for name in names if name.endswith("/RECORD")]
        assert [line.split(",")[0] for line in archive.read(record).decode().splitlines()] == names
