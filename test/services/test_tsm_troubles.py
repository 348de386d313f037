"""What clients do in the directory of --tsm-dir that they should not, and a disk that is full."""

import concurrent.futures
import contextlib
import hashlib
import os
import shutil
import signal

import pytest

from simulator import Simulator
from support import Simulated
from tdx_attest import extend, read_once, report_data_of, write_once
from tsm_fixtures import DATA, await_that, home, started, tsm, without  # noqa: F401


def is_alive(tsm):
    return Simulated(tsm.simulator.url).status("/healthz") == 200


def test_another_file_in_place_of_the_fifo_disturbs_no_one(tsm):
    """The FIFO's descriptor is free then, and the next connection has it."""
    (tsm.path / "mine").write_text("")
    (tsm.path / "mine").rename(tsm.entry.inblob)
    tsm.says(f"{tsm.entry.inblob} is there and not a FIFO: remove it")
    for _ in range(4):
        assert is_alive(tsm)
    tsm.entry.inblob.unlink()
    await_that(tsm.entry.inblob.is_fifo)
    assert is_alive(tsm)
    assert report_data_of(tsm.entry.quote(DATA)) == DATA


def test_many_directories_are_looked_at_together(tsm):
    names = [tsm.path / f"report/{number}" for number in range(400)]
    for path in names:
        path.mkdir()
    tsm.says("is not served: there are already 32 entries")
    assert is_alive(tsm)
    assert tsm.simulator.stderr().count("is not served") == 1
    for path in names:  # those that have no files yet get them while others go
        await_that(lambda path=path: shutil.rmtree(path, ignore_errors=True) or not path.exists())
    (tsm.path / "report/mine").mkdir()
    await_that((tsm.path / "report/mine/provider").exists)


@contextlib.contextmanager
def frozen(process):
    """So that it does not read a part of what is written: it tells of each part."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("count, told", [(8, 0), (20, 1), (10_000, 2)])
def test_lines_that_are_no_events_are_told_a_few_times(tsm, count, told):
    before = tsm.log()
    with open(tsm.events, "ab", buffering=0) as file, frozen(tsm.simulator.process):
        file.write(b"x\n" * count)
    assert tsm.log() == before
    more = [f"runtime_events.log: {min(count, 4096) - 8} more lines are left out",
            "runtime_events.log: what follows after 4096 lines is left out: no event log holds more"]
    tsm.says(more[told - 1] if told else ": a line is left out: not valid JSON")
    tsm.simulator.stop()
    said = tsm.simulator.stderr()
    assert said.count(": a line is left out: ") == 8
    assert [sentence in said for sentence in more] == [number < told for number in range(2)]


@pytest.mark.parametrize("name", ["report", "measurements", "dstack", "report/com.intel.dcap"])
def test_links_out_of_the_directory_are_refused(home, name):
    other = home / "other"
    (other / "etc").mkdir(parents=True)
    (other / "provider").write_text("precious")
    (home / "tsm/report").mkdir(parents=True)
    (home / "tsm/.tsm-lock").write_text("")
    link = home / "tsm" / name
    if name == "report":
        link.rmdir()
    link.symlink_to(other)
    ended = Simulator(home, "--tsm-dir", home / "tsm").run_to_its_end()
    assert (ended.returncode, ended.stderr) == (
        2, f"dstack-simulator: --tsm-dir: {link} is there and not a directory: remove it\n")
    assert sorted(path.name for path in other.rglob("*")) == ["etc", "provider"]
    assert (other / "provider").read_text() == "precious"


def extend_and_read(tsm, index):
    value = tsm.register(index)
    for number in range(50):
        digest = hashlib.sha384(bytes([index, number])).digest()
        extend(tsm.measurements, index, digest)
        value = hashlib.sha384(value + digest).digest()
        assert tsm.register(index) == value, number


def ask_for_quotes(tsm):
    for number in range(50):
        data = bytes([number]) * 64
        assert report_data_of(tsm.entry.quote_at_once(data)) == data, number


def test_what_is_written_while_it_looks_elsewhere_is_not_missed(home, without):
    """A client that writes one file and then reads another, while the simulator serves others."""
    with started(without("haste"), home) as tsm:
        with concurrent.futures.ThreadPoolExecutor() as clients:
            for done in [clients.submit(extend_and_read, tsm, 2), clients.submit(extend_and_read, tsm, 3),
                         clients.submit(ask_for_quotes, tsm)]:
                done.result()


@pytest.mark.parametrize("leases", [True, False])
def test_a_full_disk_holds_no_one_up(home, without, leases):
    full = home / "full"
    with started(without("space" if leases else "space,leases", full), home) as tsm:
        quote = tsm.entry.quote(DATA)
        value = tsm.register(3)
        full.touch()
        tsm.caller.by_json("DstackGuest.EmitEvent", {"event": "e", "payload": ""})
        write_once(tsm.entry.inblob, DATA[::-1])
        for _ in range(3):
            assert tsm.register(3) in (value, b"")
            assert read_once(tsm.entry.outblob) in (quote, b"")
            assert is_alive(tsm)
        tsm.says("No space left on device")
        full.unlink()
        register = bytes.fromhex(tsm.get_quote()["quote"])[520:568]
        await_that(lambda: tsm.register(3) == register != value)
        await_that(lambda: tsm.entry.generation() == 2)
        assert report_data_of(read_once(tsm.entry.outblob)) == DATA[::-1]
