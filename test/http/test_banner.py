"""What a person reads when the simulator has started."""
import json
import subprocess

from conftest import PROGRAM
from wire import wait_until


def banner(directory, *options):
    """All that it writes to stdout from start to end, and where it serves."""
    ready = directory / "ready"
    process = subprocess.Popen([PROGRAM, "--socket-dir", "none", "--ready-file", ready, *options], text=True, cwd=directory,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        wait_until(ready.exists, "the ready file")
        endpoints = json.loads(ready.read_text())["endpoints"]
        process.terminate()
        return process.communicate(timeout=30)[0], endpoints
    finally:
        process.kill()
        process.wait()


def rows(text):
    """The first word of each line with the rest of it."""
    return [tuple(line.strip().split(maxsplit=1)) for line in text.splitlines() if line.startswith("  ")]


def test_it_says_where_to_look(tmp_path):
    text, (endpoint,) = banner(tmp_path, "--listen", "127.0.0.1:0")
    port = endpoint["url"].rpartition(":")[2]
    assert ("Endpoints", endpoint["url"]) in rows(text)
    assert ("Dashboard", f"http://localhost:{port}/") in rows(text)
    assert ("export", f"DSTACK_SIMULATOR_ENDPOINT=http://localhost:{port}") in rows(text)
    assert "Injected" not in text
    assert "ready in " in text


def test_no_dashboard_where_there_is_none(tmp_path):
    text, _ = banner(tmp_path, "--listen", "127.0.0.1:0=dstack")
    assert "Dashboard" not in text


def exported(text):
    return [row[1] for row in rows(text) if row[0] == "export"]


def test_the_sdks_are_sent_where_their_calls_are_answered(tmp_path):
    """The first listener may offer only something else."""
    text, endpoints = banner(tmp_path, "--listen", "127.0.0.1:0=kms", "--listen", "127.0.0.1:0")
    port = endpoints[1]["url"].rpartition(":")[2]
    assert exported(text) == [f"DSTACK_SIMULATOR_ENDPOINT=http://localhost:{port}"]
    assert ("Dashboard", f"http://localhost:{port}/") in rows(text)


def test_the_sdks_are_sent_to_a_socket_where_no_port_answers_them(tmp_path):
    text, _ = banner(tmp_path, "--listen", "127.0.0.1:0=kms,collateral", "--listen", "unix:x.sock=worker",
                     "--listen", "unix:y.sock=dstack")
    assert exported(text) == [f"DSTACK_SIMULATOR_ENDPOINT={tmp_path.resolve()}/y.sock"]
    assert "Dashboard" not in text


def test_no_address_for_the_sdks_where_their_calls_are_not_answered(tmp_path):
    text, _ = banner(tmp_path, "--listen", "127.0.0.1:0=kms,collateral", "--listen", "unix:x.sock=worker")
    assert exported(text) == []
    assert "export" not in text


def test_it_says_what_is_wrong_on_purpose(tmp_path):
    text, _ = banner(tmp_path, "--listen", "127.0.0.1:0", "--fault", "GetQuote=500,times=2", "--fault", "*=delay=5",
                     "--tcb-status", "OutOfDate", "--advisory", "INTEL-SA-00837", "--debug-td")
    assert [row[1] for row in rows(text) if row[0] == "Injected"] == [
        "TCB status OutOfDate, advisories: 1",
        "TD in debug mode",
        "GetQuote: fails with 500, 2 more times",
        "every method: delayed by 5 ms",
    ]
