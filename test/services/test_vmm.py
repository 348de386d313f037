"""Deploying TDs as vmm-cli.py and the dstack CLI do: over the VMM's methods, in JSON and protobuf,
on TCP and on vmm.sock. What is deployed is a TD of its own."""

import contextlib
import hashlib
import http.client
import json
import re
import socket
import stat
import subprocess
import urllib.parse

import pytest

from messages import Caller
from simulator import PROGRAM, Simulator
from vms import COMPOSE, SMALL, by_socket, deploy, http_get, info, sockets_of, status_of, wait_for, wait_until


@pytest.fixture
def simulator(directory, request):
    # A short name: a socket's path has little room.
    name = hashlib.sha256(request.node.name.encode()).hexdigest()[:6]
    with Simulator(directory / name) as started:
        yield started


@pytest.fixture
def caller(simulator):
    return Caller(simulator.url)


# --- what is deployed ---

def test_a_deployment_is_a_td(simulator, caller):
    vm = deploy(caller, name="web", vcpu=2, memory=4096)
    shown = info(caller, vm)
    directory = sockets_of(simulator, vm)
    assert sorted(path.name for path in directory.iterdir()) == [
        "dstack.sock", "external.sock", "guest.sock", "tappd.sock"]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes == {"dstack.sock": 0o777, "tappd.sock": 0o777, "external.sock": 0o777, "guest.sock": 0o600}
    identity = by_socket(directory / "dstack.sock", "Info")
    assert identity["app_id"] == shown["app_id"] == hashlib.sha256(COMPOSE.encode()).hexdigest()[:40]
    assert identity["instance_id"] == shown["instance_id"]
    config = json.loads(identity["vm_config"])
    assert (config["cpu_count"], config["memory_size"]) == (2, 4096 << 20)


def test_a_td_boots_before_the_next_request(caller):
    for _ in range(40):
        vm = caller.by_json("Teepod.CreateVm", {**SMALL, "compose_file": COMPOSE}).value["id"]
        assert info(caller, vm)["boot_progress"] == "done"


def test_tds_share_nothing_of_their_own(simulator, caller):
    """Ten that differ in size, image, compose file and provider; /verify accepts each."""
    composes = [json.dumps({"manifest_version": 2, "name": name, "runner": "docker-compose", **more})
                for name, more in (("a", {}), ("b", {"kms_enabled": True}), ("c", {"no_instance_id": False}))]
    seen = set()
    for number in range(10):
        vm = deploy(caller, name=f"vm {number}", vcpu=1 + number % 3, memory=2048 if number % 2 else 4096,
                    image=("dstack-0.5.11", "dstack-0.6.0")[number % 2], compose_file=composes[number % 3])
        directory = sockets_of(simulator, vm)
        quoted = by_socket(directory / "dstack.sock", "GetQuote", {"report_data": "00"})
        verdict = caller.by_json("Verifier.verify", {
            "quote": quoted["quote"], "event_log": quoted["event_log"], "vm_config": quoted["vm_config"]}).value
        assert verdict["is_valid"], verdict
        instance = by_socket(directory / "dstack.sock", "Info")["instance_id"]
        seen.update([instance, quoted["quote"][2 * 520:2 * 568]])
    assert len(seen) == 20


def test_the_instance_id_follows_from_the_seed_that_is_told(caller):
    shown = info(caller, deploy(caller))
    told = json.loads(next(event["body"] for event in shown["events"] if event["event"] == "instance.info"))
    digest = hashlib.sha256(bytes.fromhex(told["instance_id_seed"]) + bytes.fromhex(shown["app_id"])).hexdigest()
    assert told["instance_id"] == shown["instance_id"] == digest[:40]


def test_apps_have_keys_of_their_own(simulator, caller):
    mine = json.dumps({"manifest_version": 2, "name": "mine", "runner": "docker-compose", "kms_enabled": True})
    vms = [deploy(caller, compose_file=text) for text in (mine, mine, mine.replace("mine", "other"))]
    keys = [by_socket(sockets_of(simulator, vm) / "dstack.sock", "GetKey")["key"] for vm in vms]
    assert keys[0] == keys[1] != keys[2]


def test_a_given_app_id_is_kept(simulator, caller):
    vm = deploy(caller, app_id="0x" + "AB" * 20)
    assert info(caller, vm)["app_id"] == "ab" * 20
    assert by_socket(sockets_of(simulator, vm) / "dstack.sock", "Info")["app_id"] == "ab" * 20
    refused = caller.by_json("Teepod.CreateVm", {**SMALL, "app_id": "abcd"})
    assert refused.status == 400 and "app_id must have 20 bytes" in refused.value


