"""/openapi.json: valid, whole, and true. Its own examples work, and what schemathesis makes
of it, both right and deliberately wrong, is answered as it says."""

import collections
import copy
import http.client
import json
import re
import socket
import urllib.parse

import pytest
import schemathesis
import schemathesis.engine
from dstack_sdk import EnvVar, encrypt_env_vars_sync
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events

from messages import JSON, METHODS, PROTOBUF, Caller, is_flat, paths_of
from vms import SMALL, wait_for

PAGES = [
    "/healthz", "/readyz", "/metrics", "/openapi.json", "/logs/{container}", "/logs",
    "/simulator/root-ca.pem", "/simulator/root-ca.der", "/IntelSGXRootCA.der",
    *(f"/Intel_SGX_Provisioning_Certification_RootCA.{form}" for form in ("pem", "cer")),
    *(f"/{tee}/certification/v4/{name}" for tee in ("sgx", "tdx")
      for name in ("pckcrl", "rootcacrl", "tcb", "qe/identity", "tcbevaluationdatanumbers")),
]


@pytest.fixture(scope="module")
def encrypted_env(start, directory):
    """A file with the default app's environment, for a simulator that is given it."""
    caller = Caller(start().url)
    app_id = caller.by_json("DstackGuest.Info", {}).value["app_id"]
    key = caller.by_json("KMS.GetAppEnvEncryptPubKey", {"app_id": app_id}).value["public_key"]
    file = directory / "env"
    file.write_bytes(bytes.fromhex(encrypt_env_vars_sync([EnvVar(key="API_KEY", value="x")], key)))
    return file


@pytest.fixture(scope="module")
def simulator(start, encrypted_env):
    return start("--encrypted-env", encrypted_env)


@pytest.fixture(scope="module")
def document(simulator):
    with simulator.open("/openapi.json") as answer:
        assert answer.headers["Content-Type"] == JSON
        return json.loads(answer.read().decode("ascii"))


@pytest.fixture(scope="module")
def caller(simulator):
    return Caller(simulator.url)


def operation(document, path, verb):
    return document["paths"].get(path, {}).get(verb)


def referred(document, reference):
    """What "#/components/..." refers to."""
    found = document
    for part in reference["$ref"].split("/")[1:]:
        found = found[part]
    return found


def assert_schema(document, schema, value):
    Draft202012Validator({**schema, "components": document["components"]}).validate(value)


def served(document):
    return {tag["name"] for tag in document["tags"]}


def pages(document):
    return {path for path, item in document["paths"].items() if item.get("get", {}).get("tags") == ["pages"]}


# --- the document ---

def test_it_is_openapi(document):
    validate(document, cls=OpenAPIV31SpecValidator)
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["license"]["identifier"] == "Apache-2.0"


def test_it_has_every_page(document):
    assert set(PAGES) <= pages(document)


@pytest.mark.parametrize("name", METHODS)
def test_it_has_every_method(document, name):
    service, method = name.rsplit(".", 1)
    if service not in served(document):
        pytest.skip(f"{service} is not served here")
    for path in paths_of(name):
        verbs = document["paths"][path]
        assert set(verbs) == ({"get", "post"} if is_flat(METHODS[name]) else {"post"})
        assert all(verb["tags"] == [service] and verb["summary"] not in ("", method) for verb in verbs.values())


def test_short_paths_are_left_out(document, caller):
    assert caller.exchange("GET", "/prpc/GetQuote")[0] == 200
    assert "/prpc/GetQuote" not in document["paths"]


def test_operations_have_names_of_their_own(document):
    names = [verb["operationId"] for item in document["paths"].values() for verb in item.values()]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)


def test_a_listener_documents_what_it_serves(simulator, directory):
    """The dstack.sock of the first simulator, which serves only what apps need."""
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(directory / "0" / "sockets" / "dstack.sock"))
    connection.request("GET", "/openapi.json")
    document = json.loads(connection.getresponse().read())
    connection.close()
    validate(document, cls=OpenAPIV31SpecValidator)
    assert served(document) == {"DstackGuest", "v1.DstackGuest", "Tappd", "pages"}
    methods = [name for name in METHODS if name.startswith(("DstackGuest.", "v1.DstackGuest.", "Tappd."))]
    assert set(document["paths"]) - pages(document) == {path for name in methods for path in paths_of(name)}
    assert "/openapi.json" in pages(document) and "/simulator/root-ca.pem" not in pages(document)
    assert "SimulatorStatus" not in document["components"]["schemas"]


