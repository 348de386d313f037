"""An app keeps its id and keys over upgrades of its compose file, if it names the id; what the log says of
app keys that were signed for another one."""

import json

import pytest
from eth_keys import keys
from eth_utils import keccak

from simulator import VECTORS, Simulator
from support import Simulated, event_payload, registers

APP_ID = "0123456789abcdef0123456789abcdef01234567"
OTHER_KMS = "app keys: another KMS signed them for the app id that they were issued for"


def compose_file(directory, name, file, **members):
    path = directory / f"{name}.json"
    path.write_text(json.dumps({"manifest_version": 2, "name": "app", "runner": "docker-compose",
                                "kms_enabled": True, "docker_compose_file": file, **members}))
    return path


@pytest.fixture(scope="module")
def releases(directory, start):
    """The same app before and after an upgrade, and without its id."""
    old = compose_file(directory, "old", "services: {}")
    new = compose_file(directory, "new", "services: {a: {image: b}}")
    return (start("--app-id", APP_ID, "--app-compose", old), start("--app-id", "0x" + APP_ID.upper(), "--app-compose", new),
            start("--app-compose", new))


def differing(one, other):
    return {name for name in one if one[name] != other[name]}


def test_an_upgrade_changes_the_compose_hash_alone(releases):
    old, new, _ = (simulated.call("DstackGuest.Info") for simulated in releases)
    assert old["app_id"] == new["app_id"] == APP_ID
    assert differing(old, new) == {"compose_hash", "tcb_info", "mr_aggregated", "app_cert"}
    tcb = [json.loads(info["tcb_info"]) for info in (old, new)]
    assert differing(*tcb) == {"compose_hash", "rtmr3", "mr_aggregated", "event_log", "app_compose"}


def test_keys_survive_it(releases):
    old, new, unnamed = releases
    for method, arguments in (("DstackGuest.GetKey", {"path": "a"}), ("Tappd.DeriveK256Key", {"path": "a"}),
                              ("DstackGuest.Sign", {"algorithm": "ed25519", "data": "00"}),
                              ("KMS.GetAppEnvEncryptPubKey", {"app_id": APP_ID})):
        answers = [simulated.call(method, **arguments) for simulated in (old, new, unnamed)]
        for answer in answers:
            answer.pop("timestamp", None), answer.pop("signature_v1", None)
        assert answers[0] == answers[1]
        assert method.startswith("KMS") or answers[1] != answers[2]


def test_the_kms_signs_for_the_named_id(releases):
    new = releases[1]
    chain = new.call("DstackGuest.GetKey", path="a", purpose="b")
    public = keys.PrivateKey(bytes.fromhex(chain["key"])).public_key.to_compressed_bytes()
    of_app, of_kms = (keys.Signature(bytes.fromhex(signature)) for signature in chain["signature_chain"])
    app_key = of_app.recover_public_key_from_msg_hash(keccak(b"b:" + public.hex().encode()))
    message = b"dstack-kms-issued:" + bytes.fromhex(APP_ID) + app_key.to_compressed_bytes()
    root = of_kms.recover_public_key_from_msg_hash(keccak(message)).to_compressed_bytes()
    assert root.hex() == new.call("KMS.GetMeta")["k256_pubkey"]


def test_the_log_and_the_verdict_have_it(releases):
    new = releases[1]
    told = new.call("DstackGuest.GetQuote", report_data="12")
    assert event_payload(json.loads(told["event_log"]), "app-id") == APP_ID
    answer = new.post("/verify", {name: told[name] for name in ("quote", "event_log", "vm_config")})
    assert answer["is_valid"] is True
    assert answer["details"]["app_info"]["app_id"] == answer["details"]["boot_info"]["appId"] == APP_ID
    old = releases[0].quote()["quote"]
    assert registers(old)[3] != registers(bytes.fromhex(told["quote"]))[3]


@pytest.mark.parametrize("text", ["", "0x", APP_ID[1:], APP_ID + "00", "my-app", "0x" + APP_ID[:-1] + "g"])
def test_what_is_no_app_id_is_refused(tmp_path, text):
    ended = Simulator(tmp_path, "--app-id", text).run_to_its_end()
    assert ended.returncode == 2
    assert ended.stderr.startswith("dstack-simulator: --app-id: ")
    assert "40 hex digits" in ended.stderr or "must not be empty" in ended.stderr


# --- keys from a file ---

def app_keys(tmp_path, **members):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({**json.loads((VECTORS / "appkeys.json").read_text()), **members}))
    return path


def said(tmp_path, *options):
    with Simulator(tmp_path, *options) as simulator:
        Simulated(simulator.url).call("DstackGuest.GetKey", path="a")
        Simulated(simulator.url).call("Simulator.Reset")
    return simulator.stderr()


def test_keys_of_another_kms_are_told_once(tmp_path):
    file = app_keys(tmp_path)
    assert said(tmp_path, "--app-keys", file).count(OTHER_KMS) == 1
    assert "app keys:" not in said(tmp_path, "--app-keys", file, "--app-id", APP_ID)
    assert "app keys:" not in said(tmp_path, "--app-keys", app_keys(tmp_path, app_id=APP_ID))
    assert "app keys:" not in said(tmp_path, "--app-keys", app_keys(tmp_path, k256_signature=""))
    assert "app keys:" not in said(tmp_path)


def test_the_option_wins_over_the_file(tmp_path):
    file = app_keys(tmp_path, app_id="11" * 20)
    with Simulator(tmp_path, "--app-keys", file, "--app-id", APP_ID) as simulator:
        assert Simulated(simulator.url).call("DstackGuest.Info")["app_id"] == APP_ID
    with Simulator(tmp_path, "--app-keys", file) as simulator:
        assert Simulated(simulator.url).call("DstackGuest.Info")["app_id"] == "11" * 20
