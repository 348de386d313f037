"""The list of TDs that the dashboard shows."""

import json

import pytest

from messages import JSON, Caller
from simulator import Simulator
from vms import COMPOSE, SMALL, by_socket, deploy, info, status_of, wait_until


@pytest.fixture(scope="module")
def simulator(directory):
    with Simulator(directory / "d", "--listen", "127.0.0.1:0=worker", "--vm-ports") as started:
        yield started


@pytest.fixture(scope="module")
def caller(simulator):
    return Caller(simulator.url)


def listed(caller, keyword=""):
    outcome = caller.by_json("Deployments.List", {"keyword": keyword})
    assert outcome.status == 200, outcome.value
    return outcome.value


def row(caller, vm):
    return next(each for each in listed(caller)["deployments"] if each["id"] == vm)


def test_it_says_what_the_vmm_says(caller):
    vm = deploy(caller, name="web")
    shown, told = row(caller, vm), info(caller, vm)
    for name in "id", "name", "status", "app_id", "instance_id", "boot_progress", "boot_error":
        assert shown[name] == told[name], name
    assert shown["image"] == told["configuration"]["image"] and not shown["is_first"]


def test_the_first_td_is_marked(caller):
    first = listed(caller)["deployments"][0]
    assert first["is_first"] and first["socket"] == first["url"] == ""
    assert first["instance_id"] == caller.by_json("DstackGuest.Info", {}).value["instance_id"]


def test_its_socket_and_its_port_answer_for_it(caller):
    vm = deploy(caller, name="web")
    shown = row(caller, vm)
    assert by_socket(shown["socket"], "Info")["instance_id"] == shown["instance_id"]
    assert Caller(shown["url"]).by_json("DstackGuest.Info", {}).value["instance_id"] == shown["instance_id"]
    caller.by_json("Teepod.StopVm", {"id": vm})
    wait_until(lambda: status_of(caller, vm) == "stopped")
    assert row(caller, vm)["url"] == "" and row(caller, vm)["status"] == "stopped"


def test_a_td_that_did_not_boot_does_not_count_as_running(caller):
    before = listed(caller)
    vm = caller.by_json("Teepod.CreateVm", {**SMALL, "compose_file": "{"}).value["id"]
    wait_until(lambda: row(caller, vm)["boot_error"])
    after = listed(caller)
    assert (after["count"], after["running"]) == (before["count"] + 1, before["running"])


def test_without_sockets_none_is_told(directory):
    with Simulator(directory / "n") as started:
        started.stop()
        started.start("-d", "none")
        caller = Caller(started.url)
        assert row(caller, deploy(caller))["socket"] == ""


def test_a_keyword_chooses(caller):
    vm = deploy(caller, name="needle", compose_file=COMPOSE.replace("small", "needle"))
    before = listed(caller)
    for keyword in "needle", vm[:20], info(caller, vm)["app_id"]:
        found = listed(caller, keyword)
        assert [each["id"] for each in found["deployments"]] == [vm] and found["total"] == 1
        assert (found["count"], found["running"]) == (before["count"], before["running"])
    assert listed(caller, "nothing like it")["deployments"] == []


def test_many_are_cut_and_counted(caller):
    for number in range(205):
        caller.by_json("Teepod.CreateVm", {"name": f"many {number}", "image": "dstack-0.5.11", "vcpu": 1, "memory": 2048,
                                           "compose_file": COMPOSE, "stopped": True})
    found = listed(caller, "many ")
    assert len(found["deployments"]) == 200 and found["total"] == 205 and found["count"] > 205
    assert found["running"] < found["count"] - 200
    assert [each["name"] for each in found["deployments"]] == [f"many {number}" for number in range(200)]


def test_it_is_no_recent_request(caller):
    before = caller.by_json("Dashboard.State", {}).value["requests_total"]
    listed(caller)
    assert caller.by_json("Dashboard.State", {}).value["requests_total"] == before


def test_it_goes_with_the_vmm(simulator, directory):
    public = Caller(simulator.endpoints[1]["url"])
    assert public.exchange("POST", "/prpc/Deployments.List", "{}", JSON)[0] == 404
    with Simulator(directory / "t", "--vmm-token", "Eeshah7u") as started:
        caller = Caller(started.url)
        assert caller.exchange("POST", "/prpc/Deployments.List", "{}", JSON)[0] == 401
        caller.connection.request("POST", "/prpc/Deployments.List", "{}", {"Authorization": "Bearer Eeshah7u"})
        response = caller.connection.getresponse()
        assert response.status == 200 and json.loads(response.read())["count"] == 1
