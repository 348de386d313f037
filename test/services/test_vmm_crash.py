"""What was answered is there after a crash: the simulator is killed at every call with which it writes its state,
in turn, and each of these calls fails once. calls.c does that from within."""

import contextlib
import errno
import http.client
import itertools
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from messages import Caller
from simulator import PROGRAM, SECONDS, Simulator
from vms import COMPOSE, SMALL, info, wait_for

OTHER_COMPOSE = COMPOSE.replace("small", "other")
CALLS = Path(__file__).with_name("calls.c")


@pytest.fixture(scope="module")
def library(directory):
    if not shutil.which("cc"):
        pytest.skip("cc not found")
    if b"/ld-" not in Path(PROGRAM).read_bytes()[:4096]:
        pytest.skip("the program is linked statically")
    path = directory / "calls.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", path, CALLS, "-ldl"], check=True)
    return path


class Crashing:
    """A simulator with a state directory that begins as a copy of a template, and dies where it is told to."""

    def __init__(self, directory, library, template=None):
        self.state = directory / "state"
        self.plan = directory / "plan"
        self.library = library
        self.simulator = Simulator(directory, "--socket-dir", "none", "--log-level", "off", "--state-dir", self.state)
        shutil.rmtree(self.state, ignore_errors=True)
        self.plan.unlink(missing_ok=True)
        if template:
            shutil.copytree(template, self.state)

    def start(self):
        """With the library; raises SimulatorFailed if it dies before it is ready."""
        self.simulator.ready.unlink(missing_ok=True)
        asan = os.environ.get("ASAN_OPTIONS", "")
        settings = {"LD_PRELOAD": str(self.library), "CALLS_PLAN": str(self.plan),
                    "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0".strip(":")}
        with contextlib.ExitStack() as stack:
            for name, value in settings.items():
                stack.callback(os.environ.__setitem__, name, os.environ[name]) if name in os.environ else (
                    stack.callback(os.environ.pop, name))
                os.environ[name] = value
            self.simulator.start()
        return Caller(self.simulator.url)

    def has_crashed(self):
        code = self.simulator.process.poll()
        assert code in (None, -signal.SIGKILL), code
        return code is not None

    def restart(self):
        self.simulator.kill()
        self.plan.unlink(missing_ok=True)
        self.simulator.ready.unlink(missing_ok=True)
        self.simulator.start()
        return Caller(self.simulator.url)


def listed(caller):
    return {vm["id"]: vm for vm in caller.by_json("Teepod.Status", {}).value["vms"]}


@pytest.fixture(scope="module")
def template(directory, library):
    """Its state directory, and its VMs: `runs` runs, `rests` is stopped."""
    crashing = Crashing(directory / "template", library)
    caller = crashing.start()
    vms = {}
    for name in ("runs", "rests"):
        vms[name] = caller.by_json("Teepod.CreateVm", {**SMALL, "name": name}).value["id"]
        wait_for(caller, vms[name], "done")
    assert caller.by_json("Teepod.StopVm", {"id": vms["rests"]}).status == 200
    vms["instances"] = {vm: shown["instance_id"] for vm, shown in listed(caller).items()}
    crashing.simulator.kill()
    return crashing.state, vms


def settle(caller, crashing, vms):
    """Until every VM has booted that is to, or the simulator has died."""
    try:
        for vm, shown in listed(caller).items():
            if shown["status"] == "running" and vm in vms:
                wait_for(caller, vm, "done")
    except (OSError, http.client.HTTPException, ValueError):
        crashing.simulator.process.wait(SECONDS)  # its sockets are closed before it can be waited for


# --- what is done, and what is true afterwards if it was answered; each gets the VMs and the answer ---

def created(after, vms, answer):
    new = [vm for vm in after if vm not in vms["instances"]]
    assert len(new) == 1 and answer in (None, {"id": new[0]})
    assert after[new[0]]["status"] == "running"
    assert after[new[0]]["configuration"]["compose_file"] == OTHER_COMPOSE


def updated(after, vms, _answer):
    assert after[vms["runs"]]["configuration"]["compose_file"] == OTHER_COMPOSE


def resized(after, vms, _answer):
    assert after[vms["rests"]]["configuration"]["vcpu"] == 3


def removed(after, vms, _answer):
    assert vms["runs"] not in after


def stopped(after, vms, _answer):
    assert after[vms["runs"]]["status"] == "stopped"


def shut_down(after, vms, _answer):
    assert after[vms["runs"]]["status"] == "stopped"


def started(after, vms, _answer):
    assert after[vms["rests"]]["status"] == "running"


def first_stopped(after, _vms, _answer):
    assert next(iter(after.values()))["status"] == "stopped"


