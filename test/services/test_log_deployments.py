"""What is deployed over the VMM, and what a KMS hands out, is neither in the log nor in an error or a
console: no value of an environment, no content of a compose file, no key."""

import json
import os

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dstack_sdk import EnvVar, encrypt_env_vars_sync

from leaks import leaks, texts_of
from messages import Caller
from simulator import Simulator
from vms import SMALL, http_get, info, wait_until

SERVICE, SCRIPT, USER = "compose-value-Phoh3Eiv", "script-line-ieGh5chu", "user-config-ooTh7aed"
VARIABLE = EnvVar("PASSWORD", "env-value-Ohj5aiVa")
COMPOSE = {
    "manifest_version": 2, "name": "small", "runner": "docker-compose", "kms_enabled": True,
    "docker_compose_file": f"services:\n  web:\n    image: nginx\n    environment:\n      KEY: {SERVICE}\n",
    "pre_launch_script": f"echo {SCRIPT}", "allowed_envs": [VARIABLE.key],
}
TEXT = json.dumps(COMPOSE)
# Wrong in one place each, near what must stay secret.
WRONG_COMPOSE = [
    TEXT[:-2], TEXT[:TEXT.index(SCRIPT) + len(SCRIPT)], TEXT.replace(f'"echo {SCRIPT}"', f'"echo {SCRIPT}'),
    json.dumps({**COMPOSE, "docker_compose_file": f"services: [{SERVICE}"}),
    json.dumps({**COMPOSE, "docker_compose_file": f"{SERVICE}:\n\t- {SERVICE}"}),
    json.dumps({**COMPOSE, "docker_compose_file": {"services": SERVICE}}),
    json.dumps({**COMPOSE, "docker_compose_file": f"services: {SERVICE}"}),
    json.dumps({**COMPOSE, "pre_launch_script": [SCRIPT]}), json.dumps({**COMPOSE, "init_script": {"a": SCRIPT}}),
    json.dumps([SCRIPT, SERVICE]), f"{SCRIPT} {SERVICE}",
]


def sealed(text, public_key):
    """What the SDKs' encrypt_env_vars makes of it; they can only write proper variables."""
    ours = X25519PrivateKey.generate()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(public_key)))
    nonce = os.urandom(12)
    return ours.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) + nonce + AESGCM(shared).encrypt(
        nonce, text.encode(), None)


def environments(caller, app_id):
    """Those that are wrong: not encrypted, for another app, and with texts that are not variables."""
    key = caller.by_json("Teepod.GetAppEnvEncryptPubKey", {"app_id": app_id}).value["public_key"]
    other = caller.by_json("Teepod.GetAppEnvEncryptPubKey", {"app_id": "11" * 20}).value["public_key"]
    value = VARIABLE.value
    texts = [value, f'{{"env":[{{"key":"{value}"', json.dumps({"env": value}), json.dumps({"env": [value]}),
             json.dumps({"env": [{"key": "PASSWORD", "value": [value]}]}), json.dumps({"env": [{"key": value}]}),
             json.dumps({"env": [{"key": f"NO SUCH {value}", "value": value}]})]
    return [value.encode() * 8, bytes.fromhex(encrypt_env_vars_sync([VARIABLE], other)),
            *(sealed(text, key) for text in texts)]


def finish(caller, vm):
    """Until it has booted, or could not."""
    wait_until(lambda: info(caller, vm)["boot_progress"] == "done" or info(caller, vm)["boot_error"])
    return info(caller, vm)["boot_error"]


def deploy_everything(caller):
    """All deployments, good and bad. Returns what was said of them: errors, boot errors and consoles."""
    hashed = caller.by_json("Teepod.GetComposeHash", {**SMALL, "compose_file": TEXT}).value["hash"]
    app_id = hashed[:40]
    key = caller.by_json("Teepod.GetAppEnvEncryptPubKey", {"app_id": app_id}).value["public_key"]
    good = bytes.fromhex(encrypt_env_vars_sync([VARIABLE], key))
    whole = {**SMALL, "compose_file": TEXT, "user_config": USER, "encrypted_env": good}
    first = caller.by_json("Teepod.CreateVm", whole).value["id"]
    assert finish(caller, first) == ""
    said = []
    for changes in (*({"compose_file": text} for text in WRONG_COMPOSE),
                    *({"encrypted_env": env} for env in environments(caller, app_id))):
        created = caller.by_json("Teepod.CreateVm", {**whole, **changes})
        updated = caller.by_json("Teepod.UpdateVm", {"id": first, **changes, "update_ports": False})
        said += [outcome.value for outcome in (created, updated) if outcome.status >= 400]
        assert created.status == 200  # dstack's VMM looks at nothing: the boot says what is wrong
        said += [finish(caller, created.value["id"]), console(caller, created.value["id"])]
    return [*said, console(caller, first)]


def console(caller, vm):
    host, port = caller.connection.host, caller.connection.port
    return http_get(host, port, f"/logs?id={vm}&follow=false&ansi=false&lines=1000")


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_deployed_stays_out_of_the_log(directory, form):
    simulator = Simulator(directory / f"deployed-{form}", "--log-format", form, "--log-level", "debug",
                          "--seed", "deployed").start()
    caller = Caller(simulator.url)
    said = deploy_everything(caller)
    keys = [caller.by_json(name, arguments).value for name, arguments in (
        ("DstackGuest.GetKey", {"path": "p"}), ("DstackGuest.GetTlsKey", {}))]
    caller.connection.close()
    simulator.stop()
    secrets = list(texts_of([SERVICE, SCRIPT, USER, VARIABLE.value, VARIABLE.value.encode()]))
    log = simulator.stdout() + simulator.stderr()
    failed = [text for text in said if "compose" in text or "environment" in text]
    assert len(failed) > 2 * len(WRONG_COMPOSE) and log.count("Teepod.CreateVm") > len(WRONG_COMPOSE)
    assert leaks("\n".join(map(str, said)), secrets) == []
    assert leaks(log, [*secrets, *texts_of(keys)]) == []