def test_a_mapping_to_the_agents_port_is_served(caller):
    with socket.socket() as held:  # until the VM has it
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        mapping = {"protocol": "tcp", "host_port": port, "vm_port": 8090, "host_address": "127.0.0.1"}
        vm = deploy(caller, ports=[mapping])
    shown = json.loads(http_get("127.0.0.1", port, "/prpc/Worker.Info"))
    assert shown["instance_id"] == info(caller, vm)["instance_id"]
    assert "Service not found" in http_get("127.0.0.1", port, "/prpc/GetQuote", status=404)
    assert info(caller, vm)["configuration"]["ports"] == [mapping]
    taken = caller.by_json("Teepod.CreateVm", {**SMALL, "ports": [mapping]})
    assert taken.status == 400 and "host port mapping conflicts with VM" in taken.value


def test_a_port_for_each_td(directory):
    with Simulator(directory / "ports", "--vm-ports", "--socket-dir", "none") as simulator:
        caller = Caller(simulator.url)
        vms = [deploy(caller) for _ in range(2)]
        for vm in vms:
            shown = info(caller, vm)
            url = next(event["body"] for event in shown["events"] if event["event"] == "simulator.url")
            assert Caller(url).by_json("DstackGuest.Info", {}).value["instance_id"] == shown["instance_id"]
            (listed,) = caller.by_json("Deployments.List", {"keyword": vm}).value["deployments"]
            assert listed["url"] == url


# --- its life ---

def test_stop_closes_and_start_boots_again(simulator, caller):
    vm = deploy(caller)
    dstack = sockets_of(simulator, vm) / "dstack.sock"
    before = by_socket(dstack, "Info")
    by_socket(dstack, "EmitEvent", {"event": "e", "payload": "00"})
    caller.by_json("Teepod.StopVm", {"id": vm})
    wait_until(lambda: status_of(caller, vm) == "stopped")
    assert not dstack.exists() and not sockets_of(simulator, vm).exists()
    caller.by_json("Teepod.StartVm", {"id": vm})
    wait_for(caller, vm, "done")
    after = by_socket(dstack, "Info")
    assert after["instance_id"] == before["instance_id"]
    assert json.loads(after["tcb_info"])["rtmr3"] == json.loads(before["tcb_info"])["rtmr3"]


def test_an_update_takes_effect_at_the_next_start(simulator, caller):
    vm = deploy(caller)
    dstack = sockets_of(simulator, vm) / "dstack.sock"
    before = by_socket(dstack, "Info")
    compose = COMPOSE.replace("small", "changed")
    answer = caller.by_json("Teepod.UpgradeApp", {"id": vm, "compose_file": compose}).value
    assert answer["id"] == hashlib.sha256(compose.encode()).hexdigest()[:40]
    assert caller.by_json("Teepod.UpdateVm", {"id": vm, "user_config": "x"}).value["id"] == ""
    assert by_socket(dstack, "Info")["compose_hash"] == before["compose_hash"]
    caller.by_json("Teepod.StopVm", {"id": vm})
    caller.by_json("Teepod.StartVm", {"id": vm})
    wait_until(lambda: dstack.exists() and status_of(caller, vm) == "running")
    wait_for(caller, vm, "done")
    after = by_socket(dstack, "Info")
    assert after["app_id"] == before["app_id"]
    assert after["compose_hash"] == hashlib.sha256(compose.encode()).hexdigest()


def test_sizes_change_only_while_it_is_stopped(caller):
    vm = deploy(caller)
    refused = caller.by_json("Teepod.ResizeVm", {"id": vm, "vcpu": 4})
    assert refused == (400, f"vm should be stopped before resize: {vm}")
    assert caller.by_json("Teepod.ResizeVm", {"id": vm}) == (400, "resize request contains no updates")
    caller.by_json("Teepod.StopVm", {"id": vm})
    wait_until(lambda: status_of(caller, vm) == "stopped")
    assert caller.by_json("Teepod.ResizeVm", {"id": vm, "vcpu": 4}).status == 200
    assert info(caller, vm)["configuration"]["vcpu"] == 4