def test_the_vmm_has_it_where_its_console_looks(simulator, directory, document):
    with simulator.open("/api-docs/openapi.json") as answer:
        assert json.loads(answer.read()) == document
    with simulator.open("/api-docs/docs") as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        page = answer.read().decode()
    for link in re.findall(r'(?:href|src)="([^"]+)"', page):
        with simulator.open(urllib.parse.urljoin("/api-docs/docs", link)) as answer:
            assert answer.read()
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(directory / "0" / "sockets" / "dstack.sock"))
    connection.request("GET", "/api-docs/docs")
    assert connection.getresponse().status == 404
    connection.close()


# --- its examples ---

@pytest.fixture
def in_order(simulator):
    """Examples fit a simulator that has just begun, and leave it so."""
    yield
    simulator.call("Simulator.Reset")


@pytest.fixture(scope="module")
def with_snapshot(start):
    """Another simulator, which has made its first snapshot: ids are never reused."""
    simulator = start()
    assert simulator.call("Simulator.Snapshot") == {"id": 1}
    return Caller(simulator.url)


@pytest.fixture
def with_vm(start):
    """A simulator of its own with one deployment, whose id follows from the seed."""
    simulator = start()
    caller = Caller(simulator.url)
    assert caller.by_json("Teepod.CreateVm", SMALL).status == 200
    vms = caller.by_json("Teepod.Status", {"brief": True}).value["vms"]
    wait_for(caller, vms[1]["id"], "done")
    return caller


def example_query(verb):
    given = {each["name"]: each["example"] for each in verb.get("parameters", ())
             if each["in"] == "query" and "example" in each}
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()}


def example_call(caller, document, path, verb):
    """Calls an operation with its own example: status, content type and body."""
    described = operation(document, path, verb)
    if verb == "get":
        names = {each["name"]: each["example"] for each in described.get("parameters", ()) if each["in"] == "path"}
        query = urllib.parse.urlencode(example_query(described), True)
        return caller.exchange("GET", f"{path.format(**names)}?{query}")
    body = described["requestBody"]["content"][JSON]
    assert_schema(document, body["schema"], body["example"])
    return caller.exchange("POST", path, json.dumps(body["example"]), JSON)


# What cannot succeed here, and what the error says: a listener of everything does not end the
# program, and there is no registry of images.
FAILS = {"KMS.GetAppKey": "--kms-listen", "KMS.GetKmsKey": "--kms-listen", "KMS.SignCert": "--kms-listen",
         "GuestApi.Shutdown": "Shutdown", "Teepod.PullRegistryImage": "registry", "Teepod.DeleteImage": "options"}


@pytest.mark.parametrize("name, verb", [(name, "post") for name in METHODS] +
                         [(name, "get") for name in METHODS if is_flat(METHODS[name])])
def test_example_of_a_method(document, caller, with_snapshot, in_order, request, name, verb):
    path = paths_of(name)[0]
    if operation(document, path, verb) is None:
        pytest.skip("not served here")
    asked = with_snapshot if name == "Simulator.Revert" else caller
    if name.startswith(("Teepod.", "GuestProxy.")):
        asked = request.getfixturevalue("with_vm")
    if name in ("Teepod.ResizeVm", "Teepod.SvRemove"):
        asked.by_json("Teepod.StopVm", {"id": asked.by_json("Teepod.Status", {}).value["vms"][1]["id"]})
    status, content_type, body = example_call(asked, document, path, verb)
    answer = json.loads(body)
    if name in FAILS:
        assert status == 400 and FAILS[name] in answer["error"]
        return
    if name == "v1.DstackGuest.AttestGpu":  # there is no GPU
        assert (status, answer) == (501, {"error": "GPU attestation is not available in this image"})
        return
    assert (status, content_type) == (200, JSON), answer
    assert_schema(document, operation(document, path, verb)["responses"]["200"]["content"][JSON]["schema"], answer)


@pytest.mark.parametrize("path", PAGES)
def test_example_of_a_page(document, caller, path):
    status, content_type, body = example_call(caller, document, path, "get")
    assert status == 200 and body
    assert content_type in operation(document, path, "get")["responses"]["200"]["content"]


