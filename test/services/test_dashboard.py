"""What the dashboard's page is told, on the listener that may change things and on the one that
may not, and the page's own files."""

import hashlib
import json
import re
import urllib.request
from pathlib import Path

import pytest

from simulator import Simulator
from support import Simulated, registers, replay

WEB = Path(__file__).resolve().parents[2] / "sim" / "web"
EVENTS_AT_ONCE = 256
FILES = {"/": "text/html", "/simulator/dashboard.css": "text/css", "/simulator/dashboard.js": "text/javascript",
         "/simulator/icon.svg": "image/svg+xml"}
HIDDEN = ("mrtd", "mr_config_id", "rtmrs", "events", "event_count", "compose_hash", "os_image_hash", "mr_aggregated")


class Watched:
    """One simulator: `full` may change it, `public` serves what external.sock does."""

    def __init__(self, directory, *options):
        self.process = Simulator(directory, "--listen", "127.0.0.1:0=worker", *options).start()
        self.full, self.public = (Simulated(endpoint["url"]) for endpoint in self.process.endpoints[:2])

    def state(self, **seen):
        return self.full.call("Dashboard.State", **seen)


@pytest.fixture
def watch(tmp_path):
    started = []

    def begin(*options):
        started.append(Watched(tmp_path / str(len(started)), *options))
        return started[-1]

    yield begin
    for watched in started:
        watched.process.stop()


@pytest.fixture
def watched(watch):
    return watch()


@pytest.fixture
def private_app(tmp_path):
    path = tmp_path / "app-compose.json"
    path.write_text(json.dumps({"name": "private", "public_tcbinfo": False}))
    return path


def seen(state):
    """What the next question says of this answer."""
    return {"generation": state["generation"], "after_event": state["event_count"],
            "after_request": state["requests_total"]}


def emit(watched, name, payload=b""):
    watched.full.call("DstackGuest.EmitEvent", event=name, payload=payload.hex())


def methods(state):
    return [request["method"] for request in state["requests"]]


# --- the state ---

def test_it_is_the_state_that_the_other_methods_show(watched):
    info, state = watched.full.call("DstackGuest.Info"), watched.state()
    for name in ("app_name", "app_id", "instance_id", "device_id", "compose_hash", "os_image_hash", "mr_aggregated"):
        assert state[name] == info[name]
    quote = watched.full.quote()
    assert [bytes.fromhex(rtmr) for rtmr in state["rtmrs"]] == registers(quote["quote"])
    assert len(state["events"]) == state["event_count"] == len(quote["event_log"])


def test_each_event_shows_how_it_moved_its_register(watched):
    emit(watched, "größe: <1>", b"\0\1")
    state, log = watched.state(), watched.full.quote()["event_log"]
    for number, event in enumerate(state["events"], 1):
        before, after, digest = (bytes.fromhex(event[name]) for name in ("rtmr_before", "rtmr_after", "digest"))
        assert after == hashlib.sha384(before + digest).digest()
        assert event["number"] == number and event["name"] == log[number - 1]["event"]
        assert after == replay(log[:number])[event["imr"]]
    assert state["events"][-1]["rtmr_after"] == state["rtmrs"][3]
    assert (event["name"], event["payload"], event["payload_bytes"]) == ("größe: <1>", "0001", 2)


def test_a_full_log_is_read_in_parts(watched):
    boot = watched.state()["event_count"]
    for number in range(boot, 4096):
        emit(watched, f"event {number}", b"x" * 200)
    state = watched.state()
    collected = state["events"]
    while len(collected) < state["event_count"]:
        part = watched.state(generation=state["generation"], after_event=len(collected))["events"]
        assert 0 < len(part) <= EVENTS_AT_ONCE
        collected += part
    assert [event["number"] for event in collected] == list(range(1, 4097))
    assert collected[-1]["rtmr_after"] == state["rtmrs"][3]
    assert (len(collected[-1]["payload"]), collected[-1]["payload_bytes"]) == (2 * 128, 200)


def test_going_back_begins_a_generation(watched):
    emit(watched, "mine")
    before = watched.state()
    assert watched.state(**seen(before))["events"] == []
    watched.full.call("Simulator.Reset")
    after = watched.state(**seen(before))
    assert after["generation"] != before["generation"]
    assert after["events"] == before["events"][:-1]


def test_another_run_is_another_generation(watch):
    assert watch().state()["generation"] != watch().state()["generation"]


def test_snapshots_and_faults_and_platform_are_listed(watched):
    watched.full.call("Simulator.Snapshot")
    watched.full.post("/prpc/Simulator.SetFault", {"method": "GetQuote", "status": 500, "times": 2})
    platform = {"tcb_status": "OutOfDate", "platform_status": "SWHardeningNeeded", "tdx_module_status": "OutOfDate",
                "qe_status": "Revoked", "early_tcb_status": "Revoked", "advisories": ["INTEL-SA-00837"], "debug_td": True}
    watched.full.call("Simulator.SetPlatform", **platform)
    state = watched.state()
    assert state["snapshots"] == [1]
    assert state["faults"] == ["GetQuote: fails with 500, 2 more times"]
    assert {name: state[name] for name in platform} == platform


# --- requests ---

