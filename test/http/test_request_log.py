"""The log's line for each request: what it has for people and for machines, what it never
holds, and when it is coloured."""
import json
import os
import pty
import re
import subprocess
from datetime import datetime

import pytest

from wire import Connection, get, post, wait_until

HIDDEN = "hidden-7f3a"


def ask(address, request, **options):
    with Connection(address) as client:
        return client.ask(request, **options)


class Logged:
    """A simulator, the requests it was sent and, once it has ended, the lines it wrote."""

    def __init__(self, simulator, form, *options):
        self.simulator = simulator.start("--log-format", form, "--log-level", "debug", *options)

    def lines(self):
        assert self.simulator.stop() == 0
        return self.simulator.stderr().splitlines()

    def objects(self):
        """Only the lines of requests."""
        every = [json.loads(line) for line in self.lines()]
        for value in every:
            assert list(value)[:3] == ["time", "level", "message"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value["time"])
            datetime.fromisoformat(value["time"].removesuffix("Z"))
        return [value for value in every if value["message"] == "request"]

    def texts(self):
        """Only those of requests, without time and level."""
        matches = [re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} (error|warn |info |debug) (.*)", line) for line in self.lines()]
        return [match.group(2) for match in matches if " us " in match.group(2)]


# --- what it holds ---

def test_objects(own):
    logged = Logged(own, "json")
    with Connection(own.tcp) as client:
        name = "%s:%d" % client.socket.getsockname()
        body = client.ask(post("/prpc/GetKey", "{}")).body
        client.ask(get("/Version", verb="HEAD"), bodiless=True)
        missing = client.ask(get("/nothing")).body
        root = client.ask(get("/simulator/root-ca.pem")).body
    version = ask(own.unix, get("/Version")).body
    values = logged.objects()
    for value in values:
        assert isinstance(value.pop("time"), str) and isinstance(value.pop("micros"), int)
    common = {"level": "info", "message": "request", "client": name}
    assert values == [
        {**common, "verb": "POST", "path": "/prpc/GetKey", "method": "DstackGuest.GetKey", "status": 200,
         "bytes": len(body)},
        {**common, "verb": "HEAD", "path": "/Version", "method": "DstackGuest.Version", "status": 200, "bytes": 0},
        {**common, "verb": "GET", "path": "/nothing", "status": 404, "bytes": len(missing),
         "reason": "no such method"},
        {**common, "verb": "GET", "path": "/simulator/root-ca.pem", "method": "/simulator/root-ca.pem", "status": 200,
         "bytes": len(root)},
        {**common, "verb": "GET", "path": "/Version", "method": "DstackGuest.Version", "status": 200,
         "bytes": len(version), "client": own.unix},
    ]


def test_texts(own):
    logged = Logged(own, "text")
    with Connection(own.tcp) as client:
        name = "%s:%d" % client.socket.getsockname()
        body = client.ask(post("/prpc/GetKey", "{}")).body
        missing = client.ask(get("/nothing")).body
    version = ask(own.unix, get("/Version")).body
    assert [re.sub(r" \d+ us ", " N us ", text) for text in logged.texts()] == [
        f"POST /prpc/GetKey 200 {len(body)} B N us {name}",
        f"GET /nothing 404 {len(missing)} B N us {name}: no such method",
        f"GET /Version 200 {len(version)} B N us {own.unix}",
    ]


REASONS = {
    "a field": (post("/GetQuote", '{"report_data": "0x123"}'), 400,
                "report_data must be hex with two digits per byte, but has an odd number of digits"),
    "protobuf": (post("/EmitEvent", b"\x0a\x01\xff", content_type="application/octet-stream"), 400,
                 "event must be UTF-8 text"),
    "a quotation": (post("/Sign", '{"algorithm": "rot13"}'), 400,
                    'Unsupported algorithm: "..."; use secp256k1 (or k256), secp256k1_prehashed or ed25519'),
    "a page": (get("/simulator/root-ca.pem", verb="PUT"), 405, "this page takes GET only"),
    "another site": (post("/EmitEvent", "{}", ["Sec-Fetch-Site: cross-site"]), 403,
                     "cross-site browser requests may not call methods; use the dashboard at / or another client"),
    "two lengths": (post("/Info", "{}", ["Transfer-Encoding: chunked"]), 400,
                    "there are both a Content-Length and a Transfer-Encoding: send only one of them"),
    "a length": (b"POST /Info HTTP/1.1\r\nHost: simulator\r\nTransfer-Encoding: gzip\r\n\r\n", 501,
                 "the only supported transfer coding is chunked"),
    "a misspelt method": (get("/GetQoute"), 404, "no such method; did you mean GetQuote?"),
    "a misspelt service": (post("/prpc/DstakGuest.GetQuote"), 404,
                           "no such method; did you mean DstackGuest.GetQuote?"),
    "a path": (get("/v9/Info"), 404, "nothing is served at this path"),
    "a form": (post("/GetQuote", "report_data=00", content_type="application/x-www-form-urlencoded"), 400,
               'the body is a form: send JSON, such as {"report_data":...}, or the same form in the query string of a '
               "GET (curl -G)"),
    "a comma": (post("/GetQuote", '{"report_data":"00",}'), 400,
                "the body is not valid JSON: there is a comma too many (line 1, column 20)"),
    "TLS": (b"\x16\x03\x01\x00\xc8\x01", 400, "this port speaks plain HTTP/1.1, not TLS: use http://"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400,
               "this port speaks HTTP/1.1, not HTTP/2: the client must not start with HTTP/2 by prior knowledge"),
    "an encoding": (post("/GetQuote", "x", ["Content-Encoding: br"]), 415,
                    "the body has a Content-Encoding: send it as it is, without that header"),
    "logs": (get("/logs/nothing"), 200, "no such container"),
}


