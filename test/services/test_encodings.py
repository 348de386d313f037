"""Every method of every service in sim/proto answers alike by POST with JSON, GET with a
query string and POST with protobuf: with all arguments, with only one, and with none."""

import json
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from dstack_sdk import EnvVar, encrypt_env_vars_sync

from messages import JSON, METHODS, SERVICES, Caller, is_any_json, paths_of
from vms import SMALL, wait_for

# What is sent in a field of this name, in any message. The rest comes from `values`.
VALUES = {
    "subject": "grüße.example",
    "alt_names": ["a.example", "127.0.0.1", "::1"],
    "not_before": 1_700_000_000,
    "not_after": 5_000_000_000,
    "path": "wallet/ü + %41&b=c",
    "domain": "k\0:ey/ü + %41&b=c",
    "nonce": bytes(range(32)),
    "purpose": "世界 🚀",
    "algorithm": "secp256k1",
    "report_data": bytes(range(64)),
    "event": "größe: 1",
    "payload": bytes(range(256)),
    "data": b"\0 to be signed",
    "hash_algorithm": "keccak384",
    "prefix": "päfix",
    "app_id": bytes(range(20)),
    **dict.fromkeys(("tcb_status", "platform_status", "tdx_module_status", "qe_status", "early_tcb_status"), "OutOfDate"),
    "quote_version": "5-td15",
    "tcb_recovered": False,  # goes with no status
    "advisories": ["INTEL-SA-00001", "INTEL-SA-00002"],
    "generation": 1,
    "after_event": 5,
    "after_request": 1,
    "method": "/no/such/path",
    "status": 503,
    "message": "größe",
    "delay_ms": 1,
    "times": 2,
    "percent": 50,
    "seed": 7,
    "state": "starting",
    "error": "世界 🚀",
    **{name: value for name, value in SMALL.items() if name not in ("app_id", "ports")},
    "VmConfiguration.app_id": "0x" + "0A" * 20,
    "user_config": "größe",
    "kms_urls": ["http://localhost:8090"],
    "gateway_urls": [],
    "hugepages": True,
    "simulated_tee": "tdx",
    "ids": [],
    "keyword": "",
    "page": 1,
    "page_size": 10,
    "tag": "dstack:0.5",
    "api_version": 1,
    "csr": b"please sign cert:",
}

# Fields, at any depth of the response, that two calls may differ in; they are compared in shape.
VARYING = {
    "DstackGuest.GetTlsKey": {"key", "certificate_chain"},  # a fresh key each time
    "v1.DstackGuest.IssueCert": {"key", "certificate_chain"},
    "Tappd.DeriveKey": {"key", "certificate_chain"},  # random_seed; the certificate begins now
    "KMS.GetAppEnvEncryptPubKey": {"timestamp", "signature_v1"},
    "GuestApi.SysInfo": {"available_memory", "used_memory", "free_memory", "used_swap", "free_swap", "uptime",
                         "loadavg_one", "loadavg_five", "loadavg_fifteen", "free_size"},
    "GuestApi.NetworkInfo": {"rx_bytes", "tx_bytes", "rx_errors", "tx_errors"},
    "GuestApi.ListContainers": {"status"},  # "Up 3 seconds"
    "Simulator.Snapshot": {"id"},
    "Simulator.Status": {"snapshots"},
    "Dashboard.State": {"uptime_seconds", "connections_open"},
    "Deployments.List": {"uptime"},
    "Teepod.CreateVm": {"id"},
    "Teepod.GetAppEnvEncryptPubKey": {"timestamp", "signature_v1"},
    "Teepod.Status": {"uptime"},
    "Teepod.GetInfo": {"uptime"},
    "GuestProxy.SysInfo": {"available_memory", "used_memory", "free_memory", "used_swap", "free_swap", "uptime",
                           "loadavg_one", "loadavg_five", "loadavg_fifteen", "free_size"},
    "GuestProxy.NetworkInfo": {"rx_bytes", "tx_bytes", "rx_errors", "tx_errors"},
    "GuestProxy.ListContainers": {"status"},
}

