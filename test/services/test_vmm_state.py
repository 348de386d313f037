"""Deployments that survive the simulator, in the directory of --state-dir."""

import hashlib
import json
import os
import stat
import time

import pytest

from messages import Caller
from simulator import Simulator
from vms import COMPOSE, SMALL, info, wait_for

KMS_COMPOSE = '{"manifest_version":2,"name":"k","runner":"docker-compose","kms_enabled":true}'


@pytest.fixture
def simulator(directory, request):
    name = hashlib.sha256(request.node.name.encode()).hexdigest()[:6]
    simulator = Simulator(directory / name, "--vm-ports", "--state-dir", directory / name / "state")
    simulator.state = directory / name / "state"
    with simulator:
        yield simulator


def restart(simulator):
    """As after a crash: nothing is said to the one that was."""
    simulator.kill()
    simulator.ready.unlink()
    simulator.start()
    return Caller(simulator.url)


def deploy(caller, **changes):
    outcome = caller.by_json("Teepod.CreateVm", {**SMALL, **changes})
    assert outcome.status == 200, outcome.value
    vm = outcome.value["id"]
    if not changes.get("stopped"):
        assert wait_for(caller, vm, "done")["boot_error"] == ""
    return vm


def listed(caller):
    return {vm["id"]: vm for vm in caller.by_json("Teepod.Status", {}).value["vms"]}


def td_of(caller, vm):
    """What its own services say of a TD."""
    url = next(e["body"] for e in reversed(info(caller, vm)["events"]) if e["event"] == "simulator.url")
    own = Caller(url)
    told = own.by_json("DstackGuest.Info", {}).value
    key = own.by_json("DstackGuest.GetKey", {"path": "a"}).value["key"]
    return (told["app_id"], told["instance_id"], told["compose_hash"], json.loads(told["tcb_info"])["rtmr3"]), key


def test_what_ran_runs_again_as_the_same_td(simulator):
    caller = Caller(simulator.url)
    vms = [deploy(caller, name="a"), deploy(caller, name="k", compose_file=KMS_COMPOSE, vcpu=2, user_config="{}")]
    before = listed(caller)
    tds = [td_of(caller, vm) for vm in vms]
    keys = {key for _, key in tds}
    for _ in range(2):
        caller = restart(simulator)
        for vm, (td, _) in zip(vms, tds):
            shown = wait_for(caller, vm, "done")
            assert shown["status"] == "running" and shown["boot_error"] == ""
            assert shown["configuration"] == before[vm]["configuration"]
            assert td_of(caller, vm)[0] == td
        keys.update(td_of(caller, vm)[1] for vm in vms)
    assert len(keys) == 4  # the KMS' stays, and without a provider each boot draws anew
    assert list(listed(caller)) == list(before)
    assert all((simulator.sockets / "vms" / vm / "dstack.sock").exists() for vm in vms)


def test_stopped_updated_and_removed(simulator):
    caller = Caller(simulator.url)
    stopped, updated, removed, never = deploy(caller), deploy(caller), deploy(caller), deploy(caller, stopped=True)
    compose = COMPOSE.replace("small", "other")
    assert caller.by_json("Teepod.StopVm", {"id": stopped}).status == 200
    assert caller.by_json("Teepod.UpdateVm", {"id": updated, "compose_file": compose}).status == 200
    assert caller.by_json("Teepod.RemoveVm", {"id": removed}).status == 200
    before = listed(caller)
    caller = restart(simulator)
    after = listed(caller)
    assert removed not in after and len(after) == 4
    assert after[stopped]["status"] == after[never]["status"] == "stopped"
    assert after[stopped]["instance_id"] == before[stopped]["instance_id"] and after[never]["instance_id"] is None
    assert after[updated]["configuration"]["compose_file"] == compose
    assert after[updated]["app_id"] == before[updated]["app_id"]
    assert wait_for(caller, updated, "done")["instance_id"] == before[updated]["instance_id"]
    assert deploy(caller) not in before


