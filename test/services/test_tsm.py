"""The directory of --tsm-dir, as the libraries use it that use a TD's own files."""

import base64
import hashlib
import json
import multiprocessing
import os
import signal
import struct
import threading

import pytest

from simulator import Simulator
from tdx_attest import SECONDS, Busy, Entry, extend, read_once, registers_of, report_data_of, write_once
from tsm_fixtures import DATA, Directory, await_that, home, started, tsm, without  # noqa: F401

RUNTIME = 0x08000001


def digest_of(name, payload):
    return hashlib.sha384(struct.pack("<I", RUNTIME) + b":" + name.encode() + b":" + payload).digest()


def line_of(name, payload):
    return json.dumps({"event": name, "payload": base64.b64encode(payload).decode()}).encode()


# --- quotes ---

def test_the_crate_gets_the_quote_that_the_agent_gives(tsm):
    for number in range(5):
        data = hashlib.sha512(bytes([number])).digest()
        assert tsm.entry.quote(data).hex() == tsm.get_quote(data)["quote"]
    assert tsm.entry.generation() == 5


def test_who_reads_at_once_gets_it_too(tsm):
    for number in range(40):
        data = hashlib.sha512(bytes([number])).digest()
        assert report_data_of(tsm.entry.quote_at_once(data)) == data


def ask_often(entry, number, results):
    for turn in range(8):
        data = hashlib.sha512(bytes([number, turn])).digest()
        results.put(report_data_of(entry.quote(data)) == data)


def test_clients_that_lock_do_not_disturb_each_other(tsm):
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    clients = [context.Process(target=ask_often, args=(tsm.entry, number, results)) for number in range(4)]
    for client in clients:
        client.start()
    assert all(results.get(timeout=SECONDS) for _ in range(4 * 8))
    for client in clients:
        client.join(SECONDS)
        assert client.exitcode == 0
    assert tsm.entry.generation() == 4 * 8


def test_no_write_is_lost_or_seen_twice(tsm):
    write_once(tsm.entry.inblob, bytes(64))
    write_once(tsm.entry.inblob, DATA)
    assert tsm.entry.generation() == 2
    assert report_data_of(read_once(tsm.entry.outblob)) == DATA
    assert tsm.entry.generation() == 2


def test_a_client_sees_that_another_wrote(tsm):
    """As when it does not lock."""
    def write_also(path, data, flags=0, write=write_once):
        write(path, data, flags)
        write(path, bytes(64), flags)

    with pytest.raises(Busy), pytest.MonkeyPatch.context() as patch:
        patch.setattr("tdx_attest.write_once", write_also)
        tsm.entry.quote(DATA)


def test_there_is_no_quote_before_a_write(tsm):
    assert tsm.entry.outblob.read_bytes() == b""
    assert (tsm.entry.path / "generation").read_text() == "0\n"
    assert (tsm.entry.path / "provider").read_text() == "tdx_guest\n"


@pytest.mark.parametrize("size, generation", [(1, 1), (63, 1), (65, 0), (100, 0), (4095, 0)])
def test_only_64_bytes_are_taken(tsm, size, generation):
    write_once(tsm.entry.inblob, bytes(size))
    assert tsm.entry.generation() == generation
    assert tsm.entry.outblob.read_bytes() == b""
    tsm.says(f"inblob takes 64 bytes at once; {size} were written")
    assert report_data_of(tsm.entry.quote(DATA)) == DATA
    assert tsm.entry.generation() == generation + 1


def test_a_write_may_come_in_pieces(tsm):
    write_once(tsm.entry.inblob, DATA[:20])
    write_once(tsm.entry.inblob, DATA[20:])
    assert report_data_of(read_once(tsm.entry.outblob)) == DATA


def test_a_quote_is_made_once_for_a_write(tsm):
    first = tsm.entry.quote(DATA)
    extend(tsm.measurements, 3, bytes(48))
    assert read_once(tsm.entry.outblob) == first
    assert registers_of(tsm.entry.quote(DATA))[3] != registers_of(first)[3]


# --- entries ---

def test_a_client_makes_an_entry_of_its_own(tsm):
    mine = Entry(tsm.path / "report/mine")
    mine.path.mkdir()
    await_that((mine.path / "provider").exists)
    await_that(lambda: (mine.path / "provider").read_text())
    assert report_data_of(mine.quote(DATA)) == DATA
    assert (mine.generation(), tsm.entry.generation()) == (1, 0)
    for file in mine.path.iterdir():
        file.unlink()
    mine.path.rmdir()
    mine.path.mkdir()
    await_that((mine.path / "provider").exists)
    assert mine.generation() == 0


