"""`phala simulator start` of the npm package phala, with this program where it expects dstack's own."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import toolchains
from simulator import PROGRAM
from toolchains import Missing

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))

import languages  # noqa: E402

PHALA = "phala@1.1.18"
WORDS = ("GET /Info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").encode()


@pytest.fixture(scope="module")
def phala():
    try:
        node, npm = toolchains.node(languages.NODE_AT_LEAST)
        place = languages.BUILD / "phala"
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_text('{"private": true}')
        languages.install(place, [PHALA.encode()], [[npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", PHALA]])
    except Missing as missing:
        pytest.skip(str(missing))
    return [node, place / "node_modules/phala/dist/index.js"]


@pytest.fixture
def home():
    """A short name: a socket's path has little room."""
    with tempfile.TemporaryDirectory(prefix="phala-", dir="/tmp") as name:
        yield Path(name)


def test_it_starts_this_simulator(phala, home):
    place = home / ".phala-cloud/simulator/0.5.3"
    place.mkdir(parents=True)
    shutil.copy(PROGRAM, place / "dstack-simulator")
    mine = {key: value for key, value in os.environ.items() if not key.startswith("DSTACK_")}
    variables = {**mine, "HOME": str(home), "TMPDIR": str(home), "DSTACK_SIMULATOR_LISTEN": "0"}
    done = subprocess.run([*map(str, phala), "simulator", "start"], env=variables, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120, check=False)
    pid = int((home / "dstack-simulator.pid").read_text())
    try:
        said = done.stdout + done.stderr
        assert done.returncode == 0 and "started successfully" in said, said
        assert f"DSTACK_SIMULATOR_ENDPOINT={place}/dstack.sock" in said
        deadline = time.monotonic() + 60
        while not (place / "dstack.sock").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(place / "dstack.sock"))
            client.sendall(WORDS)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["app_id"]
    finally:
        os.kill(pid, signal.SIGTERM)