@pytest.mark.parametrize("request_, status, reason", REASONS.values(), ids=REASONS)
def test_a_failure_has_its_reason(own, request_, status, reason):
    logged = Logged(own, "text")
    answer = ask(own.tcp, request_)
    assert answer.status == status
    (text,) = logged.texts()
    assert re.fullmatch(rf".* {status} \d+ B \d+ us [0-9.:]+: {re.escape(reason)}", text), text


IGNORED = {
    "JSON": (post("/GetQuote", '{"reportData": "00"}'), "reportData (did you mean report_data?)"),
    "query": (get("/GetQuote?Report_Data=00&x"), "Report_Data (did you mean report_data?) and 1 more"),
    "protobuf": (post("/GetQuote", b"\xa0\x06\x07\xa0\x06\x07", content_type="application/octet-stream"),
                 "2 unknown fields"),
    "many": (post("/Sign", json.dumps({"algorithm": "ed25519", **{f"m{i:05}": 1 for i in range(9)}})),
             "m00000, m00001, m00002, m00003 and 5 more"),
    "no name": (post("/Version", json.dumps({"a\n\u202eb" + "x" * 100: 1})), "a????b" + "x" * 33),
}


@pytest.mark.parametrize("request_, ignored", IGNORED.values(), ids=IGNORED)
def test_ignored_members_are_named(own, request_, ignored):
    logged = Logged(own, "text")
    answer = ask(own.tcp, request_)
    assert answer.status == 200
    (text,) = logged.texts()
    assert text.endswith(f" ignored {ignored}"), text


def test_the_reason_of_a_request_in_http_2(own):
    logged = Logged(own, "text")
    with Connection(own.tcp) as client:
        client.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\3\1\5\0\0\0\1\x82\x84\x86")
        while client.socket.recv(65536):
            pass
    (text,) = logged.texts()
    assert "400" in text and ": this port speaks HTTP/1.1, not HTTP/2: " in text


def test_the_reason_of_a_fault_is_not_its_message(own):
    logged = Logged(own, "json")
    fault = {"method": "Version", "status": 503, "message": HIDDEN, "times": 1}
    assert ask(own.tcp, post("/prpc/Simulator.SetFault", json.dumps(fault))).status == 200
    assert HIDDEN in ask(own.tcp, get("/Version")).body.decode()
    value = logged.objects()[1]
    assert (value["status"], value["note"], value["reason"]) == (503, "failed", "a fault is set on it")


def test_a_client_is_named(own):
    logged = Logged(own, "json")
    for agent in "curl/8.5.0", 'a"b', "u" * 300:
        assert ask(own.tcp, get("/Version", [f"User-Agent: {agent}"])).status == 200
    assert ask(own.unix, get("/Version")).status == 200
    values = logged.objects()
    assert [value.get("agent") for value in values] == ["curl/8.5.0", 'a"b', "u" * 120, None]


def drop_next(simulator):
    fault = {"method": "DstackGuest.Version", "drop": True, "times": 1}
    assert ask(simulator.tcp, post("/prpc/Simulator.SetFault", json.dumps(fault))).status == 200
    with Connection(simulator.tcp) as client:
        client.send(get("/Version"))
        assert client.is_closed()


def test_a_request_without_an_answer(own):
    logged = Logged(own, "json")
    drop_next(own)
    value = logged.objects()[1]
    assert (value["method"], value["status"], value["bytes"], value["note"]) == ("DstackGuest.Version", 0, 0, "dropped")


def test_a_request_without_an_answer_in_text(own):
    logged = Logged(own, "text")
    drop_next(own)
    assert re.fullmatch(r"GET /Version - 0 B \d+ us 127\.0\.0\.1:\d+ \(dropped\)", logged.texts()[1])


def test_what_cannot_be_read(own):
    logged = Logged(own, "json")
    assert ask(own.tcp, b"nonsense\r\n\r\n").status == 400
    (value,) = logged.objects()
    assert (value["verb"], value["path"], value["status"]) == ("-", "", 400)
    assert value["reason"].startswith("not a valid HTTP/1.1 request: ")
    assert "method" not in value