def test_removal_leaves_nothing(simulator, caller):
    vm = deploy(caller)
    assert caller.by_json("Teepod.RemoveVm", {"id": vm}).status == 200
    wait_until(lambda: not caller.by_json("Teepod.GetInfo", {"id": vm}).value["found"])
    assert not (simulator.sockets / "vms").exists()
    assert caller.by_json("Teepod.StartVm", {"id": vm}) == (400, f"VM not found: {vm}")


def test_a_process_that_runs_is_not_removed(caller):
    vm = deploy(caller)
    assert caller.by_json("Teepod.SvRemove", {"id": vm}) == (400, f"the process of VM {vm} is running: stop it first")
    assert info(caller, vm)["status"] == "running"


@pytest.mark.parametrize("ports", [(70000, 8090), (0, 8090), (18090, 0)])
def test_a_port_has_two_bytes(caller, ports):
    mapping = {"protocol": "tcp", "host_port": ports[0], "vm_port": ports[1], "host_address": "127.0.0.1"}
    assert caller.by_json("Teepod.CreateVm", {**SMALL, "ports": [mapping]}) == (
        400, "a port mapping needs host_port and vm_port from 1 to 65535")


def test_the_guest_shuts_itself_down(simulator, caller):
    vm = deploy(caller)
    by_socket(sockets_of(simulator, vm) / "guest.sock", "api/Shutdown")
    wait_until(lambda: status_of(caller, vm) == "stopped")
    assert info(caller, vm)["shutdown_progress"] == "powering off"
    assert simulator.is_running()


def test_the_first_td_stays(simulator, caller):
    first = caller.by_json("Teepod.Status", {}).value["vms"][0]
    identity = caller.by_json("DstackGuest.Info", {}).value
    assert first["instance_id"] == identity["instance_id"] and first["status"] == "running"
    assert caller.by_json("Teepod.RemoveVm", {"id": first["id"]}).status == 400
    caller.by_json("Teepod.StopVm", {"id": first["id"]})
    wait_until(lambda: status_of(caller, first["id"]) == "stopped")
    assert not (simulator.sockets / "dstack.sock").exists()
    refused = caller.by_json("DstackGuest.Info", {})
    assert refused.status == 503 and "StartVm" in refused.value
    caller.by_json("Teepod.StartVm", {"id": first["id"]})
    wait_for(caller, first["id"], "done")
    assert by_socket(simulator.sockets / "dstack.sock", "Info")["instance_id"] == identity["instance_id"]


@pytest.mark.parametrize("method, change", [
    ("UpgradeApp", {"compose_file": COMPOSE}), ("UpdateVm", {"user_config": "x"}), ("ResizeVm", {"vcpu": 9})])
def test_the_first_td_is_as_its_options_say(caller, method, change):
    first = caller.by_json("Teepod.Status", {}).value["vms"][0]
    assert caller.by_json(f"Teepod.{method}", {"id": first["id"], **change}) == (
        400, "this is the TD that the simulator starts with, as its options say: start it with another "
             "--app-compose, or deploy a TD with CreateVm")
    assert info(caller, first["id"])["configuration"] == first["configuration"]


def test_the_url_of_an_app_behind_a_gateway(caller):
    compose = json.dumps({"manifest_version": 2, "name": "g", "runner": "docker-compose", "gateway_enabled": True})
    vm = deploy(caller, compose_file=compose, gateway_urls=["https://gateway.example.com:9443"])
    shown = info(caller, vm)
    assert shown["app_url"] == f"https://{shown['instance_id']}-8090.gateway.example.com:9443"
    assert caller.by_json("Teepod.UpdateVm", {"id": vm, "compose_file": COMPOSE}).status == 200
    assert info(caller, vm)["app_url"] is None
    assert info(caller, deploy(caller, compose_file=compose))["app_url"] is None


def test_a_boot_can_be_made_to_fail(caller):
    caller.by_json("Simulator.SetFault", {"method": "Boot", "status": 500, "message": "no KMS", "times": 1})
    vm = caller.by_json("Teepod.CreateVm", SMALL).value["id"]
    shown = wait_for(caller, vm, "done")
    assert shown["boot_error"] == "no KMS"
    assert shown["events"][-1]["event"] == "boot.error"


# --- the program's own commands ---