# Methods that cannot succeed here: no GPU answers, this listener does not end the process, images come
# with the program, and callers of the KMS have no certificate without --kms-listen.
UNAVAILABLE = {"GuestApi.Shutdown": 400, "v1.DstackGuest.AttestGpu": 501, "Teepod.PullRegistryImage": 400,
               "Teepod.DeleteImage": 400, "KMS.GetAppKey": 400, "KMS.GetKmsKey": 400, "KMS.SignCert": 400}

# Arguments that a method of the service refuses.
REFUSED = {
    "DstackGuest": ("GetKey", {"path": "p", "algorithm": "rsa"}),
    "v1.DstackGuest": ("GetKey", {"domain": "p", "algorithm": "k256"}),
    "v1.Worker": None,  # no method takes an argument
    "Tappd": ("TdxQuote", {"report_data": b"\1", "hash_algorithm": "md5"}),
    "Worker": ("GetAttestationForAppKey", {"algorithm": "rsa"}),
    "GuestApi": ("Shutdown", {}),  # this listener does not end the process
    "KMS": ("GetAppEnvEncryptPubKey", {"app_id": b"short"}),
    "Simulator": ("SetPlatform", {"tcb_status": "Größe"}),
    "Teepod": ("StartVm", {"id": "none"}),
    "GuestProxy": ("Info", {"id": "none"}),
    "Dashboard": None,  # there is a state for any numbers
    "Deployments": None,  # and a list for any keyword
    "Verifier": None,  # it judges anything that can be read; see the test of malformed bodies
}


@pytest.fixture(scope="module")
def caller(start):
    return Caller(start().url)


@pytest.fixture(autouse=True)
def everything_in_order(caller):
    yield
    assert caller.by_json("Simulator.SetPlatform", {}).status == 200
    assert caller.by_json("Simulator.ClearFaults", {}).status == 200
    assert caller.by_json("Simulator.SetHealth", {}).status == 200


@pytest.fixture(scope="module")
def encrypted_env(caller):
    """An environment for the default app, which allows these two names."""
    app_id = caller.by_json("DstackGuest.Info", {}).value["app_id"]
    key = caller.by_json("KMS.GetAppEnvEncryptPubKey", {"app_id": app_id}).value["public_key"]
    variables = [EnvVar(key="API_KEY", value="a 'quoted' 🚀"), EnvVar(key="DATABASE_URL", value="")]
    return bytes.fromhex(encrypt_env_vars_sync(variables, key))


@pytest.fixture(scope="module")
def fixed_values(caller, encrypted_env):
    signed = caller.by_json("DstackGuest.Sign", {"algorithm": VALUES["algorithm"], "data": VALUES["data"]}).value
    quoted = caller.by_json("DstackGuest.GetQuote", {"report_data": VALUES["report_data"]}).value
    evidence = {name: quoted[name] for name in ("quote", "event_log", "vm_config", "attestation")}
    keys = {name: bytes.fromhex(signed[name]) for name in ("signature", "public_key")}
    return {**VALUES, **evidence, **keys, "encrypted_env": encrypted_env}


@pytest.fixture
def values(caller, fixed_values, request):
    """With a snapshot to go back to, because Reset deletes them, or with a VM for one test."""
    if "Revert" in request.node.name:
        yield {**fixed_values, **caller.by_json("Simulator.Snapshot", {}).value}
    elif not {"Teepod", "GuestProxy"} & set(re.split(r"\W", request.node.name)):
        yield fixed_values
    else:
        vm = caller.by_json("Teepod.CreateVm", SMALL).value
        wait_for(caller, vm["id"], "done")
        if "SvRemove" in request.node.name or "ResizeVm" in request.node.name:
            caller.by_json("Teepod.StopVm", vm)
        yield {**fixed_values, **vm}
        for one in caller.by_json("Teepod.Status", {"brief": True}).value["vms"][1:]:
            caller.by_json("Teepod.RemoveVm", {"id": one["id"]})


def is_sent(field):
    """A message in a message, or a list of them, has tests of its own."""
    return field.message_type is None or is_any_json(field)


