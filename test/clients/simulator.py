"""The simulators that a suite talks to: start, describe, stop."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "fixtures" / "vectors"

# An app as the SDKs' own hash functions serialise it: sorted keys, no spaces.
COMPOSE = {
    "docker_compose_file": "services:\n  web:\n    image: nginx\n",
    "features": ["kms"],
    "kms_enabled": True,
    "manifest_version": 2,
    "name": "Grüße aus 世界 🚀 \u2028 \"\\",
    "public_logs": True,
    "public_sysinfo": True,
    "public_tcbinfo": True,
    "runner": "docker-compose",
}


class SimulatorFailed(Exception):
    """The simulator did not start, or did not stop as it should."""


class Simulator:
    """One process on a free port, with its sockets in a folder of its own."""

    def __init__(self, folder, *options):
        self.folder = folder
        self.sockets = folder / "sockets"
        self.sockets.mkdir(parents=True)
        self.ready = folder / "ready"
        program = ROOT / os.environ.get("PROGRAM", "dstack-simulator")
        self.command = [str(program), "--listen", "127.0.0.1:0", "--socket-dir", str(self.sockets),
                        "--ready-file", str(self.ready), *map(str, options)]
        self.log = folder / "log"
        self.process = None

    def start(self):
        own = ("DSTACK_SIMULATOR_", "TAPPD_SIMULATOR_")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(own)}
        try:
            with open(self.log, "wb") as log:
                self.process = subprocess.Popen(self.command, env=environment, stdout=log, stderr=log)
        except OSError as error:
            reason = f"{self.command[0]} does not start: {error.strerror}; run make first"
            raise SimulatorFailed(reason) from error
        self._await_ready()

    def _await_ready(self):
        deadline = time.monotonic() + 60
        while not self._serves():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SimulatorFailed(f"the simulator is not ready:\n{self._log_text()}")
            time.sleep(0.02)

    def _serves(self):
        try:
            self.endpoints = json.loads(self.ready.read_text())["endpoints"]
        except (OSError, ValueError):
            return False
        return True

    def url(self):
        return next(e["url"] for e in self.endpoints if e.get("url", "").startswith("http://"))

    def socket(self, name):
        return next(e["path"] for e in self.endpoints if e.get("path", "").endswith("/" + name))

    def stop(self):
        """End the process if it runs; complain unless it goes in good order."""
        if self.process is None:
            return
        early = self.process.poll()
        if early is not None:
            raise SimulatorFailed(f"the simulator ended early with {early}:\n{self._log_text()}")
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise SimulatorFailed("the simulator does not stop at SIGTERM") from None
        if code != 0:
            raise SimulatorFailed(f"the simulator ends with {code} at SIGTERM:\n{self._log_text()}")
        left = sorted(path.name for path in self.sockets.iterdir())
        if left:
            raise SimulatorFailed(f"the simulator leaves sockets behind: {', '.join(left)}")

    def _log_text(self):
        return self.log.read_text(errors="replace")[-4000:]


class Simulators:
    """Two of them: one with the known app keys, one with keys of its own seed
    and an app whose name is far from ASCII. `settings` tells the tests where."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="clients-"))
        compose = self.folder / "app-compose.json"
        text = json.dumps(COMPOSE, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        compose.write_bytes(text.encode())
        self.known = Simulator(self.folder / "known", "-k", VECTORS / "appkeys.json")
        self.named = Simulator(self.folder / "named", "-a", compose)
        try:
            self.known.start()
            self.named.start()
        except SimulatorFailed:
            self._kill()
            raise
        self.settings = self._settings(compose)
        return self

    def _settings(self, compose):
        settings = {"VECTORS": VECTORS, "COMPOSE": compose}
        for prefix, simulator in (("", self.known), ("NAMED_", self.named)):
            settings[prefix + "URL"] = simulator.url()
            settings[prefix + "SOCKET"] = simulator.socket("dstack.sock")
            settings[prefix + "TAPPD_SOCKET"] = simulator.socket("tappd.sock")
        return {f"CLIENT_TEST_{name}": str(value) for name, value in settings.items()}

    def _kill(self):
        for simulator in (self.known, self.named):
            if simulator.process is not None and simulator.process.poll() is None:
                simulator.process.kill()
                simulator.process.wait()
        shutil.rmtree(self.folder)

    def __exit__(self, kind, value, trace):
        try:
            self.known.stop()
            self.named.stop()
        finally:
            self._kill()