def run(simulator, *arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments), "--socket-dir", simulator.sockets], capture_output=True,
                          text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def test_deploy_ps_logs_and_rm(simulator, caller, directory):
    compose = directory / "shop.yml"
    compose.write_text("services:\n  web:\n    image: nginx\n")
    code, told, _ = run(simulator, "deploy", compose)
    assert code == 0
    endpoint = re.search(r"^export DSTACK_SIMULATOR_ENDPOINT=(.*)$", told, re.M)[1]
    vm = re.search(r"^VM +(.*)$", told, re.M)[1]
    assert by_socket(endpoint, "Info")["instance_id"] in told
    assert info(caller, vm)["name"] == "shop"
    assert "docker_compose_file" in info(caller, vm)["configuration"]["compose_file"]
    code, listed, _ = run(simulator, "ps")
    assert code == 0 and re.search(rf"^{vm} +running .* shop$", listed, re.M)
    assert len(listed.splitlines()) == 1 + len(caller.by_json("Teepod.Status", {}).value["vms"])
    code, log, _ = run(simulator, "logs", vm[:6])
    assert code == 0 and log.endswith("dstack-prepare: done\n")
    assert run(simulator, "rm", "shop") == (0, f"{vm}\n", "")
    wait_until(lambda: not caller.by_json("Teepod.GetInfo", {"id": vm}).value["found"])


def test_an_app_compose_is_deployed_as_it_is(simulator, caller, directory):
    compose = directory / "app-compose.json"
    compose.write_text(COMPOSE + "\n")
    code, told, _ = run(simulator, "deploy", compose, "--name", "mine")
    vm = re.search(r"^VM +(.*)$", told, re.M)[1]
    assert code == 0 and info(caller, vm)["configuration"]["compose_file"] == COMPOSE + "\n"
    assert info(caller, vm)["name"] == "mine"


@pytest.mark.parametrize("arguments, sentence", [
    (["rm", "none"], "there is no VM none; ps lists those there are"),
    (["logs", "none"], "there is no VM none"),
    (["deploy", "/no/such/file"], "/no/such/file"),
    (["deploy"], "deploy needs an argument, the app-compose or docker-compose FILE of an app"),
    (["ps", "x"], "ps takes no argument"),
    (["rm", "a", "b"], "rm takes one VM"),
    (["depoly"], "did you mean deploy?"),
])
def test_commands_that_cannot_be_run(simulator, arguments, sentence):
    code, told, error = run(simulator, *arguments)
    assert (code, told) == (2, "") and sentence in error


