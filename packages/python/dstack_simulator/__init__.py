"""Starts dstack-simulator, and makes TDs in it.

    with Simulator() as simulator:
        client = DstackClient(simulator.url)        # the first TD
        with simulator.td() as td:
            client = DstackClient(td.url)           # a TD of its own, with other keys

In tests with pytest, the fixtures dstack_simulator and dstack_td do this.
"""
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

__all__ = ["Simulator", "SimulatorError", "Td", "program"]

SECONDS = 30  # a start or a stop that takes longer hangs
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine


class SimulatorError(Exception):
    """The simulator did not start, or refused a call; its own sentence says why."""


def program():
    """The path of the program: DSTACK_SIMULATOR_PROGRAM, that of this package, or that on the PATH."""
    packaged = Path(__file__).with_name("bin") / "dstack-simulator"
    found = os.environ.get("DSTACK_SIMULATOR_PROGRAM") or (str(packaged) if packaged.exists() else shutil.which("dstack-simulator"))
    if not found:
        raise SimulatorError("this package has no dstack-simulator for this machine, and none is on the PATH")
    return found


class _Endpoint:
    """What has a URL: calls its methods."""

    def call(self, method, /, **arguments):
        """Calls a method, such as "GetQuote" or "Simulator.SetFault", and returns its response."""
        request = urllib.request.Request(f"{self.url}/prpc/{method}", json.dumps(arguments).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with _DIRECT.open(request, timeout=SECONDS) as response:
                return json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise SimulatorError(f"{method}: {error.read().decode(errors='replace')}") from None


class Td(_Endpoint):
    """A TD that has been deployed; the end of a `with` block removes it.

    url, socket: where its guest agent is: `DstackClient(td.url)`
    id, app_id, instance_id: who it is
    """

    def __init__(self, simulator, deployment, info):
        self._simulator, self.id = simulator, deployment
        self.app_id, self.instance_id = info["app_id"], info["instance_id"]
        self.url = next(event["body"] for event in info["events"] if event["event"] == "simulator.url")
        self.socket = str(Path(simulator.directory) / "vms" / deployment / "dstack.sock")

    def remove(self):
        self._simulator.call("Teepod.RemoveVm", id=self.id)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()


class Simulator(_Endpoint):
    """A simulator on a free port, with sockets in a directory of its own.

    options: those of the program, such as "--seed", "mine"
    url, socket: where the guest agent of its first TD is
    """

    def __init__(self, *options):
        self.options = list(map(str, options))
        self.directory = self.url = self.socket = self._process = None
        self._made = 0

    def start(self):
        self.directory = tempfile.mkdtemp(prefix="dstack-")
        ready, log = Path(self.directory, "ready.json"), Path(self.directory, "log")
        command = [program(), "--listen", "0", "--socket-dir", self.directory, "--vm-ports", "--ready-file", str(ready),
                   *self.options]
        mine = {key: value for key, value in os.environ.items() if not key.startswith("DSTACK_SIMULATOR_")}
        with open(log, "wb") as output:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=mine)
        deadline = time.monotonic() + SECONDS
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace").strip()
                self.stop()
                raise SimulatorError(f"the simulator does not start: {said}")
            time.sleep(0.002)
        endpoints = json.loads(ready.read_text())["endpoints"]
        self.url = next(endpoint["url"] for endpoint in endpoints if "url" in endpoint)
        self.socket = str(Path(self.directory) / "dstack.sock")
        return self

    def stop(self):
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(SECONDS)
            finally:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def td(self, name=None, compose=None):
        """Deploys a TD. Each has an app id of its own, unless two have the same compose file.

        name: of the TD; compose: its app-compose.json as text, or one that only has the name
        """
        self._made += 1
        name = name or f"td-{self._made}"
        compose = compose or json.dumps({"manifest_version": 2, "name": name, "runner": "docker-compose",
                                         "docker_compose_file": "services: {}\n", "kms_enabled": True})
        made = self.call("Teepod.CreateVm", name=name, image="dstack-0.5.11", vcpu=1, memory=2048, disk_size=1,
                         compose_file=compose)
        return Td(self, made["id"], self._booted(name, made["id"]))

    def _booted(self, name, deployment):
        deadline = time.monotonic() + SECONDS
        while True:
            info = self.call("Teepod.GetInfo", id=deployment)["info"]
            if info["boot_progress"] == "done":
                return info
            if info["boot_error"] or time.monotonic() > deadline:
                raise SimulatorError(f"{name} does not boot: {info['boot_error'] or 'it is not ready'}")
            time.sleep(0.002)

    def reset(self):
        """As it was after the start: events, scenario and faults are gone."""
        self.call("Simulator.Reset")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
