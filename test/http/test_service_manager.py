"""As a service: these tests act as the service manager, which passes sockets and receives notifications."""
import contextlib
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest
from conftest import PROGRAM
from test_process import assert_refused
from wire import TIMEOUT_S, Connection, get, wait_until

numbers = itertools.count()


class Manager:
    """Starts the program as systemd does: sockets from descriptor 3 on, the rest in the environment."""

    def __init__(self, directory):
        self.directory = directory
        self.stack = contextlib.ExitStack()
        self.sockets, self.names = [], []
        self.notifications = None
        self.environment = {}
        self.process, self.ending = None, False

    def add(self, made, name=None):
        self.stack.enter_context(made)
        self.sockets.append(made)
        self.names.append(name)
        return made

    def pass_tcp(self, name=None, family=socket.AF_INET):
        made = self.add(socket.socket(family), name)
        made.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        made.listen()
        return made.getsockname()[:2]

    def pass_unix(self, file, name=None):
        made = self.add(socket.socket(socket.AF_UNIX), name)
        made.bind(f"{self.directory}/{file}" if file[0] != "\0" else file)
        made.listen()
        return made.getsockname()

    def listen(self, address):
        self.notifications = self.stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self.notifications.settimeout(TIMEOUT_S)
        self.notifications.bind(address)
        self.environment["NOTIFY_SOCKET"] = address.replace("\0", "@")

    def told(self):
        """The next notification: its assignments."""
        return dict(line.split("=", 1) for line in self.notifications.recv(65536).decode().splitlines())

    def command(self, *options):
        """A shell moves the sockets to their descriptors and sets LISTEN_PID to its own pid, which exec keeps."""
        moves = [f"{100 + i}<&{s.fileno()}" for i, s in enumerate(self.sockets)]
        moves += [f"{3 + i}<&{100 + i} {100 + i}<&-" for i in range(len(self.sockets))]
        script = "".join(f"exec {move}; " for move in moves) + 'LISTEN_PID=${LISTEN_PID-$$} exec "$@"'
        return ["bash", "-c", script, "bash", PROGRAM, "--ready-file", f"{self.directory}/ready", *options]

    def variables(self):
        mine = {k: v for k, v in os.environ.items() if not k.startswith("DSTACK_")}
        if self.sockets:
            mine["LISTEN_FDS"] = str(len(self.sockets))
        if any(self.names):
            mine["LISTEN_FDNAMES"] = ":".join(name or "unknown" for name in self.names)
        return {**mine, **self.environment}

    def start(self, *options):
        self.errors = self.stack.enter_context(open(f"{self.directory}/stderr", "w+b"))
        self.process = subprocess.Popen(self.command(*options), cwd=self.directory, env=self.variables(),
                                        pass_fds=[s.fileno() for s in self.sockets], stdout=subprocess.DEVNULL,
                                        stderr=self.errors)
        wait_until(lambda: os.path.exists(f"{self.directory}/ready") or self.process.poll() is not None, "the ready file")
        assert self.process.poll() is None, self.stderr()
        return self

    def run_to_its_end(self, *options):
        return subprocess.run(self.command(*options), cwd=self.directory, env=self.variables(), capture_output=True,
                              pass_fds=[s.fileno() for s in self.sockets], text=True, timeout=30, check=False)

    def endpoints(self):
        with open(f"{self.directory}/ready", encoding="ascii") as file:
            return [e.get("url") or e["path"] for e in json.load(file)["endpoints"]]

    def stderr(self):
        with open(f"{self.directory}/stderr", encoding="utf-8", errors="replace") as file:
            return file.read()

    def end(self, number=signal.SIGTERM):
        """Sends the signal once: a second one would kill a program that no longer handles it."""
        self.process.send_signal(number)
        self.ending = True

    def stop(self):
        if not self.ending:
            self.end()
        assert self.process.wait(30) == 0, self.stderr()
        self.process, self.ending = None, False


@pytest.fixture
def manager(directory):
    made = Manager(directory)
    with made.stack:
        yield made
        if made.process:
            made.stop()


def status(address, path):
    family = socket.AF_INET6 if ":" in address[0] else None
    if family is None:
        with Connection(address) as client:
            return client.ask(get(path)).status
    with socket.socket(family) as client:
        client.settimeout(TIMEOUT_S)
        client.connect(tuple(address))
        client.sendall(get(path))
        return int(client.recv(4096).split()[1])


# --- notifications ---

@pytest.fixture(params=["path", "abstract"])
def notified(request, manager):
    manager.listen(f"{manager.directory}/notify" if request.param == "path" else f"\0sim-{os.getpid()}-{next(numbers)}")
    return manager


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ready_comes_first_and_stopping_last(notified, number):
    notified.start("--listen", "127.0.0.1:0", "--socket-dir", notified.directory)
    ready = notified.told()
    assert ready["READY"] == "1"
    assert ready["STATUS"] == f"Serving {notified.endpoints()[0]} and 5 more"
    assert status(f"{notified.directory}/dstack.sock", "/Version") == 200
    notified.end(number)
    assert notified.told() == {"STOPPING": "1"}
    notified.stop()
    notified.notifications.setblocking(False)
    with pytest.raises(BlockingIOError):
        notified.told()


