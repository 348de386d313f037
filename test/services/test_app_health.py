"""v1.Worker.Health, which gateways poll: from a file that the app writes, for an app with containers, and by
hand. An app that does not ask for health checks is healthy."""

import json
import os
import time

import pytest

from messages import Caller
from simulator import Simulator
from wire import wait_until

HEALTHY = {"healthy": True, "unhealthy": [], "error": ""}
ASKED = {"health_check": True}
IN_A_FILE = {"health_check": True, "health_status_file": "/dstack/health"}


def unhealthy(name, status, error=""):
    return {"healthy": False, "unhealthy": [{"name": name, "status": status}], "error": error}


def file_says(what):
    return unhealthy("<health_file>", what)


@pytest.fixture
def app(tmp_path):
    """app(requirements, *options) gives a running simulator of such an app on an image of 0.6."""
    started = []

    def with_requirements(requirements, *options, line="0.6", version="3"):
        compose = tmp_path / "app-compose.json"
        compose.write_text(json.dumps({"name": "checked", "manifest_version": version, "runner": "docker-compose",
                                       "requirements": requirements}))
        simulator = Simulator(tmp_path / "simulator", "--dstack-os", line, "--app-compose", compose, *options).start()
        started.append(simulator)
        return simulator, Caller(simulator.url)

    yield with_requirements
    for simulator in started:
        simulator.stop()


def health(caller):
    """The same in every encoding, whatever the answer is."""
    first, *others = caller.by_all("v1.Worker.Health", {})
    assert first.status == 200 and others == [first] * len(others)
    return first.value


def wait_for(caller, expected):
    wait_until(lambda: caller.by_json("v1.Worker.Health", {}).value == expected, expected)
    assert health(caller) == expected


def write(path, state, written=None):
    """As apps should: complete, or not at all."""
    new = path.with_suffix(".new")
    new.write_text(f"{state}\n{int(time.time()) if written is None else written}\n")
    os.replace(new, path)


# --- who asks for it ---

def test_the_default_app_does_not_ask(start):
    for line in ("0.5", "0.6"):
        assert health(Caller(start("--dstack-os", line).url)) == HEALTHY


@pytest.mark.parametrize("requirements", [{}, {"health_check": False}, {"health_check": None},
                                          {"health_status_file": "/dstack/health"}])
def test_an_app_that_does_not_ask_is_healthy(app, requirements):
    assert health(app(requirements)[1]) == HEALTHY


def test_an_old_image_does_not_know_of_it(app):
    assert health(app(ASKED, line="0.5", version=2)[1]) == HEALTHY


# --- the file ---

def test_an_instance_leaves_and_comes_back(app, tmp_path):
    file = tmp_path / "health"
    simulator, caller = app(IN_A_FILE, "--health-file", file)
    wait_for(caller, file_says("health file has not been written yet"))
    write(file, "healthy")
    wait_for(caller, HEALTHY)
    write(file, "Unhealthy")
    wait_for(caller, file_says("app reports unhealthy"))
    write(file, "HEALTHY")
    wait_for(caller, HEALTHY)
    file.unlink()
    wait_for(caller, file_says("health file has not been written yet"))
    lines = [line for line in simulator.stderr().splitlines() if "app health of TD 1" in line]
    assert [line.partition("TD 1: ")[2] for line in lines] == [
        "unhealthy: <health_file>: health file has not been written yet", "healthy",
        "unhealthy: <health_file>: app reports unhealthy", "healthy",
        "unhealthy: <health_file>: health file has not been written yet"]


@pytest.mark.parametrize("text, rule", [
    ("", "is empty"), ("healthy\n", "must have two lines"), ("healthy\nsecret-Aeph9uxa\n", "line 2 is not"),
    ("secret-Aeph9uxa\n9999999999\n", "line 1 is neither"), ("healthy\n1000000000\n", "is stale")])
def test_a_broken_rule_is_named_and_the_file_is_not_shown(app, tmp_path, text, rule):
    file = tmp_path / "health"
    file.write_text(text)
    simulator, caller = app(IN_A_FILE, "--health-file", file)
    wait_until(lambda: rule in json.dumps(health(caller)), rule)
    assert health(caller)["healthy"] is False and health(caller)["error"] == ""
    assert "secret" not in json.dumps(health(caller)) + simulator.stderr()
    assert str(tmp_path) not in json.dumps(health(caller))  # nor where it is on this machine


def test_a_fifo_does_not_stop_anything(app, tmp_path):
    file = tmp_path / "health"
    os.mkfifo(file)
    caller = app(IN_A_FILE, "--health-file", file)[1]
    wait_for(caller, file_says("health file is not a regular file"))


def test_the_file_needs_a_place_on_this_machine(app):
    wait_for(app(IN_A_FILE)[1], file_says("health file is nowhere on this machine: start with --health-file"))


# --- containers ---

def test_without_containers_an_app_is_not_healthy(app):
    wait_for(app(ASKED)[1], unhealthy("<compose>", "no container has been created yet"))


# --- by hand ---

@pytest.fixture(scope="module")
def caller(start):
    return Caller(start().url)


def set_health(caller, **arguments):
    outcome = caller.by_json("Simulator.SetHealth", arguments)
    assert outcome.status == 200, outcome.value
    return outcome.value["health"]


def test_a_test_decides_by_hand(caller):
    assert set_health(caller, state="starting", name="web") == {
        "checked": False, "by_hand": True, "healthy": False, "verdict": "unhealthy: web: starting"}
    assert health(caller) == unhealthy("web", "starting")
    set_health(caller, state="unhealthy")
    assert health(caller) == unhealthy("app", "unhealthy")
    set_health(caller, state="unhealthy", error="größe 🚀")
    assert health(caller) == {"healthy": False, "unhealthy": [], "error": "größe 🚀"}
    assert set_health(caller, state="healthy")["by_hand"] is True
    assert health(caller) == HEALTHY
    assert set_health(caller) == {"checked": False, "by_hand": False, "healthy": True, "verdict": "healthy"}


def test_reset_ends_what_was_set(caller):
    set_health(caller, state="unhealthy")
    caller.by_json("Simulator.Reset", {})
    assert health(caller) == HEALTHY


def test_an_app_that_asks_can_be_set_too(app):
    caller = app(ASKED)[1]
    set_health(caller, state="healthy")
    assert health(caller) == HEALTHY
    assert caller.by_json("Dashboard.State", {}).value["health"] == {
        "checked": True, "by_hand": True, "healthy": True, "verdict": "healthy"}
    shown = set_health(caller)
    assert (shown["checked"], shown["by_hand"], shown["healthy"]) == (True, False, False)


@pytest.mark.parametrize("arguments, sentence", [
    ({"state": "well"}, "state must be healthy, starting or unhealthy"), ({"name": "web"}, "name and error are for"),
    ({"state": "healthy", "error": "why"}, "name and error are for"),
    ({"state": "starting", "name": "n" * 64}, "name must have at most 63 bytes"),
    ({"state": "starting", "error": "e" * 256}, "error must have at most 255 bytes")])
def test_what_cannot_be_set(caller, arguments, sentence):
    before = health(caller)
    for outcome in caller.by_all("Simulator.SetHealth", arguments):
        assert outcome.status == 400 and sentence in outcome.value
    assert health(caller) == before


def test_a_fault_is_no_answer_at_all(caller):
    caller.by_json("Simulator.SetFault", {"method": "v1.Worker.Health", "status": 503, "times": 1})
    assert caller.by_json("v1.Worker.Health", {}).status == 503
    assert health(caller) == HEALTHY
