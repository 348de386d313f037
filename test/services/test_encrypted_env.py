"""An environment that the SDK encrypts for the app's key is decrypted by DecryptEnv and by
the command, and refused when it is damaged, for another app, or names what is not allowed."""

import json
import os
import subprocess
import sys

import httpx
import pytest
from dstack_sdk import EnvVar, encrypt_env_vars_sync

from simulator import PROGRAM

VARS = [EnvVar("API_KEY", "it's \"ö\" $x `id` \\ \n世界"), EnvVar("EMPTY", "")]
COMPOSE = {"name": "env", "kms_enabled": True, "allowed_envs": ["API_KEY", "EMPTY"]}


@pytest.fixture(name="app", scope="module")
def fixture_app(directory, start):
    path = directory / "env.json"
    path.write_text(json.dumps(COMPOSE))
    return path, start("--app-compose", str(path))


def key_of(simulated, app_id=None):
    app_id = app_id or simulated.call("DstackGuest.Info")["app_id"]
    return simulated.call("KMS.GetAppEnvEncryptPubKey", app_id=app_id)["public_key"]


def refusal(simulated, encrypted):
    response = httpx.post(simulated.url + "/prpc/Simulator.DecryptEnv", json={"encrypted_env": encrypted}, timeout=30)
    assert response.status_code == 400
    return response.json()["error"]


def test_what_the_sdk_encrypts_comes_back(app):
    _, simulated = app
    encrypted = encrypt_env_vars_sync(VARS, key_of(simulated))
    answer = simulated.call("Simulator.DecryptEnv", encrypted_env=encrypted)
    assert answer == {"env": [{"key": var.key, "value": var.value} for var in VARS], "dropped": []}


def test_names_that_are_not_allowed_are_dropped(app, start, tmp_path):
    compose, simulated = app
    encrypted = encrypt_env_vars_sync([EnvVar("PATH", "/evil"), *VARS, EnvVar("HOME", "x")], key_of(simulated))
    answer = simulated.call("Simulator.DecryptEnv", encrypted_env=encrypted)
    assert answer == {"env": [{"key": var.key, "value": var.value} for var in VARS], "dropped": ["PATH", "HOME"]}
    path = tmp_path / "encrypted-env"
    path.write_text(encrypted)
    done = subprocess.run([PROGRAM, "decrypt-env", path, "--app-compose", compose], capture_output=True, text=True,
                          timeout=30, check=True)
    assert "API_KEY" in done.stdout and "PATH" not in done.stdout
    assert "PATH is not in the app's allowed_envs, so the app does not get it" in done.stderr
    checked = subprocess.run([PROGRAM, "--check", "--encrypted-env", path, "--app-compose", compose],
                             capture_output=True, text=True, timeout=30, check=True)
    assert "2 of 4 variables in the encrypted environment are not in the app's allowed_envs" in checked.stderr
    assert "PATH" not in checked.stderr


def test_another_apps_key(app):
    _, simulated = app
    encrypted = encrypt_env_vars_sync(VARS, key_of(simulated, "11" * 20))
    assert "encrypted for another app" in refusal(simulated, encrypted)


@pytest.mark.parametrize("length", [1, 31, 59])
def test_truncated(app, length):
    _, simulated = app
    encrypted = encrypt_env_vars_sync(VARS, key_of(simulated))
    sentence = f"truncated: expected at least 60 bytes (key, IV and tag), not {length}"
    assert sentence in refusal(simulated, encrypted[:2 * length])


def test_no_environment_at_all(app):
    _, simulated = app
    assert refusal(simulated, "") == "no environment was given; pass encrypted_env or start with --encrypted-env"


def test_the_last_byte_missing(app):
    _, simulated = app
    encrypted = encrypt_env_vars_sync(VARS, key_of(simulated))
    assert "damaged" in refusal(simulated, encrypted[:-2])


@pytest.mark.parametrize("order", ['decrypt-env "{path}" --app-compose "{compose}"',
                                   'decrypt-env --app-compose "{compose}" "{path}"',
                                   '--app-compose "{compose}" decrypt-env "{path}"'], ids=["after", "between", "before"])
@pytest.mark.parametrize("form", ["hex", "bytes"])
def test_a_shell_exports_what_the_command_prints(app, tmp_path, form, order):
    compose, simulated = app
    encrypted = encrypt_env_vars_sync(VARS, key_of(simulated))
    path = tmp_path / "encrypted-env"
    path.write_bytes(bytes.fromhex(encrypted) if form == "bytes" else encrypted.encode() + b"\n")
    arguments = order.format(path=path, compose=compose)
    shown = f"""{sys.executable} -c 'import os; print(os.environ["API_KEY"], os.environ["EMPTY"], sep="|", end="|")'"""
    command = f'eval "$("{PROGRAM}" {arguments})"; {shown}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == VARS[0].value + "||"


def test_a_full_disk_is_an_error(app, tmp_path):
    compose, simulated = app
    path = tmp_path / "encrypted-env"
    path.write_text(encrypt_env_vars_sync(VARS, key_of(simulated)))
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, "decrypt-env", path, "--app-compose", compose], stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert done.returncode == 1 and "cannot write to stdout" in done.stderr


def test_the_option_loads_it_at_the_start(app, start, tmp_path):
    compose, simulated = app
    path = tmp_path / "encrypted-env"
    path.write_text(encrypt_env_vars_sync(VARS, key_of(simulated)))
    loaded = start("--app-compose", str(compose), "--encrypted-env", str(path))
    assert loaded.call("Simulator.DecryptEnv")["env"][0]["key"] == "API_KEY"


@pytest.mark.parametrize("given, name", [(["--check", "--encrypted-env"], "--encrypted-env"),
                                         (["decrypt-env"], "decrypt-env")], ids=["option", "command"])
def test_a_damaged_file_ends_the_start(app, tmp_path, given, name):
    compose, _ = app
    path = tmp_path / "encrypted-env"
    path.write_bytes(os.urandom(100))
    done = subprocess.run([PROGRAM, "--app-compose", compose, *given, path], capture_output=True, text=True, timeout=30,
                          check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"dstack-simulator: {name}: {path}: the encrypted environment cannot be decrypted")
