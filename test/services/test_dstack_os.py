"""The OS image that --dstack-os chooses: its version is told, it is measured, and it decides whether apps
may extend RTMR3."""

import http.client
import json
import socket
import subprocess
import urllib.error

import pytest

from simulator import PROGRAM, Simulator
from support import Simulated, registers, replay

VERSIONS = {"0.5": "0.5.11", "0.6": "0.6.0"}
REMOVED = ("EmitEvent was removed in dstack 0.6.0; runtime RTMR3 events are system-owned and cannot be extended by "
           "apps")


@pytest.fixture(scope="module")
def processes(directory):
    """A simulator for each image."""
    started = {line: Simulator(directory / line, "--dstack-os", line).start() for line in VERSIONS}
    yield started
    for process in started.values():
        process.stop()


@pytest.fixture(scope="module")
def images(processes):
    return {line: Simulated(process.url) for line, process in processes.items()}


class OverSocket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def header(connection, path, verb="GET"):
    """X-App-Version of the answer, or None."""
    connection.request(verb, path)
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("X-App-Version")


def test_the_default_is_0_5(start, images):
    info, other = start().call("DstackGuest.Info"), images["0.5"].call("DstackGuest.Info")
    for name in ("app_id", "instance_id", "os_image_hash", "mr_aggregated"):
        assert info[name] == other[name]


@pytest.mark.parametrize("line", VERSIONS)
def test_status_and_dashboard_tell_the_version(images, line):
    assert images[line].call("Simulator.Status")["os_version"] == VERSIONS[line]
    state = images[line].call("Dashboard.State")
    assert state["os_version"] == VERSIONS[line]
    assert state["can_emit"] is (line == "0.5")


@pytest.mark.parametrize("line", VERSIONS)
def test_version_is_the_simulator_s_own(images, line):
    assert images[line].call("DstackGuest.Version") == images[line].call("Worker.Version")
    assert images[line].call("DstackGuest.Version")["version"] == images[line].call("Simulator.Status")["version"]


@pytest.mark.parametrize("line", VERSIONS)
def test_all_that_the_public_socket_answers_has_the_version(images, processes, line):
    connection = OverSocket(processes[line].socket("external.sock"))
    expected = f"v{VERSIONS[line]} (git:{images[line].call('Worker.Version')['rev']})"
    for path in ("/prpc/Worker.Version", "/prpc/Info", "/", "/metrics", "/nothing/here"):
        assert header(connection, path) == expected, path
    assert header(connection, "/", "POST") == expected
    connection.close()


def test_elsewhere_only_workers_methods_have_it(processes):
    everything = http.client.HTTPConnection(*processes["0.6"].tcp)
    assert header(everything, "/prpc/Worker.Info").startswith("v0.6.0 ")
    for path in ("/Info", "/prpc/Simulator.Status", "/metrics", "/nothing/here"):
        assert header(everything, path) is None, path
    everything.close()
    for name in ("dstack.sock", "tappd.sock", "guest.sock"):
        connection = OverSocket(processes["0.6"].socket(name))
        assert header(connection, "/prpc/Version") is None, name
        connection.close()


def test_the_images_have_nothing_in_common(images):
    quotes = [images[line].quote()["quote"] for line in VERSIONS]
    for first, second in zip(*map(registers, quotes)):
        assert first != second
    assert len({images[line].call("DstackGuest.Info")["os_image_hash"] for line in VERSIONS}) == 2


@pytest.mark.parametrize("line", VERSIONS)
def test_quotes_of_either_image_verify(images, line):
    simulated = images[line]
    told = simulated.call("DstackGuest.GetQuote", report_data="1234")
    assert replay(json.loads(told["event_log"])) == registers(bytes.fromhex(told["quote"]))
    assert simulated.verify(bytes.fromhex(told["quote"])).status == "UpToDate"
    attested = simulated.call("DstackGuest.Attest", report_data="1234")["attestation"]
    for request in ({name: told[name] for name in ("quote", "event_log", "vm_config")},
                    {"attestation": told["attestation"]}, {"attestation": attested}):
        answer = simulated.post("/verify", request)
        assert answer["is_valid"] is True, answer
        assert answer["details"]["app_info"]["os_image_hash"] == simulated.call("DstackGuest.Info")["os_image_hash"]


def test_apps_emit_events_on_0_5_only(images):
    assert images["0.5"].call("DstackGuest.EmitEvent", event="mine", payload="00") is None
    before = images["0.6"].quote()
    for arguments in ({"event": "mine", "payload": "00"}, {"event": ""}, {}):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            images["0.6"].call("DstackGuest.EmitEvent", **arguments)
        assert refusal.value.code == 400
        assert json.load(refusal.value) == {"error": REMOVED}
    assert images["0.6"].quote() == before


def test_the_environment_chooses_too(directory, monkeypatch):
    monkeypatch.setenv("DSTACK_SIMULATOR_DSTACK_OS", "0.6")
    with Simulator(directory / "environment") as process:
        assert Simulated(process.url).call("Simulator.Status")["os_version"] == "0.6.0"
    assert "OS image      dstack 0.6.0" in process.stdout()


@pytest.mark.parametrize("version", ["0.6.0", "0.7", "v0.5"])
def test_other_versions_are_refused(version):
    ended = subprocess.run([PROGRAM, "--dstack-os", version, "--check"], capture_output=True, text=True, timeout=60,
                           check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f'dstack-simulator: --dstack-os: "{version}" is neither 0.5 nor 0.6')
