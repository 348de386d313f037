"""The simulators that the tests talk to: each in a directory of its own and on a free port.

SIMULATOR names the program; the default is the one in the root of the tree."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "fixtures" / "vectors"
PROGRAM = str(ROOT / os.environ.get("SIMULATOR", "dstack-simulator"))

IS_COUNTED = "coverage" in PROGRAM  # not optimized, and its time says even less
KEEPS_FREED = "asan" in PROGRAM  # sanitizers keep what has been freed: memory says nothing then

SECONDS = 60  # for a start or an end; what takes longer hangs

# Settings meant for a developer's own simulator are not for ours; a test sets what it needs.
for name in [name for name in os.environ if name.startswith(("DSTACK_SIMULATOR_", "TAPPD_SIMULATOR_"))]:
    del os.environ[name]


class SimulatorFailed(Exception):
    """A simulator did not start, or did not stop as it should."""


class Simulator:
    """One process. A `with` block starts it, and at its end it has to stop in good order, unless
    the block has ended it. Options can be given here or with each start."""

    def __init__(self, directory, *options, listen="127.0.0.1:0"):
        self.directory = Path(directory)
        self.sockets = self.directory / "sockets"
        self.sockets.mkdir(parents=True, exist_ok=True)
        self.ready = self.directory / "ready"
        self.ready.unlink(missing_ok=True)
        self.options = list(map(str, options))
        self.listen = listen
        self.process = None
        self.has_ended = False  # as a test asked it to

    def command(self, *options):
        return [PROGRAM, "--listen", self.listen, "--socket-dir", str(self.sockets), "--ready-file", str(self.ready),
                *self.options, *map(str, options)]

    def run_to_its_end(self, *options):
        return subprocess.run(self.command(*options), capture_output=True, text=True, timeout=SECONDS, check=False)

    # --- the start ---

    def start(self, *options):
        command = self.command(*options)
        self.has_ended = False
        try:
            with open(self.directory / "stdout", "wb") as out, open(self.directory / "stderr", "wb") as errors:
                self.process = subprocess.Popen(command, stdout=out, stderr=errors)
        except OSError as error:
            reason = f"{command[0]} does not start: {error.strerror}; run make first"
            raise SimulatorFailed(reason) from error
        self._await_ready()
        return self

    def _await_ready(self):
        deadline = time.monotonic() + SECONDS
        while not self._serves():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise SimulatorFailed(f"the simulator is not ready:\n{self.stderr()}")
            time.sleep(0.02)

    def _serves(self):
        try:
            self.endpoints = json.loads(self.ready.read_text())["endpoints"]
        except (OSError, ValueError):
            return False
        return True

    # --- what it serves and says ---

    def _address(self, scheme):
        """The first one with that scheme."""
        return next(e["url"] for e in self.endpoints if e.get("url", "").startswith(f"{scheme}://"))

    @property
    def url(self):
        return self._address("http")

    @property
    def tcp(self):
        """(host, port) of the first TCP address."""
        parts = urlsplit(self.url)
        return parts.hostname, parts.port

    @property
    def tls(self):
        """(host, port) of the KMS's address."""
        parts = urlsplit(self._address("https"))
        return parts.hostname, parts.port

    @property
    def unix(self):
        return self.socket("dstack.sock")

    def socket(self, name):
        return next(e["path"] for e in self.endpoints if e.get("path", "").endswith("/" + name))

    def stdout(self):
        return (self.directory / "stdout").read_text(errors="replace")

    def stderr(self):
        return (self.directory / "stderr").read_text(errors="replace")

    # --- the end ---

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """Sends SIGTERM and returns the exit code, which is 0; fails when it ends otherwise."""
        early = self.process.poll()
        if early is not None:
            raise SimulatorFailed(f"the simulator ended early with {early}:\n{self._last_words()}")
        self.process.send_signal(signal.SIGTERM)
        code = self.wait()
        if code != 0:
            raise SimulatorFailed(f"the simulator ends with {code} at SIGTERM:\n{self._last_words()}")
        left = sorted(path.name for path in (self.directory / self.sockets).iterdir())
        if left:
            raise SimulatorFailed(f"the simulator leaves sockets: {', '.join(left)}")
        return code

    def wait(self):
        """The exit code of a simulator that is about to end."""
        try:
            return self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise SimulatorFailed(f"the simulator does not end:\n{self._last_words()}") from None
        finally:
            self.kill()

    def kill(self):
        self.has_ended = True
        if self.is_running():
            self.process.kill()
            self.process.wait()

    def _last_words(self):
        return self.stderr()[-4000:]

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        try:
            if kind is None and not self.has_ended:
                self.stop()
        finally:
            self.kill()
