"""The encrypted environment of a deployment, from the KMS's key to what its owner sees."""

import json
import stat

import pytest
from dstack_sdk import EnvVar, encrypt_env_vars_sync

from messages import Caller
from simulator import Simulator
from vms import SMALL, by_socket, deploy, http_get, info, sockets_of, status_of, wait_for, wait_until

SECRET = "value-kei2ooX7-ö"
NAMES = ["API_KEY", "EMPTY"]
COMPOSE = json.dumps({"manifest_version": 2, "name": "env", "runner": "docker-compose", "kms_enabled": True,
                      "allowed_envs": NAMES})
SEALED = [EnvVar("API_KEY", SECRET), EnvVar("PATH", "/evil"), EnvVar("EMPTY", "")]


@pytest.fixture(scope="module")
def simulator(directory):
    with Simulator(directory / "e", "--log-level", "debug") as started:
        yield started


@pytest.fixture
def caller(simulator):
    return Caller(simulator.url)


def seal(caller, app_id, variables, service="KMS"):
    key = caller.by_json(f"{service}.GetAppEnvEncryptPubKey", {"app_id": app_id}).value["public_key"]
    return encrypt_env_vars_sync(variables, key)


APP_ID = "5e" * 20


def decrypted(simulator, vm):
    return by_socket(sockets_of(simulator, vm) / "guest.sock", "prpc/Simulator.DecryptEnv")


def restart(caller, vm):
    caller.by_json("Teepod.StopVm", {"id": vm})
    wait_until(lambda: status_of(caller, vm) == "stopped")
    caller.by_json("Teepod.StartVm", {"id": vm})
    wait_until(lambda: info(caller, vm)["boot_progress"] != "running")
    return wait_for(caller, vm, "done")


@pytest.mark.parametrize("service", ["KMS", "Teepod"])
def test_the_owner_sees_what_was_decrypted(simulator, caller, service):
    vm = deploy(caller, compose_file=COMPOSE, app_id=APP_ID, encrypted_env=seal(caller, APP_ID, SEALED, service))
    assert decrypted(simulator, vm) == {"env": [{"key": "API_KEY", "value": SECRET}, {"key": "EMPTY", "value": ""}],
                                        "dropped": ["PATH"]}
    assert stat.S_IMODE((sockets_of(simulator, vm) / "guest.sock").stat().st_mode) == 0o600
    log = http_get(*simulator.tcp, f"/logs?id={vm}")
    assert "decrypted the environment: 2 variables" in log and "dropped 1 variables" in log
    for told in log, simulator.stderr(), simulator.stdout(), json.dumps(info(caller, vm)):
        assert SECRET not in told and "/evil" not in told


@pytest.mark.parametrize("socket", ["dstack.sock", "tappd.sock", "external.sock"])
def test_others_do_not(simulator, caller, socket):
    vm = deploy(caller, compose_file=COMPOSE, app_id=APP_ID, encrypted_env=seal(caller, APP_ID, SEALED))
    with pytest.raises(AssertionError, match="not found|not served"):
        by_socket(sockets_of(simulator, vm) / socket, "prpc/Simulator.DecryptEnv")


@pytest.mark.parametrize("method", ["UpgradeApp", "UpdateVm"])
def test_an_update_replaces_it_at_the_next_start(simulator, caller, method):
    vm = deploy(caller, compose_file=COMPOSE, app_id=APP_ID, encrypted_env=seal(caller, APP_ID, SEALED))
    changed = seal(caller, APP_ID, [EnvVar("API_KEY", "new"), EnvVar("MORE", "x")])
    wider = json.dumps({**json.loads(COMPOSE), "allowed_envs": [*NAMES, "MORE"]})
    caller.by_json(f"Teepod.{method}", {"id": vm, "encrypted_env": changed})
    assert decrypted(simulator, vm)["env"][0]["value"] == SECRET
    assert restart(caller, vm)["boot_error"] == ""
    assert decrypted(simulator, vm) == {"env": [{"key": "API_KEY", "value": "new"}], "dropped": ["MORE"]}
    caller.by_json(f"Teepod.{method}", {"id": vm, "compose_file": wider})
    restart(caller, vm)
    assert [one["key"] for one in decrypted(simulator, vm)["env"]] == ["API_KEY", "MORE"]


def test_what_is_sealed_for_another_app_ends_the_boot(caller):
    sealed = seal(caller, "11" * 20, SEALED)
    vm = caller.by_json("Teepod.CreateVm", {**SMALL, "compose_file": COMPOSE, "encrypted_env": sealed}).value["id"]
    assert "encrypted for another app" in wait_for(caller, vm, "done")["boot_error"]


def test_without_a_kms_it_is_ignored(simulator, caller):
    vm = deploy(caller, encrypted_env=seal(caller, APP_ID, SEALED), app_id=APP_ID)
    assert "the encrypted environment is ignored" in http_get(*simulator.tcp, f"/logs?id={vm}")
    with pytest.raises(AssertionError, match="is ignored"):
        decrypted(simulator, vm)


def test_strict_sockets_have_no_control(directory):
    with Simulator(directory / "s", "--strict") as simulator:
        caller = Caller(simulator.url)
        with pytest.raises(AssertionError, match="ound"):
            decrypted(simulator, deploy(caller))
