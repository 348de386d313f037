"""What goes wrong around the program: no descriptors, no room on the disk, no terminal, no directory."""
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import time

import pytest
from conftest import KEEPS_FREED, PROGRAM
from wire import Connection, get, wait_until

SPARE = 64  # descriptors that clients leave to the rest of the program


def start_limited(own, number, *options):
    limit = (number, number)
    with open(own.directory / "stderr", "wb") as errors:
        own.process = subprocess.Popen(own.command(*options), stdout=subprocess.DEVNULL, stderr=errors,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit))
    own._await_ready()


def processor_seconds(own):
    with open(f"/proc/{own.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_gone(client):
    try:
        return client.is_closed()
    except ConnectionError:
        return True


def test_clients_leave_descriptors_to_the_rest(own):
    """The clients that are too many wait; meanwhile files can still be read."""
    logs = own.directory / "logs"
    logs.mkdir()
    (logs / "web.log").write_text("line\n")
    start_limited(own, 200, "--logs-dir", logs)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Connection(own.tcp)) for _ in range(250)]
        for client in clients:
            client.send(get("/logs/web?bare=true"))
        for client in clients[:200 - SPARE]:
            assert client.read().body == b"line\n"
        for client in clients[200 - SPARE:]:
            client.socket.setblocking(False)
            with pytest.raises(BlockingIOError):
                client.socket.recv(1)
            client.socket.settimeout(20)
        for client in clients[:150]:
            client.socket.close()
        for client in clients[200 - SPARE:][14:]:
            assert client.read().body == b"line\n"
    assert "cannot accept" not in own.stderr()


def test_without_any_descriptor_it_goes_on_later(own):
    own.start("--log-level", "warn")
    pid = own.process.pid
    used = len(os.listdir(f"/proc/{pid}/fd"))
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    with Connection(own.unix) as early:
        assert early.ask(get("/Version")).status == 200
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used, hard))
        before = processor_seconds(own)
        with Connection(own.unix) as late:
            with contextlib.suppress(ConnectionError):  # it may be closed at once
                late.send(get("/Version"))
            wait_until(lambda: "cannot accept a client" in own.stderr() or is_gone(late), "an answer")
        assert early.ask(get("/Version")).status == 200
        assert processor_seconds(own) - before < 2
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        with Connection(own.unix) as later:
            assert later.ask(get("/Version")).status == 200


def test_no_room_for_the_ready_file(own):
    own.ready = "/dev/full"
    result = own.run_to_its_end()
    assert result.returncode == 2
    assert "--ready-file: cannot write /dev/full: No space left on device" in result.stderr
    assert not list(own.sockets.iterdir())


def test_no_room_for_the_log(own):
    with open("/dev/full", "wb") as full:
        own.process = subprocess.Popen(own.command(), stdout=full, stderr=full)
    own._await_ready()
    with Connection(own.unix) as client:
        for _ in range(100):
            assert client.ask(get("/Version")).status == 200
    own.process.terminate()
    assert own.wait() == 0


def test_a_log_that_may_not_grow_goes_on_later(own):
    """Nothing is lost that fits the memory for lines, and what is lost is counted."""
    own.start()
    _, hard = resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE)
    with Connection(own.unix) as client:
        assert client.ask(get("/Version")).status == 200
        resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (0, hard))
        for _ in range(50):
            assert client.ask(get("/GetKey?path=kept")).status == 200
        assert own.stderr().count("GetKey") == 0
        resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert client.ask(get("/Version")).status == 200
    wait_until(lambda: own.stderr().count("GetKey") == 50, "the lines that were kept")


def test_a_hangup_ends_it_in_order(own):
    ours = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs the tests may ignore it, which is inherited
    own.start()
    signal.signal(signal.SIGHUP, ours)
    own.process.send_signal(signal.SIGHUP)
    assert own.wait() == 0
    assert "SIGHUP" in own.stderr() and not list(own.sockets.iterdir()) and not own.ready.exists()


def test_nohup_keeps_it(own):
    command = ["nohup", *own.command()]
    own.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    own._await_ready()
    own.process.send_signal(signal.SIGHUP)
    with Connection(own.unix) as client:
        assert client.ask(get("/Version")).status == 200
    own.process.terminate()
    assert own.wait() == 0


def test_a_directory_of_sockets_that_vanishes(own):
    own.start()
    with Connection(own.unix) as early:
        shutil.rmtree(own.sockets)
        assert early.ask(get("/Version")).status == 200
        with Connection(own.tcp) as late:
            assert late.ask(get("/Version")).status == 200
    own.process.terminate()
    assert own.wait() == 0


def test_a_reader_of_help_that_goes(own):
    """As in `dstack-simulator --help | head -1`."""
    done = subprocess.run(["sh", "-c", f"{PROGRAM} --man | head -1"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0 and done.stderr == "" and done.stdout


@pytest.mark.skipif(not shutil.which("cc") or KEEPS_FREED, reason="needs cc, and a program without sanitizers")
@pytest.mark.parametrize("years", [1, -1])
def test_a_clock_that_jumps(own, tmp_path, years):
    """No client is dropped, and none is kept for a year: deadlines follow the clock that does not jump."""
    source, library, jump = tmp_path / "jump.c", tmp_path / "jump.so", tmp_path / "jumped"
    source.write_text("""
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_REALTIME && access(getenv("JUMP_FILE"), F_OK) == 0)
        now->tv_sec += atol(getenv("JUMP_SECONDS"));
    return result;
}
time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
""")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source], check=True, timeout=60)
    environment = {**os.environ, "LD_PRELOAD": str(library), "JUMP_FILE": str(jump), "JUMP_SECONDS": str(years * 31_557_600)}
    with open(own.directory / "stderr", "wb") as errors:
        own.process = subprocess.Popen(own.command("--log-format", "json"), env=environment, stdout=subprocess.DEVNULL, stderr=errors)
    own._await_ready()
    with Connection(own.unix) as client, Connection(own.tcp) as half:
        assert client.ask(get("/GetQuote?report_data=00")).status == 200
        half.send("GET /Vers")
        jump.touch()
        assert client.ask(get("/GetQuote?report_data=00")).status == 200
        half.send("ion HTTP/1.1\r\nHost: a\r\n\r\n")
        assert half.read().status == 200
        with Connection(own.tcp) as late:
            assert late.ask(get("/metrics")).status == 200
    year = time.gmtime(time.time() + years * 31_557_600).tm_year
    wait_until(lambda: f'"time":"{year}-' in own.stderr(), "the new year in the log")
    own.process.terminate()
    assert own.wait() == 0