def value_for(field, values):
    if field.type == field.TYPE_BOOL:
        return values.get(field.name, True)
    qualified = f"{field.containing_type.name}.{field.name}"
    assert qualified in values or field.name in values, f"VALUES has nothing to send in {field.full_name}"
    value = values.get(qualified, values.get(field.name))
    return value.hex() if is_any_json(field) and isinstance(value, bytes) else value


def arguments_of(name, values):
    return {field.name: value_for(field, values) for field in METHODS[name].input_type.fields if is_sent(field)}


# What can succeed only once.
ONCE = {"Teepod.RemoveVm"}


# --- comparison ---

def pem_shape(text):
    """What stays when keys and dates change: labels, names and extensions."""
    if "PRIVATE KEY" in text:
        return re.findall("-----.*-----", text) + [load_pem_private_key(text.encode(), None).curve.name]
    return [[certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string(),
             [extension.oid.dotted_string for extension in certificate.extensions]]
            for certificate in x509.load_pem_x509_certificates(text.encode())]


def leaf_shape(value):
    if not isinstance(value, str):
        return None
    if "-----BEGIN" in value:
        return pem_shape(value)
    value = re.sub(r"^\d+[dhms]( \d+[dhms])*$", "duration", value)  # "59s", then "1m", then "1m 1s"
    return len(value) if re.fullmatch("[0-9a-f-]+", value) else re.sub(r"\d+", "N", value)


def comparable(value, varying, name=None):
    """The value with types told apart (1 is not true), and with shapes where it may vary."""
    if isinstance(value, dict):
        return {key: comparable(inner, varying, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner, varying, name) for inner in value]
    return type(value).__name__, leaf_shape(value) if name in varying else value


def agree(name, outcomes):
    """Asserts that they are the same except for what varies; returns the first."""
    expected, *others = [(outcome.status, comparable(outcome.value, VARYING.get(name, ()))) for outcome in outcomes]
    for other in others:
        assert other == expected
    return outcomes[0]


# --- tests ---

# A certificate may have an empty common name, as those of the real agent do.
pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length")


@pytest.mark.parametrize("name", METHODS)
def test_all_arguments(caller, values, name):
    if name in ONCE:
        outcome = caller.by_json(name, arguments_of(name, values))
    else:
        outcome = agree(name, caller.by_all(name, arguments_of(name, values)))
    assert outcome.status == UNAVAILABLE.get(name, 200), outcome.value


@pytest.mark.parametrize("name", [name for name in METHODS if len(paths_of(name)) > 1])
def test_every_path(caller, values, name):
    agree(name, [caller.by_json(name, arguments_of(name, values), path) for path in paths_of(name)])


@pytest.mark.parametrize("name", METHODS)
def test_each_argument_alone(caller, values, name):
    for field in METHODS[name].input_type.fields if name not in ONCE else ():
        if not is_sent(field):
            continue
        outcome = agree(name, caller.by_all(name, {field.name: value_for(field, values)}))
        assert outcome.status in (200, 400, UNAVAILABLE.get(name))


@pytest.mark.parametrize("name", METHODS)
def test_no_arguments(caller, name):
    outcome = agree(name, [*caller.by_all(name, {}), caller.raw_json(name, "")])
    assert outcome.status in (200, 400)


def is_optional(field):
    """Whether JSON may say null for the field."""
    return field.has_presence and (field.containing_oneof is not None or is_any_json(field))


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("content_type", [JSON, None])
def test_null_is_a_request_without_arguments(caller, name, content_type):
    """What serde's clients send; they call a method that has arguments with an object."""
    expected = caller.by_json(name, {})
    outcome = caller.outcome_of_json(*caller.exchange("POST", paths_of(name)[0], "null", content_type))
    if all(is_optional(field) for field in METHODS[name].input_type.fields):
        agree(name, [expected, outcome])
    else:
        assert outcome == (400, "the body must be a JSON object, not null")


