"""Keys and secrets that are no longer needed are not in memory any more: not where a file was read, not where
an answer was made, and not where they were computed."""

import base64
import json
import time

import pytest
from dstack_sdk import EnvVar, encrypt_env_vars_sync

from memory import found, left
from messages import Caller
from simulator import KEEPS_FREED, VECTORS, Simulator

pytestmark = pytest.mark.skipif(KEEPS_FREED, reason="sanitizers keep what has been freed")

SEED = "seed-of-the-test-oquoh0Ae"
VARIABLE = EnvVar("PASSWORD", "value-of-the-variable-ieNgoh3quohphu")
PLANTED = "a-key-that-is-planted-eiSh1aiQuahz3e"


@pytest.fixture(name="simulator")
def fixture_simulator(directory):
    compose = directory / "compose.json"
    compose.write_text(json.dumps({"name": "wiped", "kms_enabled": True, "allowed_envs": [VARIABLE.key]}))
    with Simulator(directory / "wiped", "-k", VECTORS / "appkeys.json", "-a", compose, "--seed", SEED) as running:
        yield running


def body_of(pem):
    return "".join(line for line in pem.splitlines() if "-----" not in line)


def forms_of_pem(name, pem):
    """A private key's PEM, as it is and line by line, and the scalar in it."""
    body = body_of(pem)
    der = base64.b64decode(body)
    scalar = der[der.index(b"\x02\x01\x01\x04\x20") + 5:][:32]
    return {f"{name} in PEM": body[48:88].encode(), f"{name} in raw bytes": scalar, f"{name} in hex": scalar.hex().encode()}


def answers(caller, method, **arguments):
    """That of each encoding, which all have a key of their own if it is random."""
    outcomes = list(caller.by_all(method, arguments))
    assert all(outcome.status == 200 for outcome in outcomes)
    return [outcome.value for outcome in outcomes]


def test_the_file_of_app_keys_is_forgotten(simulator):
    keys = json.loads((VECTORS / "appkeys.json").read_text())
    texts = {"k256_key in hex": keys["k256_key"].encode(), "env_crypt_key in hex": keys["env_crypt_key"].encode()}
    pem = forms_of_pem("CA key", next(iter(keys["key_provider"].values()))["key"])
    live = {"k256_key": bytes.fromhex(keys["k256_key"]), "CA key": pem.pop("CA key in raw bytes")}
    there = found(simulator.process.pid, {**texts, **pem, **live})
    assert there.keys() == live.keys()  # it works with these


def test_keys_that_were_answered_are_forgotten(simulator):
    caller, secrets = Caller(simulator.url), {}
    for number, answer in enumerate(answers(caller, "DstackGuest.GetTlsKey", subject="wiped")):
        secrets |= forms_of_pem(f"GetTlsKey {number}", answer["key"])
    for number, answer in enumerate(answers(caller, "Tappd.DeriveKey", path="wiped", random_seed=True)):
        secrets |= forms_of_pem(f"DeriveKey {number}", answer["key"])
    for answer in answers(caller, "DstackGuest.GetKey", path="wiped"):
        secrets["GetKey in hex"] = answer["key"].encode()
    caller.connection.close()
    assert len(secrets) > 6
    assert left(simulator.process.pid, secrets) == {}


def test_a_decrypted_environment_is_forgotten(simulator):
    caller = Caller(simulator.url)
    app_id = caller.by_json("DstackGuest.Info", {}).value["app_id"]
    key = caller.by_json("KMS.GetAppEnvEncryptPubKey", {"app_id": app_id}).value["public_key"]
    encrypted = encrypt_env_vars_sync([VARIABLE], key)
    answer = caller.by_json("Simulator.DecryptEnv", {"encrypted_env": encrypted})
    assert VARIABLE.value in json.dumps(answer.value)
    assert left(simulator.process.pid, {"value": VARIABLE.value.encode()}) == {}
    caller.connection.close()


def test_keys_from_a_kms_elsewhere_are_forgotten(directory):
    options, file = ("--seed", SEED, "--public-url", "http://localhost:8090"), directory / "from-kms.json"
    with Simulator(directory / "kms", *options, "--kms-listen", "127.0.0.1:0") as kms:
        port = next(e["url"] for e in kms.endpoints if e.get("url", "").startswith("https://")).rsplit(":")[-1]
        with Simulator(directory / "joined", *options, "--kms-url", f"https://localhost:{port}",
                       "--write-app-keys", file) as joined:
            ends = time.monotonic() + 60
            while not file.exists():
                assert time.monotonic() < ends, joined.stderr()
                time.sleep(0.02)
            keys = json.loads(file.read_text())
            names = ("disk_crypt_key", "env_crypt_key", "k256_key")
            assert left(joined.process.pid, {name: keys[name].encode() for name in names}) == {}


def test_what_is_planted_is_found(simulator):
    caller = Caller(simulator.url)
    assert found(simulator.process.pid, {"planted": PLANTED.encode()}) == {}
    caller.by_json("DstackGuest.EmitEvent", {"event": "planted", "payload": PLANTED.encode().hex()})
    assert found(simulator.process.pid, {"planted": PLANTED.encode(), "other": SEED[::-1].encode()}).keys() == {"planted"}
    caller.connection.close()
