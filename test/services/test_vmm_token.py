"""The token of the VMM: who has none deploys nothing, but still asks the guest agent."""

import base64
import http.client
import json
import subprocess

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from simulator import PROGRAM, Simulator
from vms import SMALL, UnixConnection

TOKEN = "token-of:the/vmm+Eeshah7u"
REALM = 'Basic realm="dstack-vmm API"'


@pytest.fixture(scope="module")
def simulator(directory):
    with Simulator(directory / "t", "--vmm-token", TOKEN, "--listen", "127.0.0.1:0=vmm", "--log-level",
                   "debug") as started:
        yield started


def address_of(simulator, index):
    return [e["url"] for e in simulator.endpoints if e.get("url")][index].removeprefix("http://")


def ask(simulator, verb, path, headers=None, index=0, body=None):
    connection = http.client.HTTPConnection(address_of(simulator, index), timeout=60)
    connection.request(verb, path, body, headers or {})
    response = connection.getresponse()
    answer = response.status, response.getheader("WWW-Authenticate"), response.read()
    connection.close()
    return answer


def basic(text):
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


GUARDED = ["/prpc/Teepod.Status", "/prpc/Status", "/prpc/ListImages?json", "/guest/Info?id=x", "/logs?id=x",
           "/logs?id=x&token=wrong", "/guest/SysInfo?id=x", "/v1", "/beta", "/api-docs/docs",
           "/api-docs/openapi.json", "/vm/x/Info",
           "/vm/x/prpc/Dashboard.State", "/vm/x/nothing"]
OPEN = ["/prpc/DstackGuest.Info", "/Info", "/prpc/KMS.GetMeta", "/prpc/GetMeta", "/prpc/Worker.Version", "/",
        "/prpc/Simulator.Status", "/readyz", "/openapi.json", "/prpc/Dashboard.State"]


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("index", [0, 1])
def test_without_token_the_vmm_refuses(simulator, path, index):
    assert ask(simulator, "GET", path, index=index) == (401, REALM, b"")


@pytest.mark.parametrize("path", OPEN)
def test_the_guest_agent_needs_none(simulator, path):
    assert ask(simulator, "GET", path)[0] in (200, 400), path


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/nothing", "/prpc/Nothing", "/prpc/Dashboard.State"])
def test_a_listener_of_the_vmm_asks_for_it_everywhere(simulator, path):
    assert ask(simulator, "GET", path, index=1) == (401, REALM, b"")
    assert ask(simulator, "GET", "/readyz", index=1)[0] == 200


@pytest.mark.parametrize("headers", [
    {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": f"bearer {TOKEN}"}, basic(f"anyone:{TOKEN}"),
    basic(f":{TOKEN}"), {"X-Admin-Token": TOKEN}])
@pytest.mark.parametrize("index", [0, 1])
def test_each_way_of_giving_it(simulator, headers, index):
    status, _, body = ask(simulator, "POST", "/prpc/Status?json", headers, index, "{}")
    assert status == 200 and json.loads(body)["total"] >= 1


def test_a_get_may_have_it_in_its_query(simulator):
    query = f"token={TOKEN.replace('+', '%2B')}"
    status, _, body = ask(simulator, "GET", f"/prpc/Status?{query}&keyword=nothing&brief=true")
    assert status == 200 and json.loads(body)["total"] == 0
    assert ask(simulator, "GET", f"/logs?id=none&{query}")[0] == 404
    assert ask(simulator, "POST", f"/prpc/Status?json&{query}", body="{}")[0] == 401


def test_a_wrong_one_has_no_effect(simulator):
    wrong = {"Authorization": f"Bearer {TOKEN}x"}
    assert ask(simulator, "POST", "/prpc/CreateVm?json", wrong, body=json.dumps(SMALL)) == (401, REALM, b"")
    right = {"X-Admin-Token": TOKEN}
    assert json.loads(ask(simulator, "POST", "/prpc/Status?json", right, body="{}")[2])["total"] == 1


def test_the_socket_asks_for_it_too(simulator):
    connection = UnixConnection(simulator.sockets / "vmm.sock")
    connection.request("POST", "/prpc/Status?json", "{}")
    assert connection.getresponse().status == 401
    connection.close()


def run(simulator, *arguments, token=None):
    done = subprocess.run([PROGRAM, *arguments, "--socket-dir", simulator.sockets], capture_output=True, text=True,
                          timeout=60, check=False, env={"DSTACK_SIMULATOR_VMM_TOKEN": token} if token else {})
    return done.returncode, done.stdout, done.stderr


def test_the_commands_send_it(simulator):
    assert run(simulator, "ps", token=TOKEN)[0] == 0
    assert run(simulator, "ps", "--vmm-token", TOKEN)[0] == 0
    code, _, told = run(simulator, "ps")
    assert code == 2 and "give the --vmm-token that it was started with" in told
    first = run(simulator, "ps", token=TOKEN)[1].splitlines()[1].split()[0]
    assert run(simulator, "logs", first, token=TOKEN)[1].endswith("done\n")


def test_it_is_in_no_log(directory):
    simulator = Simulator(directory / "l", "--vmm-token", TOKEN, "--log-level", "debug").start()
    for path in "/prpc/Status", f"/prpc/Status?token={TOKEN}", f"/nothing?token={TOKEN}x":
        for headers in {"Authorization": f"Bearer {TOKEN}"}, {"X-Admin-Token": TOKEN + "x"}, basic(TOKEN):
            ask(simulator, "GET", path, headers)
    simulator.stop()
    log = simulator.stdout() + simulator.stderr()
    assert "it has no token, or a wrong one" in log
    assert TOKEN not in log and base64.b64encode(TOKEN.encode()).decode()[:20] not in log


def document(simulator, index=0):
    status, _, body = ask(simulator, "GET", "/api-docs/openapi.json", {"X-Admin-Token": TOKEN}, index)
    assert status == 200
    return json.loads(body)


WAYS = [{"bearer": []}, {"basic": []}, {"header": []}]


@pytest.mark.parametrize("index", [0, 1])
def test_the_document_says_who_needs_it(simulator, index):
    told = document(simulator, index)
    validate(told, cls=OpenAPIV31SpecValidator)
    assert told["components"]["securitySchemes"].keys() == {"bearer", "basic", "header", "query"}
    status = told["paths"]["/prpc/Teepod.Version"]
    assert status["post"]["security"] == WAYS and status["get"]["security"] == [*WAYS, {"query": []}]
    assert "401" in status["post"]["responses"] and "401" in status["get"]["responses"]
    assert told["paths"]["/logs"]["get"]["security"] == [*WAYS, {"query": []}]
    open_there = "/prpc/DstackGuest.Info" if index == 0 else "/readyz"
    assert all("security" not in verb and "401" not in verb["responses"]
               for verb in told["paths"][open_there].values())


def test_each_path_that_is_told_asks_for_it(simulator):
    told = [path for path, item in document(simulator)["paths"].items() if "security" in item.get("get", {})]
    assert {"/prpc/Teepod.Status", "/logs", "/api-docs/docs", "/api-docs/openapi.json"} <= set(told)
    assert [path for path in told if ask(simulator, "GET", path)[0] != 401] == []
    assert not set(told) & set(OPEN)


def test_without_a_token_no_path_asks_for_one(start):
    with start().open("/openapi.json") as answer:
        told = json.loads(answer.read())
    assert "securitySchemes" not in told["components"]
    assert not any("security" in verb for item in told["paths"].values() for verb in item.values())
