"""A reader who follows a document: its blocks run one after another in one directory, each with what
those before it have left: files, variables, the directory, running simulators.

The reader sees the default port; a story has free ones, and writes them into what it runs."""

import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from multiprocessing.connection import Client, Listener
from pathlib import Path

from documents import ROOT

PROGRAM = Path(os.environ.get("SIMULATOR", ROOT / "dstack-simulator")).resolve()
PROGRAMS = Path(__file__).resolve().parent / "programs"
VENV = ROOT / "build/venv"
BLOCK_SECONDS = 1800  # only ends a block that hangs: go compiles in one
READY_SECONDS = 30

# Of the tree: what documents name from its root.
TREE = ("docs", "fixtures", "scripts", "sim", "test")
# Of the reader's own: what documents take for granted.
GIVEN = {"app-compose.json": "fixtures/app-compose.json", "appkeys.json": "fixtures/vectors/appkeys.json"}
DOCKER_COMPOSE = "services:\n  web:\n    image: nginx:1.27\n"

# Nothing listens there, so what goes beyond this machine fails at once.
NOWHERE = "http://127.0.0.1:1"


class Failed(AssertionError):
    """A block did not do what its document says."""


def hold_port():
    """Keeps a port for those who ask for just that one: bound, but not listening."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


def environment():
    """Ours, without the settings of any simulator and without a network."""
    own = ("DSTACK_", "TAPPD_", "STORY_")
    mine = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    names = ("http_proxy", "https_proxy", "all_proxy")
    proxies = {key: NOWHERE for name in names for key in (name, name.upper())}
    return {**mine, **proxies, "no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost",
            "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def value_of(arguments, *options):
    return next((value for option, value in zip(arguments, arguments[1:]) if option in options), None)


class Story:
    def __init__(self, is_from_scratch):
        """With a simulator that runs already, unless the document is where a reader begins."""
        # A short name: a socket's path has little room.
        self.directory = self.place = Path(tempfile.mkdtemp(prefix="docs-", dir="/tmp"))
        self._held = [hold_port() for _ in range(10)]
        self.ports = {f"809{i}": str(held.getsockname()[1]) for i, held in enumerate(self._held)}
        self.simulators = {}  # by the address they were asked for
        self.logs = {}
        self._numbers = itertools.count()
        self.output = ""  # of the block before
        self.promises = {}  # by the name of a file: patterns of what it prints
        self._listener = Listener(str(self.directory / ".story"), "AF_UNIX")
        self._fill()
        self.variables = self._variables()
        threading.Thread(target=self._serve, daemon=True).start()
        if not is_from_scratch:
            self.start([], self.directory, self.variables)
            self.variables["DSTACK_SIMULATOR_ENDPOINT"] = f"http://localhost:{self.ports['8090']}"

    def _fill(self):
        (self.directory / "dstack-simulator").symlink_to(PROGRAMS / "dstack-simulator")
        (self.directory / ".bin").mkdir()
        (self.directory / ".bin/dstack-simulator").symlink_to(PROGRAM)
        for name in TREE:
            (self.directory / name).symlink_to(ROOT / name)
        for name, source in GIVEN.items():
            shutil.copy(ROOT / source, self.directory / name)
        (self.directory / "docker-compose.yml").write_text(DOCKER_COMPOSE)

    def _variables(self):
        packages = next((VENV / "lib").glob("python*/site-packages"))
        # A virtual environment that a block makes has the packages of ours, for pip to find.
        return {**environment(), "PYTHONPATH": str(packages),
                "PATH": f"{self.directory}/.bin:{VENV}/bin:{os.environ['PATH']}",
                "STORY_SOCKET": str(self.directory / ".story"), "STORY_PORT": self.ports["8090"],
                "STORY_PROGRAM": str(PROGRAM), "STORY_CURL": shutil.which("curl") or "curl not found"}

    # --- blocks ---

    def localised(self, text):
        """The text with the ports of this story in place of the documented ones."""
        return re.sub(r"\b809\d\b", lambda found: self.ports[found.group()], text)

    def documented(self, text):
        """The way back, for what a reader would see."""
        back = {port: name for name, port in self.ports.items()}
        return re.sub(r"\b\d{4,5}\b", lambda found: back.get(found.group(), found.group()), text)

    def write(self, name, text):
        (self.place / name).write_text(self.localised(text), encoding="utf-8")

    def run(self, *command, variables=None):
        """Runs a command, which has to succeed; returns what it printed."""
        variables = variables or self.variables
        command = [shutil.which(command[0], path=variables["PATH"]) or command[0], *command[1:]]
        try:
            done = subprocess.run(command, cwd=self.place, env=variables, text=True, errors="replace",
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=BLOCK_SECONDS, check=False)
        except subprocess.TimeoutExpired as late:
            raise Failed(f"still running after {BLOCK_SECONDS} seconds: {late.stderr}") from late
        self.output = self.documented(done.stdout)
        if done.returncode != 0:
            raise Failed(f"exit status {done.returncode}\n{self.output}{self.documented(done.stderr)}")
        return self.output

    def run_shell(self, script):
        """Runs a script in bash, and keeps its variables and its directory for the next block."""
        state, source = self.directory / ".variables", self.directory / ".script"
        state.unlink(missing_ok=True)
        source.write_text(self.localised(f"{script}\nexport STORY_PLACE=$PWD\nenv -0 > {state}\n"))
        path = f"{PROGRAMS}:{self.variables['PATH']}"
        self.run("bash", "-e", "-o", "pipefail", str(source), variables={**self.variables, "PATH": path})
        if not state.exists():
            raise Failed("the script ended early")
        kept = dict(pair.split("=", 1) for pair in state.read_text().split("\0") if "=" in pair)
        kept["PATH"] = ":".join(directory for directory in kept["PATH"].split(":") if directory != str(PROGRAMS))
        self.place = Path(kept.pop("STORY_PLACE"))
        self.variables = kept

    # --- simulators ---

    def _serve(self):
        """Starts simulators for programs/dstack-simulator, until it is asked for nothing."""
        while True:
            with self._listener.accept() as client:
                asked = client.recv()
                if not asked:
                    return
                try:
                    client.send(self.start(*asked))
                except (Failed, OSError) as error:
                    client.send((1, "", f"{error}\n"))

    def start(self, arguments, place, variables):
        """Starts a simulator in place of the one that serves at its address, and waits until it is
        ready: (exit code, output, errors), where 0 means that it serves."""
        address = value_of(arguments, "-l", "--listen") or ""
        self.stop(address)
        ready = self.directory / f".ready{next(self._numbers)}"
        ready = Path(place, value_of(arguments, "--ready-file") or ready)
        variables = {"DSTACK_SIMULATOR_LISTEN": f"localhost:{self.ports['8090']}",
                     "DSTACK_SIMULATOR_READY_FILE": str(ready), **variables}
        with open(f"{ready}.out", "w") as out, open(f"{ready}.err", "w") as err:
            process = subprocess.Popen([PROGRAM, *arguments], cwd=place, env=variables,
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        self.simulators[address], self.logs[address] = process, Path(f"{ready}.err")
        deadline = time.monotonic() + READY_SECONDS
        while not ready.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        output, errors = Path(f"{ready}.out").read_text(), Path(f"{ready}.err").read_text()
        if ready.exists():
            return 0, output, ""
        self.simulators.pop(address).kill()
        return process.wait() or 1, output, errors

    def stop(self, address):
        process = self.simulators.pop(address, None)
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(READY_SECONDS)
        finally:
            process.kill()
        if code != 0:
            raise Failed(f"the simulator ended with {code}")

    def end(self):
        with Client(self._listener.address) as client:
            client.send(None)
        self._listener.close()
        try:
            for address in list(self.simulators):
                self.stop(address)
        finally:
            for held in self._held:
                held.close()
            for process in self.simulators.values():
                process.kill()
                process.wait()
            shutil.rmtree(self.directory)