@pytest.mark.parametrize("form", ["text", "json"])
def test_probes_and_scrapes_are_for_debugging(own, form):
    logged = Logged(own, form)
    for page in "/healthz", "/readyz", "/metrics":
        assert ask(own.tcp, get(page)).status == 200
    lines = [line for line in logged.lines() if "/healthz" in line or "/readyz" in line or "/metrics" in line]
    assert len(lines) == 3
    assert all('"level":"debug"' in line or " debug " in line for line in lines)


# --- what it never holds ---

REQUESTS = {
    "query": get(f"/GetKey?path={HIDDEN}"),
    "second mark": get(f"/GetKey??path={HIDDEN}?{HIDDEN}"),
    "absolute": get(f"http://{HIDDEN}/GetKey?path={HIDDEN}"),
    "absolute without a path": get(f"http://host?{HIDDEN}"),
    "not served": get(f"/nothing?{HIDDEN}"),
    "page": get(f"/simulator/root-ca.pem?{HIDDEN}"),
    "wrong verb": get(f"/readyz?{HIDDEN}", verb="PUT"),
    "no path": get(f"GetKey?path={HIDDEN}"),
    "star": get(f"*?{HIDDEN}", verb="OPTIONS"),
    "too long": get(f"/GetKey?path={HIDDEN}{'x' * 20000}"),
    "bad character": get(f"/GetKey?path=\x01{HIDDEN}"),
    "version": get(f"/GetKey?path={HIDDEN}", version="9.9"),
    "header": get("/GetKey", [f"Authorization: Bearer {HIDDEN}", f"X-Secret: {HIDDEN}"]),
    "bad header": get("/GetKey", [f"{HIDDEN} {HIDDEN}"]),
    "bad length": get("/GetKey", [f"Content-Length: {HIDDEN}"]),
    "bad JSON": post("/GetKey", f'{{"path": {HIDDEN}'),
    "bad field": post("/GetKey", f'{{"path": ["{HIDDEN}"], "other": "{HIDDEN}"}}'),
    "unknown members": post("/GetKey", f'{{"other": "{HIDDEN}", "another": {{"x": "{HIDDEN}"}}}}'),
    "unknown names": get(f"/GetKey?other={HIDDEN}&{HIDDEN}"),
    "bad hex": post("/Sign", f'{{"algorithm": "{HIDDEN}", "data": "{HIDDEN}"}}'),
    "bad protobuf": post("/GetKey", b"\xff" + HIDDEN.encode(), content_type="application/octet-stream"),
    "content type": post("/GetKey", "{}", content_type=f"text/{HIDDEN}"),
}


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_but_the_path(own, form):
    logged = Logged(own, form)
    for request in REQUESTS.values():
        ask(own.tcp, request)
    text = "\n".join(line for line in logged.lines() if "ready in" not in line)
    assert text.count("127.0.0.1:") == len(REQUESTS)
    assert HIDDEN not in text


# --- when it is coloured ---

def on_terminal(simulator, *options, **environment):
    """What it writes to a terminal while it answers 200, 404 and 500, and drops one."""
    controller, terminal = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    simulator.process = subprocess.Popen(simulator.command(*options), stdout=subprocess.DEVNULL, stderr=terminal,
                                         env={**clean, **environment})
    os.close(terminal)
    wait_until(lambda: simulator.ready.exists() or simulator.process.poll() is not None, "the ready file")
    path = str(simulator.sockets / "dstack.sock")
    control = json.loads(simulator.ready.read_text())["endpoints"][0]["url"].removeprefix("http://").split(":")
    set_fault = post("/prpc/Simulator.SetFault", '{"method": "Info", "status": 500}')
    assert ask((control[0], int(control[1])), set_fault).status == 200
    for page, status in ("/Version", 200), ("/nothing", 404), ("/Info", 500):
        assert ask(path, get(page)).status == status
    simulator.process.terminate()
    assert simulator.process.wait(30) == 0
    return read_terminal(controller)


def read_terminal(controller):
    output = b""
    while True:
        try:
            output += os.read(controller, 65536)
        except OSError:  # how Linux says that the terminal has been closed
            os.close(controller)
            return output.decode()


GREEN, YELLOW, RED = ("\033[%dm" % number for number in (32, 33, 31))


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": ""}, {"TERM": "xterm-256color"}], ids=str)
def test_colour_on_a_terminal(own, environment):
    text = on_terminal(own, **environment)
    for shown in (f"{GREEN}info \033[0m GET /Version {GREEN}200\033[0m ", f"GET /nothing {YELLOW}404\033[0m ",
                  f"GET /Info {RED}500\033[0m "):
        assert shown in text


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"NO_COLOR": "no"}, {"TERM": "dumb"}], ids=str)
def test_no_colour_where_it_is_not_wanted(own, environment):
    text = on_terminal(own, **environment)
    assert "info  GET /Version 200 " in text and "\033" not in text


def test_no_colour_for_machines(own):
    text = on_terminal(own, "--log-format", "json")
    assert '"status":500' in text and "\033" not in text


def test_no_colour_in_a_file(own):
    logged = Logged(own, "text")
    assert ask(own.tcp, get("/Version")).status == 200
    (text,) = logged.lines()[:1]
    assert "GET /Version 200" in text and "\033" not in text