def test_everything_is_there_when_it_is_ready(manager):
    """There is no need to poll for the ready file or the socket."""
    manager.listen(f"{manager.directory}/notify")
    process = subprocess.Popen(manager.command("--listen", "127.0.0.1:0", "--socket-dir", "none"), cwd=manager.directory,
                               env=manager.variables(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    manager.process = process
    manager.told()
    host, port = manager.endpoints()[0].removeprefix("http://").split(":")
    assert status((host, int(port)), "/Version") == 200


def test_a_start_that_fails_is_not_ready(manager):
    manager.listen(f"{manager.directory}/notify")
    assert manager.run_to_its_end("--listen", "127.0.0.1:0", "--socket-dir", "/nonexistent").returncode == 2
    manager.notifications.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.told()


def test_a_client_in_flight_holds_the_end_but_not_the_message(manager):
    manager.listen(f"{manager.directory}/notify")
    address = manager.pass_unix("x.sock")
    manager.start()
    manager.told()
    with Connection(address) as client:
        client.send("POST /Info HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{")
        assert status(address, "/Version") == 200
        manager.end()
        assert manager.told() == {"STOPPING": "1"}
        assert manager.process.poll() is None
        assert client.ask("}").status == 200


def test_the_watchdog_is_pinged(notified):
    notified.environment["WATCHDOG_USEC"] = "100000"
    notified.start("--listen", "127.0.0.1:0", "--socket-dir", "none")
    assert notified.told()["READY"] == "1"
    for _ in range(3):
        assert notified.told() == {"WATCHDOG": "1"}
    notified.end()
    while (message := notified.told()) == {"WATCHDOG": "1"}:
        pass
    assert message == {"STOPPING": "1"}


def test_the_watchdog_of_another_process(manager):
    manager.listen(f"{manager.directory}/notify")
    manager.environment.update(WATCHDOG_USEC="1000", WATCHDOG_PID="1")
    manager.start("--listen", "127.0.0.1:0", "--socket-dir", "none")
    assert manager.told()["READY"] == "1"
    time.sleep(0.2)
    manager.end()
    assert manager.told() == {"STOPPING": "1"}


def test_a_manager_that_does_not_listen(manager):
    manager.environment["NOTIFY_SOCKET"] = f"{manager.directory}/absent"
    address = manager.pass_tcp()
    manager.start()
    assert status(address, "/Version") == 200
    manager.stop()
    assert f"cannot send READY=1 to the service manager at {manager.directory}/absent" in manager.stderr()


# --- sockets ---

def test_passed_sockets_replace_the_default_ones(manager):
    tcp, path, abstract = manager.pass_tcp(), manager.pass_unix("x.sock"), manager.pass_unix(
        f"\0sim-{os.getpid()}-{next(numbers)}")
    manager.start()
    for address in (tcp, path):
        assert status(address, "/Version") == 200
        assert status(address, "/prpc/Tappd.Version") == 200
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(abstract)
        client.sendall(get("/Version"))
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert manager.endpoints() == [f"http://127.0.0.1:{tcp[1]}", path, abstract.decode().replace("\0", "@")]
    assert set(os.listdir(manager.directory)) == {"ready", "stderr", "x.sock"}


def test_a_passed_tcp_socket_of_ipv6(manager):
    try:
        address = manager.pass_tcp(family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no ::1")
    manager.start()
    assert status(address, "/Version") == 200
    assert manager.endpoints() == [f"http://[::1]:{address[1]}"]


def test_options_open_more(manager):
    tcp = manager.pass_tcp()
    manager.start("--listen", "127.0.0.1:0", "--socket-dir", manager.directory)
    first, second, *sockets = manager.endpoints()
    assert first == f"http://127.0.0.1:{tcp[1]}" and second.startswith("http://127.0.0.1:") and len(sockets) == 5
    assert status(f"{manager.directory}/guest.sock", "/api/Info") == 200


def test_the_public_url_follows_from_a_passed_socket(manager):
    path, tcp = manager.pass_unix("x.sock"), manager.pass_tcp()
    manager.start()
    with Connection(path) as client:
        root = client.ask(get("/simulator/root-ca.der")).body
    assert f"http://localhost:{tcp[1]}".encode() in root


def test_a_passed_socket_outlives_the_program(manager):
    """Its file stays, and a client that connects between two runs is answered by the second."""
    path = manager.pass_unix("x.sock")
    manager.start()
    manager.stop()
    assert os.path.exists(path)
    with Connection(path) as client:
        client.send(get("/Version"))
        manager.start()
        assert client.read().status == 200


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o777])
def test_a_passed_socket_keeps_its_mode(manager, mode):
    path = manager.pass_unix("x.sock")
    os.chmod(path, mode)
    manager.start()
    assert os.stat(path).st_mode & 0o7777 == mode


SERVED = {"dstack": "/prpc/DstackGuest.Version", "tappd": "/prpc/Tappd.Version", "worker": "/prpc/Worker.Version",
          "guest": "/api/Info"}


@pytest.mark.parametrize("name, services", [
    ("dstack", {"dstack"}), ("worker", {"worker"}), ("dstack,guest", {"dstack", "guest"}), ("all", set(SERVED)),
    ("dstack.sock", {"dstack", "tappd"}), ("tappd.sock", {"dstack", "tappd"}), ("external.sock", {"worker"}),
    ("guest.sock", {"guest"}), ("dstack-simulator.socket", set(SERVED)), ("unknown", set(SERVED)),
])
def test_a_name_chooses_the_services(manager, name, services):
    other, address = manager.pass_unix("other.sock", "all"), manager.pass_unix("x.sock", name)
    manager.start()
    assert {service for service, path in SERVED.items() if status(address, path) == 200} == services
    assert {service for service, path in SERVED.items() if status(other, path) == 200} == set(SERVED)


def test_sockets_of_another_process(manager):
    """LISTEN_PID names another process: the variables were inherited by mistake."""
    address = manager.pass_tcp()
    manager.environment["LISTEN_PID"] = "1"
    manager.start("--listen", "127.0.0.1:0")
    assert f"http://127.0.0.1:{address[1]}" not in manager.endpoints()
    assert len(manager.endpoints()) == 6  # --listen and the default sockets


def test_what_serves_nothing_takes_no_socket(manager):
    manager.add(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    result = manager.run_to_its_end("--check")
    assert result.returncode == 0, result.stderr


# --- what cannot be taken ---

def connected():
    ours, _ = socket.socketpair()
    return ours


@pytest.mark.parametrize("make, words", [
    (lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM), ["not a stream socket", "ListenStream="]),
    (lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), ["not a stream socket"]),
    (lambda: socket.socket(socket.AF_INET), ["not a listening socket"]),
    (connected, ["not a listening socket", "Accept=no"]),
    (lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW), ["neither a TCP nor a Unix socket"]),
    (lambda: open(os.devnull, "rb"), ["not a socket"]),
], ids=["UDP", "datagrams", "not listening", "a connection", "netlink", "a file"])
def test_bad_descriptors(manager, make, words):
    manager.pass_unix("x.sock", "good")
    manager.add(make(), "odd")
    assert_refused(manager.run_to_its_end(), "odd", "descriptor 4", *words)
    assert set(os.listdir(manager.directory)) == {"x.sock"}