def test_there_is_a_last_entry(tsm):
    for number in range(32):
        (tsm.path / "report" / str(number)).mkdir()
    tsm.says("is not served: there are already 32 entries")
    await_that(lambda: sum(1 for _ in (tsm.path / "report").glob("*/provider")) == 32)
    assert report_data_of(tsm.entry.quote(DATA)) == DATA


def test_an_entry_that_is_no_directory_is_left_alone(tsm):
    (tsm.path / "report/file").write_text("mine")
    (tsm.path / "report/other").mkdir()
    await_that((tsm.path / "report/other/provider").exists)
    assert (tsm.path / "report/file").read_text() == "mine"
    (tsm.path / "report/file").unlink()


def test_what_is_removed_is_made_again(tsm):
    names = [*(tsm.entry.path / name for name in ("inblob", "outblob", "generation", "provider")),
             tsm.measurements / "rtmr3:sha384", tsm.events, tsm.path / "CCEL"]
    for path in names:
        path.unlink()
        await_that(path.exists)
    assert tsm.entry.quote(DATA).hex() == tsm.get_quote()["quote"]
    for path in tsm.entry.path.iterdir():
        path.unlink(missing_ok=True)
    await_that(lambda: all(path.exists() for path in names))
    assert report_data_of(tsm.entry.quote(DATA)) == DATA


# --- registers ---

def test_a_written_digest_extends_a_register(tsm):
    for index in (2, 3):
        before, digest = tsm.register(index), hashlib.sha384(bytes([index])).digest()
        extend(tsm.measurements, index, digest)
        after = hashlib.sha384(before + digest).digest()
        assert registers_of(bytes.fromhex(tsm.get_quote()["quote"]))[index] == after
        assert tsm.register(index) == after
        assert registers_of(tsm.entry.quote(DATA))[index] == after


