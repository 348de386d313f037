"""What scripts do with dstack's own simulator, with this one in its place: they start it without arguments in a
directory with its three files, and talk to its sockets."""
import json
import os
import shutil
import signal
import socket
import subprocess
import time

import pytest
from conftest import PROGRAM, ROOT
from wire import wait_until

SYS_CONFIG = {"vm_config": json.dumps({"os_image_hash": "00" * 32, "cpu_count": 2, "memory_size": 4 << 30})}
KEYS = json.loads((ROOT / "fixtures/vectors/appkeys.json").read_text())


@pytest.fixture
def layout(directory):
    """The directory of a release of dstack's simulator, below a home of its own."""
    place = os.path.join(directory, ".phala-cloud/simulator/0.5.3")
    os.makedirs(place)
    shutil.copy(PROGRAM, os.path.join(place, "dstack-simulator"))
    shutil.copy(ROOT / "fixtures/vectors/appkeys.json", place)
    shutil.copy(ROOT / "fixtures/app-compose.json", place)
    with open(os.path.join(place, "sys-config.json"), "w", encoding="utf-8") as file:
        json.dump(SYS_CONFIG, file)
    with open(os.path.join(place, "attestation.bin"), "wb") as file:
        file.write(b"recorded")
    return place


def accepts(path):
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(path)
        except OSError:
            return False
        return True


class Started:
    """As `phala simulator start` does it: it removes the socket, starts the program without arguments and
    detached, appends to a log, and says that it runs once dstack.sock accepts connections."""

    def __init__(self, place):
        self.place, self.dstack = place, os.path.join(place, "dstack.sock")

    def __enter__(self):
        if os.path.exists(self.dstack):
            os.unlink(self.dstack)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("DSTACK_")}
        with open(os.path.join(self.place, "log"), "ab") as log:
            self.process = subprocess.Popen(["./dstack-simulator"], cwd=self.place, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, env={**clean, "DSTACK_SIMULATOR_LISTEN": "0"})
        wait_until(lambda: accepts(self.dstack) or self.process.poll() is not None, "dstack.sock")
        assert self.process.poll() is None, self.log()
        return self

    def log(self):
        with open(os.path.join(self.place, "log"), encoding="utf-8") as log:
            return log.read()

    def __exit__(self, *exception):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0

    def ask(self, path, /, name="dstack.sock", **message):
        """In JSON, over a socket, as the SDKs do."""
        body = json.dumps(message).encode()
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(30)
            client.connect(os.path.join(self.place, name))
            client.sendall(b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                           % (path.encode(), len(body), body))
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        head, _, text = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), answer
        return json.loads(text)


def test_a_script_of_the_other_simulator_works(layout):
    with Started(layout) as simulator:
        info = simulator.ask("/Info")
        compose = json.loads(info["tcb_info"])["app_compose"]
        assert compose == (ROOT / "fixtures/app-compose.json").read_text()
        assert simulator.ask("/GetKey", path="wallet", purpose="")["key"]
        assert simulator.ask("/prpc/Tappd.DeriveKey", "tappd.sock", path="/", subject="localhost")["key"]
        first = simulator.ask("/GetQuote", report_data="12")
        simulator.ask("/EmitEvent", event="mine", payload="00")
        assert simulator.ask("/GetQuote", report_data="12")["quote"] != first["quote"]
        assert "as dstack's simulator does" in simulator.log()


def test_its_keys_are_those_of_the_file(layout):
    """Others in the file, others in the answers."""
    with Started(layout) as simulator:
        one = simulator.ask("/GetKey", path="wallet", purpose="")["key"]
    other = {**KEYS, "k256_key": "11" * 32}
    with open(os.path.join(layout, "appkeys.json"), "w", encoding="utf-8") as file:
        json.dump(other, file)
    with Started(layout) as simulator:
        assert simulator.ask("/GetKey", path="wallet", purpose="")["key"] != one


def test_it_starts_again_over_what_a_killed_one_has_left(layout):
    simulator = Started(layout).__enter__()
    tappd = os.path.join(layout, "tappd.sock")
    wait_until(lambda: accepts(tappd), "tappd.sock, which is made after dstack.sock")
    simulator.process.kill()
    simulator.process.wait(30)
    assert os.path.exists(tappd)
    with Started(layout) as again:
        wait_until(lambda: accepts(tappd), "tappd.sock")
        assert again.ask("/prpc/Tappd.Info", "tappd.sock")["app_id"]


def test_the_four_sockets_are_where_they_were(layout):
    with Started(layout):
        deadline = time.monotonic() + 30
        names = ("dstack.sock", "tappd.sock", "external.sock", "guest.sock")
        while not all(accepts(os.path.join(layout, name)) for name in names):
            assert time.monotonic() < deadline
    assert not [name for name in os.listdir(layout) if name.endswith(".sock")]
