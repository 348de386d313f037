"""--strict refuses what a real TD would refuse, says what would be right, and changes nothing else."""

import http.client
import json
import socket

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from messages import JSON, METHODS, PROTOBUF, Caller, paths_of

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def strict(start):
    return Caller(start("--strict").url)


@pytest.fixture(scope="module")
def usual(start):
    return Caller(start().url)


class UnixCaller(Caller):
    def __init__(self, path):
        self.connection = http.client.HTTPConnection("localhost")
        self.connection.sock = socket.socket(socket.AF_UNIX)
        self.connection.sock.connect(str(path))


@pytest.fixture(scope="module")
def sockets(directory, start):
    """By name, of another simulator, which is strict as well."""
    url = start("--strict").url
    sockets_directory = next(path for path in directory.glob("*/sockets") if url in (path.parent / "ready").read_text())
    return {path.name: UnixCaller(path) for path in sockets_directory.iterdir()}


GET_QUERIES = [
    ("GetTlsKey?usage_ra_tls=1", "usage_ra_tls must be true or false"),
    ("GetKey?path=a&path=a", "path must not be given twice"),
    ("GetTlsKey?alt_names=a.example", "alt_names is a list, whose elements are given as alt_names[]=... in a query string"),
    ("GetQuote?reportData=00", "unknown field reportData: known fields are report_data"),
    ("GetQuote?report_data=0X00", "report_data must be hex, which may begin with 0x but not with 0X"),
]
POST_BODIES = [
    ("GetTlsKey", '{"not_after":"5000000000"}', "not_after must be a whole number, not a string"),
    ("GetQuote", '{"reportData":"00"}', "unknown field reportData: known fields are report_data"),
    ("Info", '{"verbose":true}', "unknown field verbose: this method takes no arguments"),
    ("EmitEvent", '{"event":"e","payload":"0X00"}', "payload must be hex, which may begin with 0x but not with 0X"),
]


@pytest.mark.parametrize("target, sentence", GET_QUERIES)
def test_query_strings(strict, usual, target, sentence):
    for path in (f"/{target}", f"/prpc/DstackGuest.{target}"):
        status, _, body = strict.exchange("GET", path)
        assert (status, json.loads(body)) == (400, {"error": sentence})
    assert usual.exchange("GET", f"/{target}")[0] == 200


@pytest.mark.parametrize("method, body, sentence", POST_BODIES)
def test_bodies(strict, usual, method, body, sentence):
    status, _, answer = strict.exchange("POST", f"/{method}", body, JSON)
    assert (status, json.loads(answer)) == (400, {"error": sentence})
    assert usual.exchange("POST", f"/{method}", body, JSON)[0] == 200


@pytest.mark.parametrize("content_type", [None, FORM, "text/plain"])
def test_json_without_its_type(strict, usual, content_type):
    body = '{"report_data":"00"}'
    status, answered, answer = strict.exchange("POST", "/GetQuote", body, content_type)
    assert (status, answered) == (400, PROTOBUF) and b"to send JSON, set Content-Type: application/json" in answer
    for caller, path in (usual, "/GetQuote"), (strict, "/GetQuote?json"):
        assert caller.exchange("POST", path, body, content_type)[:2] == (200, JSON)


def test_what_the_sdks_send(strict):
    assert strict.exchange("GET", "/GetTlsKey?alt_names[]=a.example&alt_names[]=b&usage_ra_tls=true")[0] == 200
    assert strict.exchange("POST", "/GetQuote", '{"report_data":"0x00"}', JSON)[0] == 200
    assert strict.exchange("POST", "/Info", "{}", JSON)[0] == 200
    assert strict.exchange("POST", "/Info?json", "null")[0] == 200
    assert strict.exchange("POST", "/Info", "", JSON)[0] == 200


def test_other_services_are_as_ever(strict):
    assert strict.by_json("Simulator.SetPlatform", {}).status == 200
    quoted = strict.by_json("DstackGuest.GetQuote", {"report_data": "00"}).value
    assert strict.exchange("POST", "/verify", json.dumps({**quoted, "debug": True}))[0] == 200


def test_its_description_is_as_strict(strict, usual):
    """What /openapi.json allows with --strict, and what it allows otherwise."""
    document, other = (json.loads(caller.exchange("GET", "/openapi.json")[2]) for caller in (strict, usual))
    validate(document)
    body = {"subject": "a.example", "not_after": "1900000000"}
    for described, caller, status in ((document, strict, 400), (other, usual, 200)):
        schema = described["components"]["schemas"]["GetTlsKeyArgs"]
        validator = Draft202012Validator({**schema, "components": described["components"]})
        assert validator.is_valid(body) is (status == 200)
        assert validator.is_valid({**body, "not_after": 1900000000})
        assert caller.exchange("POST", "/GetTlsKey", json.dumps(body), JSON)[0] == status
    call = document["paths"]["/GetTlsKey"]
    parameters = {parameter["name"]: parameter["schema"] for parameter in call["get"]["parameters"]}
    assert "alt_names[]" in parameters and "alt_names" not in parameters
    assert parameters["usage_ra_tls"] == {"enum": ["true", "false"]}
    whole = call["post"]["requestBody"]["content"][JSON]["schema"]
    validator = Draft202012Validator({**whole, "components": document["components"]})
    assert validator.is_valid({"subject": "a"}) and not validator.is_valid({"subjekt": "a"})


SERVED = {
    "dstack.sock": ["/Info", "/v0/Info", "/v1/Info"],
    "tappd.sock": ["/prpc/Tappd.Info", "/prpc/Info"],
    "external.sock": ["/prpc/Worker.Info", "/prpc/Info", "/prpc/v0/Info", "/prpc/v1/Info"],
    "guest.sock": ["/api/Info"],
}
REFUSED = {
    "dstack.sock": ["/prpc/DstackGuest.Info", "/prpc/Info", "/prpc/Tappd.Info", "/api/Info"],
    "tappd.sock": ["/Info", "/GetQuote", "/v0/Info", "/v1/Info", "/prpc/DstackGuest.GetQuote", "/prpc/GetQuote"],
    "external.sock": ["/Info", "/v1/Info", "/prpc/DstackGuest.Info"],
    "guest.sock": ["/prpc/GuestApi.Info", "/prpc/Info", "/Info"],
}


@pytest.mark.parametrize("name", SERVED)
def test_sockets_serve_what_they_serve_in_a_td(sockets, name):
    for path in SERVED[name]:
        assert sockets[name].exchange("POST", path, "{}", JSON)[0] == 200, path
    for path in REFUSED[name]:
        assert sockets[name].exchange("POST", path, "{}", JSON)[0] == 404, path


def test_every_method_is_on_its_port(strict):
    for name in METHODS:
        assert strict.exchange("PUT", paths_of(name)[0])[0] == 405, name