OPERATIONS = {
    "create": ("CreateVm", lambda vms: {**SMALL, "name": "new", "compose_file": OTHER_COMPOSE}, created),
    "update": ("UpdateVm", lambda vms: {"id": vms["runs"], "compose_file": OTHER_COMPOSE}, updated),
    "resize": ("ResizeVm", lambda vms: {"id": vms["rests"], "vcpu": 3}, resized),
    "remove": ("RemoveVm", lambda vms: {"id": vms["runs"]}, removed),
    "stop": ("StopVm", lambda vms: {"id": vms["runs"]}, stopped),
    "shut down": ("ShutdownVm", lambda vms: {"id": vms["runs"]}, shut_down),
    "start": ("StartVm", lambda vms: {"id": vms["rests"]}, started),
    "stop the first": ("StopVm", lambda vms: {"id": next(iter(vms["instances"]))}, first_stopped),
}


def holds(check, after, vms, answer):
    try:
        check(after, vms, answer)
    except AssertionError:
        return False
    return True


def assert_whole(after, vms, answer, check, was_answered):
    """All is as before but for what was done, which is done if it was answered, and if not, done or not."""
    before = dict(vms["instances"])
    if was_answered:
        check(after, vms, answer)
    if check is created and set(after) - set(before):
        created(after, vms, answer)
        after = {vm: shown for vm, shown in after.items() if vm in before}
    if check is removed and vms["runs"] not in after:
        del before[vms["runs"]]
    assert {vm: shown["instance_id"] for vm, shown in after.items()} == before
    for name, status in (("runs", "running"), ("rests", "stopped")):
        if vms[name] in after and not holds(check, after, vms, answer):
            assert after[vms[name]]["status"] == status
            assert after[vms[name]]["configuration"]["compose_file"] == COMPOSE


def outcome_of(caller, method, arguments):
    try:
        return caller.by_json(f"Teepod.{method}", arguments)
    except (OSError, http.client.HTTPException):
        return None


def after_restart(crashing):
    caller = crashing.restart()
    for vm, shown in listed(caller).items():
        if shown["status"] == "running":
            assert wait_for(caller, vm, "done")["boot_error"] == ""
    after = listed(caller)
    crashing.simulator.kill()
    assert not (crashing.state / ".new").exists()
    return after


def planned(directory, library, template, plan):
    """For each call in turn, by its number: a simulator whose VMs have booted, and whose next calls go by the plan."""
    state, vms = template
    for number in itertools.count(1):
        crashing = Crashing(directory, library, state)
        caller = crashing.start()
        settle(caller, crashing, vms["instances"])
        crashing.plan.write_text(plan.format(number))
        yield number, crashing, caller


@pytest.mark.parametrize("name, how", [*((name, "kill") for name in OPERATIONS), ("create", "tear"), ("update", "tear")])
def test_a_crash_loses_nothing_that_was_answered(directory, library, template, name, how):
    vms = template[1]
    method, arguments, check = OPERATIONS[name]
    for number, crashing, caller in planned(directory / "crash", library, template, f"{how} {{}}"):
        outcome = outcome_of(caller, method, arguments(vms))
        assert outcome is None or outcome.status == 200, outcome.value
        answer = outcome.value if outcome else None
        settle(caller, crashing, {*vms["instances"], *([answer["id"]] if method == "CreateVm" and outcome else [])})
        has_crashed = crashing.has_crashed()
        assert_whole(after_restart(crashing), vms, answer, check, outcome is not None)
        if not has_crashed:
            assert outcome and number > 2
            return


def test_a_crash_of_the_start_loses_nothing(directory, library, template):
    state, vms = template
    for number in itertools.count(1):
        crashing = Crashing(directory / "crash", library, state)
        crashing.plan.write_text(f"kill {number}")
        try:
            caller = crashing.start()
            settle(caller, crashing, vms["instances"])
        except Exception:  # noqa: BLE001
            assert crashing.has_crashed()
        has_crashed = crashing.has_crashed()
        assert_whole(after_restart(crashing), vms, None, lambda *_: None, False)
        if not has_crashed:
            assert number > 8
            return


# --- a disk that is full or cannot be written to ---

@pytest.mark.parametrize("name, cause", [*((name, "ENOSPC") for name in OPERATIONS), ("create", "EROFS"),
                                         ("remove", "EIO")])
def test_what_cannot_be_written_is_refused_and_not_done(directory, library, template, name, cause):
    vms = template[1]
    method, arguments, check = OPERATIONS[name]
    plan = f"fail {{}} {getattr(errno, cause)}"
    for number, crashing, caller in planned(directory / "full", library, template, plan):
        outcome = caller.by_json(f"Teepod.{method}", arguments(vms))
        if outcome.status == 200:  # what follows the answer goes on without being kept
            crashing.simulator.kill()
            assert number > 2
            return
        crashing.plan.unlink()
        verb = "remove" if name == "remove" else "write"
        assert outcome.status == 500
        assert outcome.value.startswith(f"cannot {verb} {crashing.state}/")
        assert outcome.value.endswith(f": {os.strerror(getattr(errno, cause))}")
        assert not holds(check, listed(caller), vms, None)
        assert_whole(listed(caller), vms, None, check, False)
        after = after_restart(crashing)
        assert not holds(check, after, vms, None)
        assert_whole(after, vms, None, check, False)
