"""What an app-compose file asks of an OS image of dstack 0.6, and what an image of 0.5 says of it."""

import hashlib
import json

import pytest

from simulator import Simulator
from support import Simulated

TOKEN = "no one guesses these thirty-two bytes"
IGNORED = ("app-compose: event_log_version, init_script and requirements are measured or checked only by an OS image "
           "of dstack 0.6: start with --dstack-os 0.6")
NEWER = {"event_log_version": 2, "init_script": "echo", "requirements": {"os_version": ">=9"}}


@pytest.fixture
def app(tmp_path):
    """app(line, user_config=None, **members) gives a simulator that is not started, with this app."""
    def with_members(line, user_config=None, **members):
        path = tmp_path / "app-compose.json"
        path.write_text(json.dumps({"name": "newer", "runner": "docker-compose", "kms_enabled": True, **members}))
        options = ["--dstack-os", line, "--app-compose", path]
        if user_config is not None:
            (tmp_path / "user-config").write_text(json.dumps(user_config))
            options += ["--user-config", tmp_path / "user-config"]
        return Simulator(tmp_path, *options)

    return with_members


def refusal(simulator):
    """What it says on stderr when it does not start."""
    ended = simulator.run_to_its_end()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("dstack-simulator: --app-compose: ")
    return ended.stderr.partition("app-compose.json: ")[2].rstrip("\n")


def test_an_old_image_says_once_what_it_ignores(app):
    with app("0.5", manifest_version=2, **NEWER) as simulator:
        events = [event["event"] for event in Simulated(simulator.url).quote()["event_log"]]
        assert "init-script-hash" not in events and "gpu-policy-hash" not in events
        assert all("version" not in event for event in Simulated(simulator.url).quote()["event_log"])
        Simulated(simulator.url).call("Simulator.Reset")
    assert simulator.stderr().count(IGNORED) == 1


def test_a_check_says_so_too(app):
    ended = app("0.5", manifest_version=2, **NEWER).run_to_its_end("--check")
    assert (ended.returncode, ended.stdout) == (0, "options and files are valid\n")
    assert ended.stderr == f"dstack-simulator: {IGNORED}\n"


def test_there_is_nothing_to_say_on_0_6_or_of_an_older_app(app):
    for line, members in (("0.6", {"event_log_version": 2, "init_script": "echo"}), ("0.5", {})):
        ended = app(line, **members).run_to_its_end("--check")
        assert (ended.returncode, ended.stderr) == (0, "")


def test_an_old_image_refuses_a_manifest_that_is_a_string(app):
    assert refusal(app("0.5", manifest_version="3")) == (
        'manifest_version is the string "3", which needs an OS image of dstack 0.6: start with --dstack-os 0.6')


@pytest.mark.parametrize("members, reason", [
    ({"manifest_version": "4"}, 'manifest_version is "4", but dstack 0.6 knows only 1 to 3'),
    ({"requirements": {}}, 'requirements need manifest_version "3"'),
    ({"manifest_version": "3", "requirements": {"os_version": ">=0.6.1"}}, "the TD boots an OS image of dstack 0.6.0"),
    ({"manifest_version": "3", "requirements": {"platforms": []}}, "platforms is empty"),
    ({"manifest_version": "3", "requirements": {"tdx_measure_acpi_tables": True}}, "only those of TDX lite"),
    ({"manifest_version": "3", "requirements": {"gpu_policy": {"rego": 1}}}, "gpu_policy: rego must be a string"),
    ({"manifest_version": "3", "requirements": {"os_versoin": "*"}}, "did you mean os_version?"),
    ({"manifest_version": "3", "requirements": {"health_check": 1}}, "health_check must be true or false"),
], ids=str)
def test_a_new_image_refuses_what_it_does_not_meet(app, members, reason):
    assert reason in refusal(app("0.6", **members))


def test_requirements_that_are_met(app):
    requirements = {"os_version": "0.6", "platforms": ["dstack-tdx"], "tdx_measure_acpi_tables": False,
                    "gpu_policy": {"attest_gpu": True}, "health_check": False}
    with app("0.6", manifest_version="3", requirements=requirements) as simulator:
        simulated = Simulated(simulator.url)
        told = simulated.call("DstackGuest.GetQuote", report_data="")
        assert simulated.post("/verify", {name: told[name] for name in ("quote", "event_log", "vm_config")})["is_valid"]


def test_a_launch_token(app):
    digest = hashlib.sha256(f"dstack-launch-token/v1:{TOKEN}".encode()).hexdigest()
    requirements = {"launch_token_hash": digest}
    with app("0.6", {"dstack": {"launch_token": TOKEN}}, manifest_version="3", requirements=requirements) as simulator:
        pass
    assert TOKEN not in simulator.stderr() + simulator.stdout()
    for config in ({"dstack": {"launch_token": TOKEN + "x"}}, {}, None):
        reason = refusal(app("0.6", config, manifest_version="3", requirements=requirements))
        assert "launch_token_hash: " in reason and TOKEN not in reason


def test_a_user_config_that_does_not_exist(app):
    ended = app("0.6").run_to_its_end("--user-config", "/nowhere/at/all")
    assert ended.returncode == 2
    assert ended.stderr.startswith("dstack-simulator: --user-config: ")
