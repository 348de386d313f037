"""File descriptors that are missing: too few, or stdin, stdout and stderr closed."""
import contextlib
import os
import resource
import subprocess

import pytest
from conftest import PROGRAM
from wire import Connection, get

FEWEST = 35  # stdin, stdout, stderr and what it asks for


def limited(number):
    """For preexec_fn: no more than this many descriptors."""
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))


@pytest.mark.parametrize("number", [*range(4, 21), FEWEST - 1])  # with 3 the loader cannot open a library
def test_with_too_few_it_says_so(own, number):
    result = subprocess.run(own.command(), capture_output=True, text=True, timeout=30, check=False,
                            preexec_fn=limited(number))
    assert result.returncode == 2, result
    (line,) = result.stderr.splitlines()
    assert f"the limit is {number}" in line and "ulimit -n" in line
    assert not list(own.sockets.iterdir())


@pytest.mark.parametrize("number", [FEWEST, FEWEST + 1, 64])
def test_with_just_enough_it_serves(own, number):
    own.process = subprocess.Popen(own.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=limited(number))
    own._await_ready()
    with Connection(own.unix) as client, Connection(own.tcp) as other:
        assert client.ask(get("/Version")).status == 200
        assert other.ask(get("/Version")).status == 200


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_what_is_closed_is_taken_by_no_other_file(own, closed):
    command = " ".join(map(str, own.command()))
    own.process = subprocess.Popen(["sh", "-c", f"exec {command} {closed}"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
    own._await_ready()
    for number in range(3):
        assert not os.readlink(f"/proc/{own.process.pid}/fd/{number}").startswith(("socket:", "anon_inode:"))
    with Connection(own.unix) as client:
        assert client.ask(get("/Version")).status == 200
    own.process.terminate()
    assert own.wait() == 0
    own.process.stderr.close()


def test_a_closed_stdout_is_not_success():
    result = subprocess.run(["sh", "-c", f"exec {PROGRAM} --version >&-"], stderr=subprocess.PIPE, text=True,
                            timeout=30, check=False)
    assert result.returncode == 1 and "cannot write to stdout" in result.stderr
def test_clients_leave_some_for_the_rest(own):
    """The log is a file that is opened for the request, when as many clients as can be are there."""
    logs = own.directory / "logs"
    logs.mkdir()
    (logs / "web.log").write_text("a line\n")
    own.process = subprocess.Popen(own.command("--logs-dir", logs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=limited(200))
    own._await_ready()
    with contextlib.ExitStack() as clients:
        first = clients.enter_context(Connection(own.socket("external.sock")))
        assert first.ask(get("/Version")).status == 404
        for _ in range(220):
            clients.enter_context(Connection(own.unix))
        assert first.ask(get("/logs/web?bare=true")).body == b"a line\n"
