"""What a guest reports to its host, at a URL of its own for each VM, as `dstack-util notify-host` does."""

import http.client
import json
import urllib.parse

import pytest

from messages import Caller
from simulator import Simulator
from vms import SMALL, deploy, info, status_of, wait_until

TOKEN = "token-Aeph7eeb"


@pytest.fixture(scope="module")
def simulator(directory):
    with Simulator(directory / "h", "--vmm-token", TOKEN, "--listen", "127.0.0.1:0=worker") as started:
        yield started


class WithToken(Caller):
    """As the owner of the VMM."""

    def exchange(self, verb, path, body=None, content_type=None):
        headers = {"Content-Type": content_type} if content_type else {}
        self.connection.request(verb, path, body, {**headers, "X-Admin-Token": TOKEN})
        response = self.connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read()


@pytest.fixture
def owner(simulator):
    return WithToken(simulator.url)


@pytest.fixture
def vm(owner):
    return deploy(owner)


def call(url, vm, method, arguments=None):
    """As a guest: JSON without a Content-Type, and no token."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
    connection.request("POST", f"/vm/{vm}/api/{method}?json", json.dumps(arguments) if arguments is not None else None)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def notify(simulator, vm, event, payload):
    return call(simulator.url, vm, "Notify", {"event": event, "payload": payload})


def test_who_answers(simulator, vm):
    status, answer = call(simulator.url, vm, "Info")
    assert status == 200 and answer["name"] == "dstack VMM" and answer["version"]


@pytest.mark.parametrize("event, member", [("boot.progress", "boot_progress"), ("boot.error", "boot_error"),
                                           ("shutdown.progress", "shutdown_progress")])
def test_what_is_shown_as_such(simulator, owner, vm, event, member):
    assert notify(simulator, vm, event, "as the guest says")[0] == 200
    shown = info(owner, vm)
    assert shown[member] == "as the guest says"
    last = shown["events"][-1]
    assert (last["event"], last["body"]) == (event, "as the guest says") and last["timestamp"] > 1e12


def test_other_events_are_kept(simulator, owner, vm):
    for number in range(30):
        assert notify(simulator, vm, "my.event", f"ä{number}")[0] == 200
    events = info(owner, vm)["events"]
    assert [event["body"] for event in events] == [f"ä{number}" for number in range(10, 30)]


def test_its_url_is_no_event_of_the_guest(simulator, owner, vm):
    assert notify(simulator, vm, "my.event", "http://127.0.0.1:1")[0] == 200
    (listed,) = owner.by_json("Deployments.List", {"keyword": vm}).value["deployments"]
    assert listed["id"] == vm and listed["url"] == ""


def test_limits(simulator, owner, vm):
    assert notify(simulator, vm, "boot.progress", "x" * 4097)[0] == 200
    assert info(owner, vm)["boot_progress"] == "done"
    assert notify(simulator, vm, "boot.progress", "ö" * 2048)[0] == 200
    assert info(owner, vm)["boot_progress"] == "ö" * 127  # 255 bytes are kept, in whole characters
    status, answer = notify(simulator, vm, "e" * 64, "")
    assert status == 400 and answer["error"] == "event has 64 bytes; at most 63 are allowed"


def test_it_concerns_that_vm_alone(simulator, owner, vm):
    other = deploy(owner)
    notify(simulator, vm, "boot.progress", "mine")
    assert info(owner, other)["boot_progress"] == "done"
    status, answer = notify(simulator, "00000000-0000-4000-8000-000000000000", "boot.progress", "x")
    assert status == 404 and "VM not found" in answer["error"]


def test_a_guest_that_powers_off_is_stopped(simulator, owner, vm):
    assert notify(simulator, vm, "shutdown.progress", "powering off")[0] == 200
    wait_until(lambda: status_of(owner, vm) == "stopped")
    assert info(owner, vm)["shutdown_progress"] == "powering off"


def test_a_guest_reports_before_it_has_booted(simulator, owner):
    stopped = owner.by_json("Teepod.CreateVm", {**SMALL, "stopped": True}).value["id"]
    assert notify(simulator, stopped, "boot.progress", "early")[0] == 200
    assert info(owner, stopped)["boot_progress"] == "early"


def test_there_is_no_sealing_key(simulator, vm):
    status, answer = call(simulator.url, vm, "GetSealingKey", {"quote": "00"})
    assert status == 400 and answer["error"].startswith("no key provider is running")


def test_only_where_the_vmm_is(simulator, vm):
    worker = [endpoint["url"] for endpoint in simulator.endpoints if endpoint.get("url")][1]
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(worker).netloc, timeout=60)
    connection.request("POST", f"/vm/{vm}/api/Info")
    assert connection.getresponse().status == 404
    connection.close()


def test_the_rest_of_a_vm_still_asks_for_the_token(simulator, vm):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(simulator.url).netloc, timeout=60)
    for path in "Info", "prpc/Simulator.Status", "nothing":
        connection.request("GET", f"/vm/{vm}/{path}")
        response = connection.getresponse()
        response.read()
        assert response.status == 401, path
    connection.close()
