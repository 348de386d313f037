"""Each TD at /vm/<id>/ of a listener that serves the VMM: with the methods, and the rights, that the
listener has for the first one."""

import hashlib
import json

import pytest

from messages import JSON, Caller
from simulator import Simulator
from vms import COMPOSE, UnixConnection, by_socket, deploy, info, sockets_of, status_of, wait_until

NEVER = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def simulator(directory):
    with Simulator(directory / "p", "--listen", "127.0.0.1:0=vmm", "--listen", "127.0.0.1:0=worker", "--listen",
                   "127.0.0.1:0=dstack,vmm") as started:
        yield started


@pytest.fixture(scope="module")
def callers(simulator):
    """Of the main port, and of those that serve the VMM alone, Worker, and both dstack and the VMM."""
    return [Caller(endpoint["url"]) for endpoint in simulator.endpoints if endpoint.get("url")]


@pytest.fixture(scope="module")
def main(callers):
    return callers[0]


@pytest.fixture(scope="module")
def web(main):
    return deploy(main, name="web", compose_file=COMPOSE.replace("small", "web"))


def post(caller, path, arguments=None):
    """The status and what was answered."""
    status, content_type, body = caller.exchange("POST", path, json.dumps(arguments or {}), JSON)
    return status, json.loads(body) if content_type == JSON else body.decode()


def right(caller, path, arguments=None):
    status, answer = post(caller, path, arguments)
    assert status == 200, answer
    return answer


def state(caller, vm):
    return right(caller, f"/vm/{vm}/prpc/Dashboard.State")


# --- whose answer it is ---

def test_it_is_the_td_of_the_sockets(simulator, main, web):
    own = by_socket(sockets_of(simulator, web) / "dstack.sock", "Info")
    for path in "Info", "v0/Info", "prpc/DstackGuest.Info":
        assert right(main, f"/vm/{web}/{path}")["instance_id"] == own["instance_id"] == info(main, web)["instance_id"]
    assert right(main, "/Info")["instance_id"] != own["instance_id"]


def test_the_first_td_has_a_path_too(main):
    shown = right(main, "/prpc/Dashboard.State")
    assert state(main, shown["vm"])["instance_id"] == shown["instance_id"]


def test_what_is_done_there_is_done_to_that_td(main, web):
    before = right(main, "/prpc/Dashboard.State")
    right(main, f"/vm/{web}/EmitEvent", {"event": "mine", "payload": "00"})
    shown = state(main, web)
    assert shown["events"][-1]["name"] == "mine" and shown["app_name"] == "web"
    right(main, f"/vm/{web}/prpc/Simulator.Reset")
    assert state(main, web)["event_count"] == shown["event_count"] - 1
    assert right(main, "/prpc/Dashboard.State")["rtmrs"] == before["rtmrs"]
    assert right(main, "/prpc/Dashboard.State")["generation"] == before["generation"]


def test_its_quote_is_accepted(main, web):
    quote = right(main, f"/vm/{web}/GetQuote", {"report_data": "00"})
    verdict = right(main, "/verify", {name: quote[name] for name in ("quote", "event_log", "vm_config")})
    assert verdict["is_valid"]
    assert verdict["details"]["app_info"]["compose_hash"] == hashlib.sha256(
        COMPOSE.replace("small", "web").encode()).hexdigest()


# --- what a page is told ---

def test_the_page_is_told_which_td_it_shows(main, web):
    shown = state(main, web)
    assert shown["has_vmm"] and shown["vm"] == web and not shown["read_only"]


def test_where_the_vmm_is_not_served_nothing_is_told(callers, web):
    shown = right(callers[2], "/prpc/Dashboard.State")
    assert not shown["has_vmm"] and not shown["vm"]
    assert post(callers[2], f"/vm/{web}/prpc/Dashboard.State")[0] == 404


def test_without_control_there_is_no_such_path(directory):
    with Simulator(directory / "n", "--no-control") as started:
        caller = Caller(started.url)
        assert not right(caller, "/prpc/Dashboard.State")["has_vmm"]
        assert post(caller, f"/vm/{NEVER}/prpc/Dashboard.State")[0] == 404


# --- what may be done ---

def test_a_listener_of_the_vmm_may_only_look(callers, web):
    shown = state(callers[1], web)
    assert shown["read_only"] and shown["has_vmm"] and shown["app_name"] == "web"
    for method in "EmitEvent", "GetKey", "GetQuote", "prpc/Simulator.Reset", "prpc/Simulator.DecryptEnv", \
            "api/SysInfo":
        assert post(callers[1], f"/vm/{web}/{method}")[0] == 404, method


def test_a_listener_has_what_it_serves(callers, web):
    assert right(callers[3], f"/vm/{web}/Info")["instance_id"] == info(callers[0], web)["instance_id"]
    assert post(callers[3], f"/vm/{web}/prpc/Simulator.Status")[0] == 404
    assert state(callers[3], web)["read_only"]


def test_a_td_shows_no_other_one(simulator, web):
    """Not even to itself: its own listeners have no such path."""
    for name in "dstack.sock", "external.sock", "guest.sock":
        connection = UnixConnection(sockets_of(simulator, web) / name)
        connection.request("GET", f"/vm/{web}/Info")
        assert connection.getresponse().status == 404
        connection.close()


def test_a_private_app_is_private_where_nothing_can_be_changed(callers, main):
    vm = deploy(main, compose_file='{"name":"secret","public_tcbinfo":false}')
    assert state(callers[1], vm)["is_private"] and not state(callers[1], vm)["rtmrs"]
    assert not state(main, vm)["is_private"] and state(main, vm)["rtmrs"]


def test_another_site_may_not_call(main, web):
    main.connection.request("POST", f"/vm/{web}/EmitEvent", '{"event":"x"}', {
        "Content-Type": JSON, "Sec-Fetch-Site": "cross-site"})
    response = main.connection.getresponse()
    assert response.status == 403 and b"cross-site" in response.read()


# --- when there is none ---

def test_an_unknown_id_is_told(main):
    assert post(main, f"/vm/{NEVER}/Info") == (404, {"error": f"VM not found: {NEVER}"})
    assert post(main, "/vm//Info")[0] == post(main, f"/vm/{NEVER}")[0] == post(main, "/vm/")[0] == 404


def test_a_td_that_does_not_run_says_so(main):
    vm = deploy(main)
    assert state(main, vm)["vm"] == vm
    main.by_json("Teepod.StopVm", {"id": vm})
    wait_until(lambda: status_of(main, vm) == "stopped")
    status, answer = post(main, f"/vm/{vm}/prpc/Dashboard.State")
    assert status == 503 and answer == {"error": "this TD is stopped; the VMM starts it (StartVm)"}
    main.by_json("Teepod.RemoveVm", {"id": vm})
    assert post(main, f"/vm/{vm}/prpc/Dashboard.State")[0] == 404


def test_a_boot_that_failed_is_told(main):
    outcome = main.by_json("Teepod.CreateVm", {"name": "bad", "image": "dstack-0.5.11", "vcpu": 1, "memory": 2048,
                                               "compose_file": "{"})
    wait_until(lambda: info(main, outcome.value["id"])["boot_error"])
    status, answer = post(main, f"/vm/{outcome.value['id']}/Info")
    assert status == 503 and answer["error"].startswith("this TD did not boot: ")


def test_polling_fills_no_list_of_requests(main):
    before = right(main, "/prpc/Dashboard.State")["requests_total"]
    post(main, f"/vm/{NEVER}/prpc/Dashboard.State")
    assert right(main, "/prpc/Dashboard.State")["requests_total"] == before