def test_requests_are_told_once_and_the_page_itself_is_not_among_them(watched):
    for path in FILES:
        watched.full.get(path)
    first = watched.state()
    assert methods(first) == [] and first["requests_total"] == 0
    assert watched.full.status("/nothing/here?secret") == 404
    watched.full.call("DstackGuest.Info")
    state = watched.state(**seen(first))
    assert methods(state) == ["none", "DstackGuest.Info"] and state["requests_total"] == 2
    assert (state["requests"][0]["status"], state["requests"][0]["path"]) == (404, "/nothing/here")
    assert state["requests"][1]["client"].startswith("127.0.0.1:")
    assert methods(watched.state(**seen(state))) == []


def test_a_fault_for_every_method_leaves_it_alone_and_is_noted(watched):
    watched.full.call("Simulator.SetFault", delay_ms=1)
    watched.full.call("DstackGuest.Version")
    assert watched.state()["requests"][-1]["note"] == "delayed"
    watched.full.call("Simulator.SetFault", status=503)
    assert watched.full.status("/prpc/DstackGuest.Version") == 503
    assert watched.full.status("/prpc/Dashboard.State") == 200


# --- where nothing can be changed ---

def test_the_public_listener_may_look(watched):
    state = watched.public.call("Dashboard.State")
    assert state["read_only"] and not state["is_private"]
    assert not watched.state()["read_only"]
    assert state["rtmrs"] == watched.state()["rtmrs"] and state["events"] == watched.state()["events"]
    assert watched.public.status("/prpc/Simulator.Status") == 404


def test_without_controls_every_listener_may_only_look(watch):
    watched = watch("--no-control")
    assert watched.state()["read_only"] and watched.state()["rtmrs"]


def test_a_private_app_shows_its_measurements_only_where_they_can_be_changed(watch, private_app):
    watched = watch("--app-compose", private_app)
    state = watched.public.call("Dashboard.State")
    assert state["is_private"] and not any(state[name] for name in HIDDEN)
    assert state["app_name"] == "private" and state["app_id"]
    state = watched.state()
    assert not state["is_private"] and all(state[name] for name in HIDDEN)


# --- the page ---

@pytest.mark.parametrize("path", FILES)
def test_the_files_are_served_with_their_headers(watched, path):
    for listener in (watched.full, watched.public):
        with urllib.request.urlopen(listener.url + path, timeout=60) as answer:
            headers, body = answer.headers, answer.read()
        policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-cache"
        assert headers["Content-Type"].split(";")[0] == FILES[path] and body


def test_the_files_are_served_as_written_but_for_comments(watched):
    """Line by line, so that what a browser reports can be found."""
    for source in sorted(WEB.iterdir()):
        if source.suffix == ".png":
            continue
        path = "/" if source.name == "index.html" else f"/simulator/{source.name}"
        served, written = (text.split("\n") for text in (watched.full.get(path).decode(), source.read_text()))
        assert len(served) == len(written), path
        for line, original in zip(served, map(str.strip, written)):
            code = "" if original.startswith("//") else re.sub(r"/\*.*\*/", "", original).strip()
            assert line == (code if source.suffix in (".js", ".css") else original), (path, original)


NAMED = r"(?:src|href)=\"(?:\.\./)?(simulator/[^\"]+)\"|from '\./([^']+)'"
NAMED_LATER = r"import\('\./([^']+)'\)|addStyle\('([^']+)'\)"


def crawl(watched, named, page="/"):
    """The page and every file that it or another one names."""
    paths, bodies = [page], {}
    while paths:
        path = paths.pop()
        bodies[path] = watched.full.get(path).decode()
        names = {name for groups in re.findall(named, bodies[path]) for name in groups if name}
        found = {"/" + (name if name.startswith("simulator/") else f"simulator/{name}") for name in names}
        paths += sorted(found - set(bodies) - set(paths))
    return bodies


def size_of(bodies):
    return len("".join(bodies.values()).replace("http://www.w3.org/2000/svg", ""))


def test_the_page_asks_for_nothing_from_elsewhere_and_is_small(watched):
    """Every file that is named is served, and nothing in them names another host."""
    at_once, bodies = crawl(watched, NAMED), crawl(watched, f"{NAMED}|{NAMED_LATER}")
    assert set(FILES) < set(at_once) < set(bodies)
    docs = crawl(watched, NAMED, "/api-docs/docs")
    assert {path.name for path in WEB.iterdir() if path.suffix != ".png"} == {
        {"/": "index.html", "/api-docs/docs": "api-docs.html"}.get(path) or path.rpartition("/")[2]
        for path in {**bodies, **docs}}
    text = "".join({**bodies, **docs}.values()).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"(?<!\w)(https?:)?//[a-z]", text.replace("// ", ""), re.I)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\bon\w+=|style=", text)
    assert size_of(at_once) < 64_000  # what is loaded before anything is asked for
    assert size_of(bodies) < 88_000


def test_a_listener_without_either_service_has_no_page(watch):
    watched = watch("--listen", "127.0.0.1:0=kms")
    other = Simulated(watched.process.endpoints[2]["url"])
    assert [other.status(path) for path in (*FILES, "/prpc/Dashboard.State")] == [404] * 5
