"""The program for arm64, built and run on another machine."""
import json
import os
import shutil
import subprocess
import urllib.request

import pytest
from simulator import PROGRAM, ROOT, Simulator

MINUTES = 60  # seconds
LIBRARIES = ROOT / "build/deps-arm64/usr/lib/aarch64-linux-gnu"
BUILT = ROOT / "build/static/arm64/dstack-simulator"

pytestmark = pytest.mark.skipif(
    os.uname().machine == "aarch64" or not (shutil.which("qemu-aarch64") and shutil.which("aarch64-linux-gnu-gcc")),
    reason="this needs qemu-aarch64 and aarch64-linux-gnu-gcc, which `scripts/setup release` installs")


def make(*arguments):
    flags = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "PROGRAM", "CC")
    mine = {key: value for key, value in os.environ.items() if key not in flags}
    done = subprocess.run(["make", "--no-print-directory", "-j2", "ARCH=arm64", *arguments], cwd=ROOT, env=mine,
                          capture_output=True, text=True, timeout=20 * MINUTES, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """A command that runs it."""
    make("static")
    wrapper = tmp_path_factory.mktemp("arm64") / "dstack-simulator"
    wrapper.write_text(f'#!/bin/sh\nexec qemu-aarch64 {BUILT} "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


def ask(simulator, path, **message):
    with urllib.request.urlopen(simulator.url + path, json.dumps(message).encode(), timeout=MINUTES) as answer:
        return answer.read()


def test_it_is_the_same_simulator(program, tmp_path, monkeypatch):
    """The same quote as on this machine, byte for byte, which each of them verifies."""
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    options = ("--public-url", "http://localhost:8090")
    with Simulator(tmp_path / "here", *options) as here:
        monkeypatch.setattr("simulator.PROGRAM", str(program))
        with Simulator(tmp_path / "there", *options) as there:
            quotes = [ask(one, "/GetQuote", report_data="1234") for one in (here, there)]
            assert quotes[0] == quotes[1]
            for one in (here, there):
                assert json.loads(ask(one, "/verify", **json.loads(quotes[0])))["is_valid"]
    assert PROGRAM != str(program)


def test_units_pass():
    make("BUILD=build/arm64", "units")
    environment = {**os.environ, "CMOCKA_MESSAGE_OUTPUT": "STDOUT"}
    command = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", "-E", f"LD_LIBRARY_PATH={LIBRARIES}"]
    units = sorted(path for path in (ROOT / "build/arm64/unit").glob("test_*") if not path.suffix)
    assert len(units) > 100
    failed = {}
    for unit in units:
        done = subprocess.run([*command, unit], cwd=ROOT, env=environment, capture_output=True, text=True,
                              timeout=5 * MINUTES, check=False)
        if done.returncode:
            failed[unit.name] = done.stdout + done.stderr
    assert not failed, "\n".join(failed.values())