def test_the_example_of_verify_is_that_of_sign(document, caller):
    """The default app's signing key never changes."""
    examples = [operation(document, f"/prpc/DstackGuest.{name}", "post")["requestBody"]["content"][JSON]["example"]
                for name in ("Sign", "Verify")]
    signed = caller.by_json("DstackGuest.Sign", examples[0]).value
    assert {**examples[0], "signature": signed["signature"], "public_key": signed["public_key"]} == examples[1]
    assert caller.by_json("DstackGuest.Verify", examples[1]).value == {"valid": True}


@pytest.mark.parametrize("name", METHODS)
def test_protobuf_is_described_where_it_is_spoken(document, caller, name):
    path = paths_of(name)[0]
    described = operation(document, path, "post")
    if described is None:
        pytest.skip("not served here")
    status, content_type, _ = caller.exchange("POST", path, b"\xff", PROTOBUF)
    assert (status, content_type) == (400, PROTOBUF)
    for place in (described["requestBody"], described["responses"]["200"],
                  referred(document, described["responses"]["400"])):
        assert set(place["content"]) == {JSON, PROTOBUF}


# --- what others make of it ---

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
          "negative_data_rejection", "unsupported_method", "allow_header_conformance"]

CONFIG = {
    "seed": 1,
    "generation": {"max-examples": 20, "deterministic": True, "database": "none"},
    "phases": {
        "stateful": {"enabled": False},
        # Not QUERY, which llhttp does not accept as HTTP.
        "coverage": {"unexpected-methods": ["get", "put", "post", "delete", "options", "patch", "trace"]},
    },
    "checks": {
        "negative_data_rejection": {"expected-statuses": ["400", "431"]},
        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "501"]},
    },
}

# statuses: of each operation, by "GET /path". checked: how often each check was made.
Run = collections.namedtuple("Run", "statuses checked failures")

# Calls that cannot succeed in a run: nothing can be shut down here, and only luck finds the id of a
# snapshot or of a VM, and no GPU answers.
NO_SUCCESS = ("KMS.GetAppKey", "KMS.GetKmsKey", "KMS.SignCert", "/GetAppKey", "/GetKmsKey", "/SignCert", "Shutdown", "Revert", "AttestGpu", "PullRegistryImage", "DeleteImage", "StartVm", "StopVm", "RemoveVm", "ShutdownVm",
              "UpdateVm", "UpgradeApp", "ResizeVm", "SvStop", "SvRemove", *(f"/guest/{name}" for name in
              ("Info", "SysInfo", "NetworkInfo", "ListContainers")))


def without_end(document):
    """The document without the parameter that makes a log go on for ever."""
    ending = copy.deepcopy(document)
    logs = ending["paths"]["/logs"]["get"]
    logs["parameters"] = [each for each in logs["parameters"] if each["name"] != "follow"]
    return ending


@pytest.fixture(scope="module")
def run(simulator, document):
    """One run of schemathesis over all that is served. The faults it sets are cleared at once,
    since they would fail other calls."""
    schema = schemathesis.openapi.from_dict(without_end(document), config=SchemathesisConfig.from_dict(CONFIG))
    schema.config.update(base_url=simulator.url)

    @schema.hook
    def after_call(context, case, response):
        if case.path == "/prpc/Simulator.SetFault":
            simulator.call("Simulator.ClearFaults")

    found = Run(collections.defaultdict(collections.Counter), collections.Counter(), collections.defaultdict(list))
    for event in schemathesis.engine.from_schema(schema).execute():
        assert not isinstance(event, (events.NonFatalError, events.FatalError)), vars(event)
        if isinstance(event, events.ScenarioFinished):
            answers = [one.response for one in event.recorder.interactions.values() if one.response]
            found.statuses[event.recorder.label].update(answer.status_code for answer in answers)
            for check in (check for checks in event.recorder.checks.values() for check in checks):
                found.checked[check.name] += 1
                if check.failure_info:
                    message, request = check.failure_info.failure.message, check.failure_info.code_sample
                    found.failures[check.name].append(f"{event.recorder.label}: {message}\n{request[:2000]}")
    return found


def test_everything_was_tried(document, run):
    operations = [f"{verb.upper()} {path}" for path, item in document["paths"].items() for verb in item]
    untried = [name for name in operations if not run.statuses[name][200] and not name.endswith(NO_SUCCESS)]
    assert untried == []
    posts = [name for name in operations if name.startswith("POST")]
    assert [name for name in posts if not run.statuses[name][400] or not run.statuses[name][405]] == []


@pytest.mark.parametrize("check", CHECKS)
def test_it_is_true(run, check):
    assert run.checked[check] > 1000
    assert not run.failures[check], "\n\n".join(run.failures[check][:10])
