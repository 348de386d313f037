"""No key, payload or name that goes in or comes out is in the log, in any encoding,
however much is logged, and in either format."""

import json
import urllib.parse

import pytest
from dstack_sdk import EnvVar, encrypt_env_vars_sync

from leaks import leaks, texts_of
from messages import METHODS, Caller
from simulator import VECTORS, Simulator

SEED = "seed-of-the-test-Ahth7ahc"
VARS = [EnvVar("PASSWORD_AEPH9UXA", "value-gah3Eemi-ö")]
CALLS = {
    "DstackGuest.GetKey": {"path": "path-quei5Jai/wallet", "purpose": "purpose-oochaiL3"},
    "DstackGuest.GetTlsKey": {"subject": "subject-ahk3Xiec", "alt_names": ["name-eiph7Xie.example"],
                              "usage_ra_tls": True},
    "DstackGuest.Sign": {"algorithm": "secp256k1", "data": b"data-to-sign-Eipoh4ai"},
    "DstackGuest.EmitEvent": {"event": "event-Ooqu7aib", "payload": b"payload-thie9Eip"},
    "DstackGuest.GetQuote": {"report_data": b"report-data-xaiV3ahs"},
    "DstackGuest.Attest": {"report_data": b"attested-Aengo9ah"},
    "Tappd.DeriveKey": {"path": "path-Ieb5aiph", "subject": "subject-pohNg3ae"},
    "Tappd.DeriveK256Key": {"path": "path-ohF8ieph", "purpose": "purpose-iu5Ahvoo"},
    "KMS.GetAppEnvEncryptPubKey": {"app_id": b"app-id-of-20-bytes-x"},
}
PUBLIC = {"DstackGuest.GetQuote", "DstackGuest.Attest"}  # in what these answer
REFUSED = {
    "DstackGuest.GetTlsKey": {"subject": "bad\x7fsubject-Aiw4quei" + "x" * 5000},
    "DstackGuest.Sign": {"algorithm": "algorithm-shu5Phai", "data": b"data-Eik4Oosh"},
    "DstackGuest.EmitEvent": {"event": "", "payload": b"payload-ohw3Pahf"},
    "Simulator.DecryptEnv": {"encrypted_env": b"undecryptable-uo4Ahngu" * 4},
    "Simulator.SetPlatform": {"tcb_status": "status-ku5Ohcha"},
}


def say_everything(url, encrypted_env):
    """Makes all calls; returns what went in and out, and how many answers there were."""
    caller, secrets, answers = Caller(url), [], 0
    for calls, status in (({**CALLS, "Simulator.DecryptEnv": {"encrypted_env": encrypted_env}}, 200), (REFUSED, 400)):
        for method, arguments in calls.items():
            secrets += texts_of(arguments)
            for outcome in caller.by_all(method, arguments):
                assert outcome.status == status, (method, outcome)
                answers += 1
                if status == 200 and method not in PUBLIC:
                    secrets += texts_of(outcome.value)
    caller.connection.close()
    return secrets, answers


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_secret_is_logged(directory, form):
    compose = directory / f"{form}.json"
    compose.write_text(json.dumps({"name": "secrets", "kms_enabled": True, "allowed_envs": [VARS[0].key]}))
    simulator = Simulator(directory / form, "-k", VECTORS / "appkeys.json", "-a", compose, "--seed", SEED,
                          "--log-level", "debug", "--log-format", form).start()
    caller = Caller(simulator.url)
    app_id = caller.by_json("DstackGuest.Info", {}).value["app_id"]
    key = caller.by_json("KMS.GetAppEnvEncryptPubKey", {"app_id": app_id}).value["public_key"]
    encrypted = bytes.fromhex(encrypt_env_vars_sync(VARS, key))
    caller.connection.close()
    secrets, answers = say_everything(simulator.url, encrypted)
    simulator.stop()
    log = simulator.stdout() + simulator.stderr()
    app_keys = json.loads((VECTORS / "appkeys.json").read_text())
    secrets += texts_of([SEED, app_keys, *(var.value for var in VARS)])
    assert log.count("/prpc/") == answers + 2 > 2 * len(CALLS)  # they are all there
    assert all(name in METHODS for name in (*CALLS, *REFUSED))
    assert leaks(log, secrets) == []


# --- whatever is refused, the reason in the log repeats nothing of it ---

TEXT, DIGITS = "sEcretTextOos8aeNg", "c0ffeefacade0123456789abcdef5"  # the digits are an odd number
WRONG = [TEXT, DIGITS, [TEXT], [[DIGITS]], {"unknown": DIGITS}, 731482950617.25, -98127365409128, 4186537092, True, None]
ENDS_THE_PROCESS = {"GuestApi.Shutdown"}


def requests_of(method):
    """JSON bodies that are wrong in one field each, in every way, also in messages within."""
    for field in method.input_type.fields:
        for value in WRONG:
            yield json.dumps({field.name: value})
            yield json.dumps({field.name: [value, value]})
            if field.message_type:
                for inner in field.message_type.fields:
                    yield json.dumps({field.name: {inner.name: value}})
    for body in f'{{"{TEXT}" "', f'["{TEXT}"', f'"{DIGITS}"', f"{{{TEXT}", f'{{"a":"\\u{DIGITS}"}}', "[" + TEXT:
        yield body


def test_no_reason_repeats_what_was_sent(directory):
    simulator = Simulator(directory / "refused", "-k", VECTORS / "appkeys.json", "--log-format", "json",
                          "--log-level", "debug").start()
    caller, refused = Caller(simulator.url), 0
    for name, method in METHODS.items():
        if name in ENDS_THE_PROCESS:
            continue
        for body in requests_of(method):
            refused += caller.exchange("POST", f"/prpc/{name}", body, "application/json")[0] >= 400
            if name == "Simulator.SetFault":
                caller.by_json("Simulator.ClearFaults", {})
        for field in method.input_type.fields:
            query = urllib.parse.urlencode({field.name: TEXT}) + f"&{field.name}=%"
            refused += caller.exchange("GET", f"/prpc/{name}?{query}")[0] >= 400
            wire = bytes([field.number << 3 | 2, len(TEXT)]) + TEXT.encode() + b"\xff"
            refused += caller.exchange("POST", f"/prpc/{name}", wire, "application/octet-stream")[0] >= 400
    for query in f"ca={TEXT}", f"ca=platform&encoding={TEXT}", f"fmspc={DIGITS}":
        for page in "pckcrl", "tcb":
            caller.exchange("GET", f"/tdx/certification/v4/{page}?{query}")
    caller.connection.close()
    simulator.stop()
    lines = [json.loads(line) for line in simulator.stderr().splitlines()]
    failed = [line for line in lines if line.get("status", 0) >= 400]
    assert len(failed) >= refused > 500
    assert [line for line in failed if not line.get("reason")] == []
    numbers = [str(value) for value in WRONG if isinstance(value, (int, float)) and value is not True]
    assert leaks("\n".join(map(json.dumps, lines)), [TEXT, DIGITS, *numbers]) == []


def test_a_leak_would_be_seen():
    secrets = list(texts_of([b"payload-thie9Eip", "path-quei5Jai/wallet"]))
    for log in "a path-quei5J", "7061796c6f61", "cGF5bG9hZC10aGllOUVpcA==", "quei5Jai%2Fwallet":
        assert leaks(log, secrets)
    assert not leaks("12:03:04.123 info  POST /prpc/DstackGuest.GetKey 200 360 B 12 us 127.0.0.1:50314", secrets)