def test_the_first_td_stays_stopped(simulator):
    caller = Caller(simulator.url)
    first = next(iter(listed(caller)))
    assert caller.by_json("Teepod.StopVm", {"id": first}).status == 200
    caller = restart(simulator)
    assert listed(caller)[first]["status"] == "stopped"
    assert caller.by_json("DstackGuest.Info", {}).status == 503
    assert caller.by_json("Teepod.StartVm", {"id": first}).status == 200
    wait_for(caller, first, "done")
    caller = restart(simulator)
    assert caller.by_json("DstackGuest.Info", {}).status == 200


def test_more_than_the_limit_of_files_allows(simulator):
    """Those that do not fit say so, and clients still get through."""
    caller = Caller(simulator.url)
    vms = [caller.by_json("Teepod.CreateVm", SMALL).value["id"] for _ in range(30)]
    command = simulator.command
    simulator.command = lambda *options: ["sh", "-c", 'ulimit -n 128 && exec "$@"', "sh", *command(*options)]
    caller = restart(simulator)
    errors = [wait_for(caller, vm, "done")["boot_error"] for vm in vms]
    assert errors[0] == "" and "sockets cannot be open: the limit of open files is 128" in errors[-1]
    callers = [Caller(simulator.url) for _ in range(8)]
    assert all(one.by_json("Teepod.Version", {}).status == 200 for one in callers)


def test_only_the_owner_may_look(simulator):
    deploy(Caller(simulator.url))
    assert stat.S_IMODE(simulator.state.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in simulator.state.iterdir()} == {0o600}


def test_a_second_simulator_is_refused(simulator, directory):
    other = Simulator(directory / "second", "--state-dir", simulator.state).run_to_its_end()
    assert other.returncode == 2 and other.stdout == ""
    assert other.stderr == (f"dstack-simulator: --state-dir: {simulator.state} is in use by process "
                            f"{simulator.process.pid}; each simulator needs a directory of its own\n")
    assert simulator.is_running()


def test_a_file_that_is_broken_is_one_sentence(simulator):
    caller = Caller(simulator.url)
    good, bad = deploy(caller), deploy(caller)
    (simulator.state / f"{bad}.json").write_text("{}")
    caller = restart(simulator)
    assert not (simulator.sockets / "vms" / bad).exists()
    assert bad not in listed(caller) and wait_for(caller, good, "done")["status"] == "running"
    said = [line for line in simulator.stderr().splitlines() if " warn " in line]
    assert len(said) == 1 and said[0].endswith(
        f"{simulator.state}/{bad}.json: the member version is missing; the VM is left out, and the file as it is")


@pytest.mark.parametrize("make, sentence", [
    (lambda path: path.write_text(""), "{} is not a directory"),
    (lambda path: path.symlink_to("/no/such/place"), "cannot open the directory {}: No such file or directory"),
    (lambda path: (path.mkdir(), (path / ".lock").symlink_to("x")),
     "cannot write {}/.lock: Too many levels of symbolic links"),
])
def test_what_is_no_directory_of_ours(directory, make, sentence):
    path = directory / f"no{time.monotonic_ns()}"
    make(path)
    ended = Simulator(directory / "no", "--state-dir", path).run_to_its_end()
    assert ended.returncode == 2
    assert ended.stderr == f"dstack-simulator: --state-dir: {sentence.format(path)}\n"


def test_it_is_checked_and_not_made(directory):
    simulator = Simulator(directory / "check", "--check", "--state-dir", directory / "later")
    assert simulator.run_to_its_end().returncode == 0 and not (directory / "later").exists()
    (directory / "later").write_text("")
    ended = simulator.run_to_its_end()
    assert (ended.returncode, ended.stderr) == (
        2, f"dstack-simulator: --state-dir: {directory}/later is not a directory\n")


def test_a_read_only_directory(directory):
    if os.geteuid() == 0:
        path, reason = "/proc/none", "cannot create the directory /proc/none: No such file or directory"
    else:
        path = directory / "ro"
        path.mkdir(0o500)
        reason = f"cannot write {path}/.lock: Permission denied"
    ended = Simulator(directory / "no", "--state-dir", path).run_to_its_end()
    assert (ended.returncode, ended.stderr) == (2, f"dstack-simulator: --state-dir: {reason}\n")