@pytest.mark.parametrize("name, meant", [
    ("external", "external.sock"), ("extrenal.sock", "external.sock"), ("Worker", "worker"), ("guest.socks", "guest.sock"),
])
def test_a_name_that_misses_a_known_one(manager, name, meant):
    """It would offer everything where only a little was meant."""
    manager.pass_unix("x.sock", name)
    assert_refused(manager.run_to_its_end(), f'unknown socket name "{name}"', f"did you mean {meant}?")


@pytest.mark.parametrize("variables, words", [
    ({"LISTEN_FDS": "2"}, ["LISTEN_FDS=2", "open"]),
    ({"LISTEN_FDS": "many"}, ["LISTEN_FDS=many"]),
    ({"LISTEN_FDNAMES": "a:b:c"}, ["LISTEN_FDNAMES=a:b:c", "as many names"]),
    ({"WATCHDOG_USEC": "soon"}, ["WATCHDOG_USEC=soon", "microseconds"]),
])
def test_bad_variables(manager, variables, words):
    manager.pass_unix("x.sock")
    manager.environment.update(variables)
    assert_refused(manager.run_to_its_end(), *words)
    assert set(os.listdir(manager.directory)) == {"x.sock"}


def test_too_many_sockets(manager):
    for i in range(65):
        manager.pass_unix(f"{i}.sock")
    assert_refused(manager.run_to_its_end(), "65 sockets", "64")


# --- the real thing ---

def is_listening(path):
    """Whether a Unix socket is bound there and listens; /proc/net/unix has a flag for that."""
    rows = (line.split() for line in pathlib.Path("/proc/net/unix").read_text(encoding="utf-8").splitlines())
    return any(row[-1] == path and row[3] == "00010000" for row in rows)


@pytest.mark.skipif(not shutil.which("systemd-socket-activate"), reason="systemd-socket-activate not found")
def test_systemd_socket_activate(manager):
    path = f"{manager.directory}/guest.sock"
    manager.process = subprocess.Popen(
        ["systemd-socket-activate", "--listen", path, "--fdname=guest.sock", PROGRAM, "--log-level", "off"],
        cwd=manager.directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: is_listening(path), "the socket")
    assert status(path, "/api/Info") == 200  # it is started by this
    assert status(path, "/Version") == 404
    assert os.listdir(manager.directory) == ["guest.sock"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze not found")
def test_the_unit_stays_hardened():
    """As systemd rates it, from 0 to 10: what is left is the network, and raising the limit of descriptors."""
    unit = pathlib.Path(__file__).resolve().parents[2] / "scripts/systemd/dstack-simulator.service"
    rated = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", unit],
                           capture_output=True, text=True, timeout=60, check=False)
    assert rated.returncode == 0, rated.stdout[-2000:] + rated.stderr
