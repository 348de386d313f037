"""What people type first, and what a start that fails tells them to type next."""
import json
import os
import shutil
import socket
import subprocess

import pytest
from conftest import PROGRAM
from test_process import assert_refused, run
from test_socket_modes import STRANGER, as_root
from wire import wait_until


@pytest.fixture
def taken():
    """A port that another program uses."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


# --- a start that fails ---

def test_a_second_job_on_the_host_learns_how_to_start(directory, taken):
    """It says what to type, and that works."""
    refused = run("-l", str(taken), "-d", "none", cwd=directory)
    assert_refused(refused, f"--listen: cannot listen on 127.0.0.1:{taken}: ", "-l 0", "--ready-file FILE")
    ready = f"{directory}/ready.json"
    process = subprocess.Popen([PROGRAM, "-l", "0", "-d", "none", "--ready-file", ready], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, cwd=directory)
    try:
        wait_until(lambda: os.path.exists(ready), "the ready file")
        with open(ready, encoding="ascii") as file:
            (endpoint,) = json.load(file)["endpoints"]
        assert endpoint["url"] != f"http://127.0.0.1:{taken}"
    finally:
        process.terminate()
        assert process.wait(30) == 0


def test_the_variable_of_a_port_in_use_is_named(directory, taken):
    refused = run("-d", "none", cwd=directory, DSTACK_SIMULATOR_LISTEN=f"127.0.0.1:{taken}")
    assert_refused(refused, f"DSTACK_SIMULATOR_LISTEN: cannot listen on 127.0.0.1:{taken}: ")


@as_root
@pytest.mark.parametrize("options, environment, way_out", [
    ([], {}, "--socket-dir none starts without these sockets"),
    (["-d", "."], {}, "--socket-dir none starts without these sockets"),
    ([], {"DSTACK_SIMULATOR_SOCKET_DIR": "."}, "DSTACK_SIMULATOR_SOCKET_DIR=none starts without these sockets"),
], ids=["default", "option", "variable"])
def test_a_directory_that_cannot_be_written_to(directory, options, environment, way_out):
    os.chmod(directory, 0o755)
    program = shutil.copy(PROGRAM, directory)  # from a place that others can reach
    counters = f"{directory}/counters"  # one with counters says so when it cannot write them
    os.mkdir(counters)
    os.chown(counters, STRANGER, STRANGER)
    refused = subprocess.run([program, "-l", "127.0.0.1:0", *options], capture_output=True, text=True, timeout=30, check=False,
                             cwd=directory, user=STRANGER, group=STRANGER, extra_groups=[],
                             env={**os.environ, "GCOV_PREFIX": counters, **environment})
    assert_refused(refused, "cannot listen on dstack.sock: its directory cannot be written to", way_out)


@pytest.mark.parametrize("directory_of_kernel", ["/sys", "/proc"])
def test_a_file_system_that_takes_no_sockets(directory, directory_of_kernel):
    refused = run("-l", "127.0.0.1:0", "-d", directory_of_kernel, cwd=directory)
    assert_refused(refused, f"cannot listen on {directory_of_kernel}/dstack.sock: ", "--socket-dir none")


@pytest.mark.parametrize("options, words", [
    (["-l", "unix:absent/x.sock"], ["--listen: cannot listen on absent/x.sock: its directory does not exist"]),
    (["-l", "unix:."], ["--listen: cannot listen on .: the path exists and is not a socket"]),
    (["-l", "127.0.0.1:0", "--ready-file", "absent/ready"], ["--ready-file: cannot write absent/ready: "]),
    (["-l", "127.0.0.1:0", "--ready-file", "."], ["--ready-file: cannot write .: "]),
])
def test_a_file_is_named_with_its_option(directory, options, words):
    assert_refused(run(*options, "-d", "none", cwd=directory), *words)
    assert os.listdir(directory) == []


# --- an address in another form ---

@pytest.mark.parametrize("typed, meant", [
    (["-p", "8090"], "--listen PORT"), (["--port=8090"], "--listen PORT"), (["--host", "::"], "--listen HOST:PORT"),
    ([":8090"], "--listen :8090"), (["8090"], "--listen 8090"), (["-v"], "--log-level debug"),
])
def test_what_other_programs_call_it(directory, typed, meant):
    assert_refused(run(*typed, cwd=directory), f"did you mean {meant}?")


def test_a_port_with_a_colon_is_on_this_machine(own):
    own.start("--listen", ":0")
    assert own.endpoints[1]["url"].startswith("http://127.0.0.1:")
    assert '":0" means this machine only' in own.stderr() and "0.0.0.0:0" in own.stderr()