@pytest.mark.parametrize("service", SERVICES)
def test_refusal(caller, service):
    assert service in REFUSED, f"REFUSED has nothing that {service} refuses"
    if REFUSED[service] is None:
        return
    method, arguments = REFUSED[service]
    outcome = agree(None, caller.by_all(f"{service}.{method}", arguments))
    assert outcome.status == 400 and outcome.value.strip()


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("body", [b"\x0a\x05a", b"\x0a\xff", b"\x08", b"\xff" * 12, b"\x0b"],
                         ids=["cut text", "cut length", "cut number", "no number", "group without an end"])
def test_malformed_protobuf(caller, name, body):
    outcome = caller.raw_protobuf(name, body)
    assert outcome.status == 400 and METHODS[name].input_type.name in outcome.value


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("body", ["{", "[]", "1", '{"a":1}}', '{"a":"\ud800"}'.encode("utf-8", "surrogatepass")],
                         ids=["cut", "array", "number", "trailing text", "lone surrogate"])
def test_malformed_json(caller, name, body):
    outcome = caller.raw_json(name, body)
    assert outcome.status == 400 and outcome.value.strip()


def test_unknown_fields_are_ignored(caller):
    unknown = b"\xf8\x7f\x01" + b"\xfa\x7f\x03abc"
    assert caller.raw_protobuf("DstackGuest.Version", unknown) == caller.raw_protobuf("DstackGuest.Version", b"")
    assert caller.raw_json("DstackGuest.Version", '{"unknown":[{}]}') == caller.raw_json("DstackGuest.Version", "{}")


def test_text_that_is_not_utf8_is_refused_in_protobuf(caller):
    outcome = caller.raw_protobuf("DstackGuest.GetKey", b"\x0a\x01\xff")
    assert outcome.status == 400 and "UTF-8" in outcome.value


@pytest.mark.parametrize("name", ["DstackGuest.GetKey", "DstackGuest.EmitEvent", "Tappd.DeriveKey"])
def test_text_with_a_zero_character_is_refused_alike(caller, name):
    """It would end a text in C: two paths that differ after it would have one key. Only domains may have it."""
    field = METHODS[name].input_type.fields[0].name
    outcome = agree(None, caller.by_all(name, {field: "a\0b"}))
    assert outcome.status == 400 and "U+0000" in outcome.value


def test_derived_key_is_the_same_in_every_encoding(caller):
    keys = {outcome.value["key"] for outcome in caller.by_all("Tappd.DeriveKey", {"path": VALUES["path"]})}
    assert len(keys) == 1


def test_fresh_keys_fit_their_certificates(caller):
    outcomes = caller.by_all("DstackGuest.GetTlsKey", {"subject": "fresh", "usage_server_auth": True})
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    public = [load_pem_private_key(outcome.value["key"].encode(), None).public_key().public_bytes(*spki)
              for outcome in outcomes]
    leaves = [x509.load_pem_x509_certificate(outcome.value["certificate_chain"][0].encode()) for outcome in outcomes]
    assert public == [leaf.public_key().public_bytes(*spki) for leaf in leaves]
    assert len(set(public)) == len(outcomes)
    assert len({outcome.value["certificate_chain"][1] for outcome in outcomes}) == 1


def test_verify_says_true_and_false_in_every_encoding(caller, values):
    arguments = {name: values[name] for name in ("algorithm", "data", "signature", "public_key")}
    for data, valid in ((values["data"], True), (b"something else", False)):
        outcome = agree(None, caller.by_all("DstackGuest.Verify", {**arguments, "data": data}))
        assert outcome.value == {"valid": valid}


def test_an_event_is_the_same_in_every_encoding(caller):
    def events():
        return json.loads(caller.by_json("Tappd.Info", {}).value["tcb_info"])["event_log"]

    before = events()
    agree(None, caller.by_all("DstackGuest.EmitEvent", {"event": VALUES["event"], "payload": VALUES["payload"]}))
    after = events()
    first, *others = after[len(before):]
    assert after[:len(before)] == before and others == [first] * 2
    assert (first["event"], first["event_payload"]) == (VALUES["event"], VALUES["payload"].hex())