def test_commands_need_a_running_simulator(directory):
    idle = directory / "idle"
    idle.mkdir()
    done = subprocess.run([PROGRAM, "ps", "--socket-dir", idle], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "start dstack-simulator there" in done.stderr


# --- what is shown ---

def test_pages_and_keywords(caller):
    vms = [deploy(caller, name=f"vm-{number}") for number in range(5)]
    every = caller.by_json("Teepod.Status", {"brief": True}).value
    assert [one["id"] for one in every["vms"]][1:] == vms and every["total"] == 6
    assert all(one["configuration"] is None for one in every["vms"])
    second = caller.by_json("Teepod.Status", {"page": 2, "page_size": 2, "keyword": "vm-"}).value
    assert [one["name"] for one in second["vms"]] == ["vm-2", "vm-3"] and second["total"] == 5
    asked = caller.by_json("Teepod.Status", {"ids": [vms[3]]}).value
    assert [one["id"] for one in asked["vms"]] == [vms[3]]


def test_the_log_is_followed(simulator, caller):
    vm = deploy(caller)
    host = urllib.parse.urlsplit(simulator.url)
    text = http_get(host.hostname, host.port, f"/logs?id={vm}&follow=false&ansi=false&lines=2")
    assert text == "dstack-prepare: starting containers\ndstack-prepare: done\n"
    with contextlib.closing(http.client.HTTPConnection(host.hostname, host.port, timeout=60)) as connection:
        connection.request("GET", f"/logs?id={vm}&follow=true&lines=0")
        following = connection.getresponse()  # its head comes once the log is followed
        caller.by_json("Teepod.RemoveVm", {"id": vm})
        assert following.read().startswith(b"dstack-vmm: the VM is stopping\n")
    assert "VM not found" in http_get(host.hostname, host.port, "/logs?id=none", status=404)
    assert "Unknown channel x" in http_get(host.hostname, host.port, f"/logs?id={vm}&ch=x", status=400)


def test_the_guest_is_asked_through_the_vmm(caller):
    vm = deploy(caller)
    assert caller.by_json("GuestProxy.Info", {"id": vm}).value["instance_id"] == info(caller, vm)["instance_id"]
    caller.by_json("Teepod.StopVm", {"id": vm})
    wait_until(lambda: status_of(caller, vm) == "stopped")
    assert "the VM is not running" in caller.by_json("GuestProxy.Info", {"id": vm}).value


def test_vmm_sock_is_private_and_has_the_bare_names(simulator):
    path = simulator.sockets / "vmm.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert by_socket(path, "prpc/GetMeta?json")["resources"]["max_cvm_number"] > 0
    assert by_socket(path, "prpc/Version?json") == by_socket(path, "prpc/Teepod.Version?json")


def test_a_path_that_is_too_long_is_refused(directory):
    deep = directory / ("d" * 45)
    with Simulator(deep) as simulator:
        caller = Caller(simulator.url)
        for stopped in (False, True):
            refused = caller.by_json("Teepod.CreateVm", {**SMALL, "stopped": stopped})
            assert refused.status == 400 and "a socket path can have at most 107 bytes" in refused.value
        assert len(caller.by_json("Teepod.Status", {}).value["vms"]) == 1


def test_when_descriptors_run_out(directory):
    simulator = Simulator(directory / "few")
    command = simulator.command
    simulator.command = lambda *options: ["sh", "-c", 'ulimit -n 128 && exec "$@"', "sh", *command(*options)]
    with simulator:
        caller = Caller(simulator.url)
        vms = []
        while (outcome := caller.by_json("Teepod.CreateVm", SMALL)).status == 200:
            vms.append(outcome.value["id"])
        assert outcome.status == 500
        assert re.fullmatch(r"\d+ more sockets cannot be open: the limit of open files is 128, and clients need some; "
                            r"stop or remove VMs, or start the simulator with a higher ulimit -n", outcome.value)
        assert len(vms) > 10
        others = [Caller(simulator.url) for _ in range(10)]  # some are left for clients
        assert all(other.by_json("DstackGuest.Version", {}).status == 200 for other in others)
        for other in others:
            other.connection.close()
        for vm in vms:
            assert wait_for(caller, vm, "done")["boot_error"] == ""
        stopped = caller.by_json("Teepod.CreateVm", {**SMALL, "stopped": True}).value["id"]
        assert caller.by_json("Teepod.StartVm", {"id": stopped}).status == 500
        assert caller.by_json("Teepod.StopVm", {"id": vms[0]}).status == 200
        wait_until(lambda: status_of(caller, vms[0]) == "stopped")
        assert caller.by_json("Teepod.StartVm", {"id": stopped}).status == 200
        assert wait_for(caller, stopped, "done")["boot_error"] == ""


def test_a_killed_simulator_leaves_no_sockets_for_long(directory):
    with Simulator(directory / "killed") as simulator:
        vms = [deploy(Caller(simulator.url)) for _ in range(2)]
        served = sockets_of(simulator, vms[1]) / "dstack.sock"
        simulator.kill()
        assert served.exists()
        served.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(served))
            other.listen()
            simulator.ready.unlink()
            simulator.start()
            assert not sockets_of(simulator, vms[0]).exists() and served.exists()
        simulator.kill()
        simulator.ready.unlink()
        simulator.start()
        assert not (simulator.sockets / "vms").exists()
        simulator.stop()


def test_fifty_at_once(caller):
    vms = [caller.by_json("Teepod.CreateVm", {**SMALL, "name": str(number)}).value["id"] for number in range(50)]
    for vm in vms:
        assert wait_for(caller, vm, "done", seconds=30)["boot_error"] == ""


def test_a_thousand_can_exist(directory):
    with Simulator(directory / "many", "--socket-dir", "none", "--log-level", "off") as simulator:
        caller = Caller(simulator.url)
        vms = [caller.by_json("Teepod.CreateVm", {**SMALL, "name": str(number), "stopped": True}).value["id"]
               for number in range(1000)]
        for vm in vms[::10]:
            assert caller.by_json("Teepod.StartVm", {"id": vm}).status == 200
        for vm in vms[::10]:
            assert wait_for(caller, vm, "done")["boot_error"] == ""
        listed = caller.by_json("Teepod.Status", {"brief": True}).value
        assert [shown["id"] for shown in listed["vms"]][1:] == vms
        for vm in reversed(vms):
            assert caller.by_json("Teepod.RemoveVm", {"id": vm}).status == 200
        assert len(caller.by_json("Teepod.Status", {}).value["vms"]) == 1