def test_each_write_counts(tsm):
    value = tsm.register(3)
    for number in range(20):
        digest = hashlib.sha384(bytes([number // 2])).digest()  # each of them twice
        extend(tsm.measurements, 3, digest)
        value = hashlib.sha384(value + digest).digest()
    assert tsm.register(3) == value


def test_so_does_one_through_a_file_that_stays_open(tsm):
    before = tsm.register(3)
    with open(tsm.measurements / "rtmr3:sha384", "wb", buffering=0) as file:
        file.write(DATA[:48])
        assert tsm.register(3) == hashlib.sha384(before + DATA[:48]).digest()


@pytest.mark.parametrize("size", [1, 47, 49, 200])
def test_only_48_bytes_are_a_digest(tsm, size):
    before = tsm.register(3)
    write_once(tsm.measurements / "rtmr3:sha384", bytes(size), os.O_TRUNC)
    assert tsm.register(3) == before
    tsm.says("takes a digest of 48 bytes; the register is not extended")


def test_the_other_registers_stay(tsm):
    names = {"mrtd:sha384": 184, "mrconfigid": 232, "mrowner": 280, "mrownerconfig": 328}
    quote = tsm.entry.quote(DATA)
    for name, offset in names.items():
        assert (tsm.measurements / name).read_bytes() == quote[offset:offset + 48], name
    for index in (0, 1):
        before = tsm.register(index)
        if os.access(tsm.measurements / f"rtmr{index}:sha384", os.W_OK):  # root may
            extend(tsm.measurements, index, DATA[:48])
            tsm.says(f"rtmr{index}:sha384: RTMR{index} cannot be extended: RTMR2 and RTMR3 can")
        assert tsm.register(index) == before == registers_of(tsm.entry.quote(DATA))[index]


def test_the_registers_follow_the_agent(tsm):
    first = tsm.register(3)
    tsm.caller.by_json("DstackGuest.EmitEvent", {"event": "e", "payload": ""})
    assert tsm.register(3) == registers_of(bytes.fromhex(tsm.get_quote()["quote"]))[3] != first
    tsm.caller.by_json("Simulator.Reset", {})
    assert tsm.register(3) == first


# --- event logs ---

def runtime_events(tsm):
    return [json.loads(line) for line in tsm.events.read_text().splitlines()]


def test_the_runtime_events_are_those_of_the_log(tsm):
    tsm.caller.by_json("DstackGuest.EmitEvent", {"event": "caf\u00e9", "payload": "00ff"})
    told = [(event["event"], base64.b64decode(event["payload"]).hex()) for event in runtime_events(tsm)]
    assert told == [(event["event"], event["event_payload"]) for event in tsm.log() if event["imr"] == 3]
    assert told[-1] == ("caf\u00e9", "00ff")
    assert (tsm.path / "dstack/runtime_event_version").read_text() == "1"


def test_an_event_that_a_program_measures(tsm):
    """emit_runtime_event of dstack-attest: the register first, then the line, then its newline."""
    before = tsm.log()
    extend(tsm.measurements, 3, digest_of("mine", b"payload"))
    assert tsm.log() == before
    told = tsm.get_quote()
    verdict = tsm.caller.by_json("Verifier.verify", {name: told[name] for name in ("quote", "event_log", "vm_config")})
    assert not verdict.value["details"]["event_log_verified"]
    with open(tsm.events, "ab", buffering=0) as file:
        file.write(line_of("mine", b"payload"))
        file.write(b"\n")
    (event,) = tsm.log()[len(before):]
    assert (event["event"], event["event_payload"]) == ("mine", b"payload".hex())
    told = tsm.get_quote()
    verdict = tsm.caller.by_json("Verifier.verify", {name: told[name] for name in ("quote", "event_log", "vm_config")})
    assert verdict.value["is_valid"], verdict.value
    assert runtime_events(tsm)[-1]["event"] == "mine"


@pytest.mark.parametrize("line, reason", [
    (line_of("never measured", b""), "RTMR3 was not extended by the digest of this event"),
    (b"{}", "the member event is missing"), (b"no JSON", "not valid JSON"),
    (b'{"event":"e","payload":"?"}', "payload must be base64")])
def test_a_line_without_an_extension_is_left_out(tsm, line, reason):
    before = tsm.events.read_bytes()
    with open(tsm.events, "ab") as file:
        file.write(line + b"\n")
    assert tsm.events.read_bytes() == before
    tsm.says(f"a line is left out: {reason}")


def test_lines_can_only_be_appended(tsm):
    before = tsm.events.read_bytes()
    write_once(tsm.events, b"[]", os.O_TRUNC)
    assert tsm.events.read_bytes() == before
    tsm.says("was changed; lines can only be appended to it")


def ccel_events(table):
    at = 32 + struct.unpack_from("<I", table, 28)[0]
    while (head := struct.unpack_from("<IIIH", table, at))[0] != 0xffffffff:
        assert head[2:] == (1, 0xc)
        digest = table[at + 14:at + 62]
        size = struct.unpack_from("<I", table, at + 62)[0]
        yield head[0] - 1, head[1], digest.hex(), table[at + 66:at + 66 + size].hex()
        at += 66 + size


def test_the_table_has_the_boot(tsm):
    boot = [(event["imr"], event["event_type"], event["digest"], event["event_payload"])
            for event in tsm.log() if event["imr"] < 3]
    assert list(ccel_events((tsm.path / "CCEL").read_bytes())) == boot


def test_event_logs_of_version_2(home):
    compose = home.parent / "v2.json"
    compose.write_text(json.dumps({"manifest_version": 2, "name": "n", "runner": "docker-compose",
                                   "docker_compose_file": "services: {}", "event_log_version": 2}))
    with Directory(home, "--dstack-os", "0.6", "--app-compose", compose) as tsm:
        assert (tsm.path / "dstack/runtime_event_version").read_text() == "2"
        assert {event["version"] for event in runtime_events(tsm)} == {2}
        preimage = json.dumps({"name": "mine", "payload": "00", "type": RUNTIME}, separators=(",", ":"))
        extend(tsm.measurements, 3, hashlib.sha384(preimage.encode()).digest())
        with open(tsm.events, "ab") as file:
            file.write(json.dumps({"event": "mine", "payload": "AA==", "version": 2}).encode() + b"\n")
        assert bytes.fromhex(tsm.log()[-1]["preimage"]).decode() == preimage


# --- the directory ---

def test_nothing_is_left(home):
    with Directory(home) as tsm:
        tsm.entry.quote(DATA)
        (tsm.path / "report/mine").mkdir()
        (tsm.path / "dstack/runtime_event.lock").touch()
    assert not tsm.path.exists()
    tsm.path.mkdir()
    with tsm:
        tsm.entry.quote(DATA)
    assert list(tsm.path.iterdir()) == []


def test_nothing_is_left_of_entries_made_at_the_end(home):
    with Directory(home) as tsm:
        for name in ("noticed", "too-late"):
            (tsm.path / "report" / name).mkdir()
            while not (tsm.path / "report/noticed/provider").exists():
                pass  # after it, changes are not looked at for some milliseconds
    assert not tsm.path.exists()


def test_after_a_crash_the_next_one_goes_on(home):
    tsm = Directory(home)
    with tsm:
        (tsm.path / "report/mine").mkdir()
        await_that((tsm.path / "report/mine/provider").exists)
        tsm.entry.quote(DATA)
        tsm.simulator.process.send_signal(signal.SIGKILL)
        tsm.simulator.process.wait(SECONDS)
        tsm.simulator.kill()
        client = threading.Thread(target=write_once, args=(tsm.entry.inblob, DATA))
        client.start()  # waits for someone who reads
        tsm.simulator.ready.unlink()
        tsm.simulator.start()
        client.join(SECONDS)
        assert not client.is_alive()
        assert report_data_of(read_once(tsm.entry.outblob)) == DATA
        assert [path.name for path in (tsm.path / "report").iterdir()] == ["com.intel.dcap"]
        tsm.simulator.stop()
        tsm.simulator.kill()


def test_one_directory_is_for_one_simulator(tsm, home):
    other = Simulator(home / "other", "--tsm-dir", tsm.path).run_to_its_end()
    assert (other.returncode, other.stderr) == (
        2, f"dstack-simulator: --tsm-dir: {tsm.path} is in use by process {tsm.simulator.process.pid}; "
           "each simulator needs a directory of its own\n")
    assert tsm.entry.quote(DATA)


def refusal(home, path, *options):
    ended = Simulator(home, "--tsm-dir", path, *options).run_to_its_end()
    assert ended.returncode == 2
    return ended.stderr.removeprefix("dstack-simulator: --tsm-dir: ").rstrip()


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_directories_that_are_refused(home, options):
    full, file, deep = home / "full", home / "file", home / ("d" * 210)
    full.mkdir(parents=True)
    (full / "precious").write_text("data")
    file.write_text("data")
    assert refusal(home, full, *options) == f"{full} holds something else: name an empty directory, or a new one"
    assert refusal(home, file, *options) == f"{file} is not a directory"
    assert refusal(home, home / "no/where", *options) == (
        f"cannot create the directory {home}/no/where: No such file or directory")
    assert refusal(home, deep, *options).startswith(f"{deep} is too long: libraries take at most")
    assert [path.name for path in full.iterdir()] == ["precious"]


def test_checking_makes_nothing(home):
    checked = Simulator(home, "--check", "--tsm-dir", home / "tsm").run_to_its_end()
    assert checked.returncode == 0, checked.stderr
    assert not (home / "tsm").exists()


def test_the_start_says_how_to_find_it(tsm):
    for setting in (f"DCAP_TDX_QUOTE_CONFIGFS_PATH={tsm.entry.path}", f"DCAP_TDX_RTMR_SYSFS_PATH={tsm.measurements}",
                    f"DSTACK_CCEL_FILE={tsm.path}/CCEL"):
        tsm.says(setting)


def test_without_leases_who_waits_is_served(home, without):
    with started(without("leases"), home) as tsm:
        tsm.says("has no leases: who reads outblob without waiting for the generation may get an earlier quote")
        for number in range(5):
            data = hashlib.sha512(bytes([number])).digest()
            assert report_data_of(tsm.entry.quote(data)) == data
        before = tsm.register(3)
        extend(tsm.measurements, 3, digest_of("mine", b""))
        assert registers_of(bytes.fromhex(tsm.get_quote()["quote"]))[3] == hashlib.sha384(
            before + digest_of("mine", b"")).digest()
        with open(tsm.events, "ab") as file:
            file.write(line_of("mine", b"") + b"\n")
        assert tsm.log()[-1]["event"] == "mine"
        tsm.caller.by_json("Simulator.Reset", {})
        await_that(lambda: tsm.register(3) == before)


def test_the_limit_of_watches_is_named(home, without):
    with without("watches"):
        told = refusal(home, home / "tsm")
    assert told == (f"cannot watch {home}/tsm/report: no space left on device; "
                    "raise /proc/sys/fs/inotify/max_user_watches")
    assert not (home / "tsm").exists()
