"""Who may connect to a Unix socket: every local user as in production, but not to what is private."""
import os
import pathlib
import re
import stat
import subprocess
import sys

import pytest
from conftest import PROGRAM, ROOT
from test_process import assert_refused, run
from wire import Connection, get

OPEN = ["dstack.sock", "tappd.sock", "external.sock"]
NAMES = [*OPEN, "guest.sock"]
STRANGER = 12345  # a user and group that no account has

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")

# Connects as another user: prints "yes", or the name of the error.
CONNECT = """
import os, socket, sys
os.setgroups([]), os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[1]))
for path in sys.argv[3:]:
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print("yes")
    except OSError as error:
        print(type(error).__name__)
"""


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def modes(simulator):
    return [oct(mode(simulator.sockets / name)) for name in NAMES]


def connects(user, group, *paths):
    done = subprocess.run([sys.executable, "-c", CONNECT, str(user), str(group), *map(str, paths)], capture_output=True,
                          text=True, timeout=30, check=True)
    return done.stdout.split()


@pytest.fixture
def reachable(own):
    """A simulator whose sockets have a directory that others may pass through."""
    os.chmod(own.directory, 0o755)
    return own


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o177])
def test_the_umask_does_not_matter(own, mask):
    before = os.umask(mask)
    try:
        own.start()
    finally:
        os.umask(before)
    assert modes(own) == ["0o777", "0o777", "0o777", "0o600"]


@as_root
def test_every_user_connects_but_to_what_is_private(reachable):
    reachable.start()
    paths = [reachable.sockets / name for name in NAMES]
    assert connects(STRANGER, STRANGER, *paths) == ["yes", "yes", "yes", "PermissionError"]


@as_root
def test_a_stricter_mode(reachable):
    os.chown(reachable.sockets, 0, 0)
    reachable.start("--socket-mode", "0660")
    paths = [reachable.sockets / name for name in NAMES]
    assert modes(reachable) == ["0o660", "0o660", "0o660", "0o600"]
    assert connects(STRANGER, STRANGER, *paths) == 4 * ["PermissionError"]
    assert connects(STRANGER, 0, *paths) == ["yes", "yes", "yes", "PermissionError"]


@pytest.mark.parametrize("services, expected", [
    ("dstack", 0o777), ("worker,kms", 0o777), ("guest", 0o600), ("dstack,simulator", 0o600), ("all", 0o600),
])
def test_a_socket_of_listen(own, services, expected):
    own.start("--listen", f"unix:{own.directory}/mine.sock={services}")
    assert oct(mode(own.directory / "mine.sock")) == oct(expected)


def test_without_control_a_socket_has_nothing_private(own):
    own.start("--no-control", "--listen", f"unix:{own.directory}/mine.sock=dstack,simulator")
    assert oct(mode(own.directory / "mine.sock")) == "0o777"


@pytest.mark.parametrize("text", ["rw-rw----", "0888", "77", "01777", "1777", "0777 ", "-1"])
def test_what_is_no_mode(text):
    assert_refused(run("--check", f"--socket-mode={text}"), f'--socket-mode: "{text}" is not a mode', "0660")


@pytest.mark.parametrize("text", ["0077", "0177", "0477"])
def test_a_mode_that_keeps_its_own_user_out(text):
    assert_refused(run("--check", "--socket-mode", text), f"--socket-mode: {text} keeps", "06 or 07")


def test_a_closed_directory_is_pointed_out(own):
    sentence = f"other users cannot reach the sockets in {own.sockets}: the directory has mode 0700"
    os.chmod(own.sockets, 0o700)
    own.start()
    assert sentence in own.stderr() and "chmod a+x" in own.stderr()
    own.stop()
    own.start("--socket-mode", "0660")  # which invites no others
    assert sentence not in own.stderr()
    own.stop()
    os.chmod(own.sockets, 0o711)
    own.start()
    assert sentence not in own.stderr()


def test_what_there_is_to_say_is_in_the_log_before_the_ready_file(own):
    os.chmod(own.sockets, 0o700)
    own.ready = "/dev/full"
    said = own.run_to_its_end().stderr.splitlines()
    assert len(said) == 2 and "other users cannot reach the sockets" in said[0] and "--ready-file: cannot" in said[1]


# --- the image ---

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def image_directory_options():
    """The options with which the Dockerfile makes the directory of the sockets, its volume."""
    (place,) = re.findall(r"DSTACK_SIMULATOR_SOCKET_DIR=(\S+)", DOCKERFILE)
    (mode,) = re.findall(rf"install -d -m (\d+) /image{place}$", DOCKERFILE, re.M)
    ((user, group),) = re.findall(r"^COPY --from=build --chown=(\d+):(\d+) /image/ /$", DOCKERFILE, re.M)
    assert f"VOLUME {place}\n" in DOCKERFILE
    return ["-m", mode, "-o", user, "-g", group]


@as_root
@pytest.mark.parametrize("user", [8090, STRANGER, 1000650000])
def test_the_image_runs_as_any_user_of_group_0(directory, user):
    """OpenShift picks the user, and group 0; another container shares the volume."""
    volume = f"{directory}/volume"
    os.chmod(directory, 0o755)
    subprocess.run(["install", "-d", *image_directory_options(), volume], check=True, timeout=30)
    program = pathlib.Path(directory, "dstack-simulator")
    program.write_bytes(pathlib.Path(PROGRAM).read_bytes())
    program.chmod(0o755)
    process = subprocess.Popen([program, "-l", "127.0.0.1:0", "-d", volume, "--ready-file", f"{volume}/ready"],
                               user=user, group=0, extra_groups=[], umask=0o077, cwd="/", stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            if line.startswith("ready in "):
                break
        paths = [f"{volume}/{name}" for name in NAMES]
        assert connects(STRANGER + 1, STRANGER + 1, *paths) == ["yes", "yes", "yes", "PermissionError"]
        with Connection(paths[0]) as client:
            assert client.ask(get("/Version")).status == 200
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_the_image_names_its_user_by_numbers():
    """Kubernetes' runAsNonRoot accepts only a number."""
    (user,) = re.findall(r"^USER (.*)$", DOCKERFILE, re.M)
    assert re.fullmatch(r"[1-9]\d*:0", user)
