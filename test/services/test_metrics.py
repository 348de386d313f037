"""/metrics, read by Prometheus' own Python library: its form, and that the figures are
those of what a test has done."""

import collections
import math
import os
import re
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from messages import Caller
from simulator import Simulator

OURS = "dstack_simulator_"
REQUESTS, DURATION = OURS + "requests", OURS + "request_duration_seconds"
TYPES = {
    OURS + "build_info": "gauge",
    REQUESTS: "counter",
    DURATION: "histogram",
    OURS + "ignored_members": "counter",
    OURS + "connections_open": "gauge",
    OURS + "connections": "counter",
    OURS + "events": "gauge",
    OURS + "events_emitted": "counter",
    OURS + "reverts": "counter",
    OURS + "faults_set": "gauge",
    "process_cpu_seconds": "counter",
    "process_start_time_seconds": "gauge",
    "process_resident_memory_bytes": "gauge",
    "process_virtual_memory_bytes": "gauge",
    "process_open_fds": "gauge",
    "process_max_fds": "gauge",
}


@pytest.fixture(scope="module", name="simulator")
def fixture_simulator(directory):
    with Simulator(directory / "metrics", f"--listen=unix:{directory}/kms=kms",
                   f"--listen=unix:{directory}/controls=simulator") as simulator:
        yield simulator


@pytest.fixture(name="client")
def fixture_client(simulator):
    kept = httpx.Limits(keepalive_expiry=None)  # else its one connection is another one on a slow machine
    with httpx.Client(base_url=simulator.url, timeout=30, limits=kept) as client:
        yield client


def scrape(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return answer.text


class Figures:
    """All samples of a scrape, each there once."""

    def __init__(self, text):
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples = {}
        for family in self.families.values():
            for sample in family.samples:
                key = sample.name, frozenset(sample.labels.items())
                assert key not in self.samples
                self.samples[key] = sample.value

    def get(self, name, **labels):
        return self.samples.get((name, frozenset(labels.items())), 0)

    def since(self, before):
        """What has changed, as {(name, labels...): by how much}."""
        changes = {key: value - before.samples.get(key, 0) for key, value in self.samples.items()}
        assert not before.samples.keys() - self.samples.keys()  # nothing is forgotten
        return {key: value for key, value in changes.items() if value}


def read(client):
    return Figures(scrape(client))


def requests_since(figures, before):
    return {(dict(labels)["method"], dict(labels)["status"]): value
            for (name, labels), value in figures.since(before).items() if name == REQUESTS + "_total"}


def call(client, method, /, **arguments):
    return client.post(f"/prpc/{method}", json=arguments)


# --- the form ---

def test_the_content_type(client):
    assert client.get("/metrics").headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_every_family_has_its_head(client):
    """HELP, TYPE, then all its samples, and only then the next family."""
    heads, current = collections.Counter(), None
    for line in scrape(client).splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ", 3)[2]
            heads[current] += 1
            assert re.fullmatch(r"# HELP \S+ [A-Z].*\.", line)
            expected = "# TYPE"
        elif line.startswith("# TYPE "):
            assert expected == "# TYPE" and line.split()[2] == current
            expected = "sample"
        else:
            assert expected == "sample"
            assert re.sub(r"_(bucket|sum|count)$", "", re.split(r"[{ ]", line)[0]) == current
    assert set(heads.values()) == {1}


def test_the_families_and_their_types(client):
    assert call(client, "DstackGuest.Version", unknown=1).status_code == 200
    figures = read(client)
    assert {name: family.type for name, family in figures.families.items()} == TYPES
    assert all(family.samples for family in figures.families.values())


def test_names_and_units(client):
    """What `promtool check metrics` would complain about."""
    units = "seconds|bytes"
    others = r"(milli|micro|nano)seconds|minutes|hours|ms|us|ns|sec|secs|kb|mb|kilobytes|megabytes|kibibytes|percent"
    for family in read(client).families.values():
        names = {re.sub(r"_total$", "", sample.name) if family.type == "counter" else sample.name
                 for sample in family.samples}
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", family.name)
        assert not re.search(rf"(^|_)({others}|counter|gauge|histogram)(_|$)", family.name)
        assert not re.search(rf"_({units})_(?!total$)", family.name.replace("_start_time_", "_"))
        if family.type == "counter":
            assert all(sample.name == family.name + "_total" for sample in family.samples)
        elif family.type == "histogram":
            assert names == {family.name + suffix for suffix in ("_bucket", "_sum", "_count")}
        else:
            assert names == {family.name}
            assert not re.search(r"_(total|bucket|sum|count)$", family.name)
        for sample in family.samples:
            assert all(re.fullmatch("[a-z]+", label) for label in sample.labels)
            assert ("le" in sample.labels) == sample.name.endswith("_bucket")
            assert sample.value >= 0 and math.isfinite(sample.value)


def test_histograms(client):
    """Cumulative, complete, and of as many requests as are counted."""
    for method in "Version", "Info", "GetKey":
        assert call(client, f"DstackGuest.{method}").status_code == 200
    assert call(client, "DstackGuest.Sign").status_code == 400
    figures = read(client)
    methods = {dict(labels)["method"] for (name, labels) in figures.samples if name == REQUESTS + "_total"}
    assert len(methods) > 4
    for method in methods:
        buckets = [(float(sample.labels["le"]), sample.value) for sample in figures.families[DURATION].samples
                   if sample.name == DURATION + "_bucket" and sample.labels["method"] == method]
        bounds, counts = zip(*buckets)
        assert list(bounds) == sorted(set(bounds)) and bounds[-1] == math.inf
        assert list(counts) == sorted(counts)
        total = figures.get(DURATION + "_count", method=method)
        assert counts[-1] == total > 0
        assert total == sum(value for (name, labels), value in figures.samples.items()
                            if name == REQUESTS + "_total" and dict(labels)["method"] == method)
        least = sum((later - earlier) * bound for bound, earlier, later in
                    zip((0, *bounds), (0, *counts), counts))
        most = sum((later - earlier) * bound for bound, earlier, later in
                   zip(bounds, (0, *counts), counts) if later > earlier)
        assert least <= figures.get(DURATION + "_sum", method=method) <= most


# --- the figures ---

def test_requests_are_counted_exactly(client, simulator):
    caller = Caller(simulator.url)
    before = read(client)
    for _ in range(3):
        for outcome in caller.by_all("DstackGuest.GetQuote", {"report_data": b"\1\2"}):
            assert outcome.status == 200
    assert caller.by_json("DstackGuest.Sign", {"algorithm": "none"}).status == 400
    assert client.get("/Version").status_code == 200
    assert client.get("/prpc/Tappd.Version").status_code == 200
    assert client.put("/Version").status_code == 405
    assert client.get("/nothing/here").status_code == 404
    assert client.get("/simulator/root-ca.pem").status_code == 200
    assert client.get("/logs/absent").status_code == 200
    assert client.get("/readyz").status_code == 200
    figures = read(client)
    assert requests_since(figures, before) == {
        ("DstackGuest.GetQuote", "200"): 9,
        ("DstackGuest.Sign", "400"): 1,
        ("DstackGuest.Version", "200"): 1,
        ("DstackGuest.Version", "405"): 1,
        ("Tappd.Version", "200"): 1,
        ("none", "404"): 1,
        ("/simulator/root-ca.pem", "200"): 1,
        ("/logs/", "200"): 1,
        ("/readyz", "200"): 1,
        ("/metrics", "200"): 1,  # the one before
    }
    for method, count in ("DstackGuest.GetQuote", 9), ("DstackGuest.Version", 2), ("none", 1):
        assert figures.get(DURATION + "_count", method=method) - before.get(DURATION + "_count", method=method) == count
    caller.connection.close()


def test_what_is_no_request_is_counted_too(simulator, client):
    before = read(client)
    with httpx.Client(base_url=simulator.url, timeout=30) as other:
        for target in ("/Info", "/" + "x" * 20000):
            other.get(target)
    assert requests_since(read(client), before) == {("DstackGuest.Info", "200"): 1, ("none", "431"): 1,
                                                     ("/metrics", "200"): 1}


def test_connections(simulator):
    # By itself httpx opens another connection after five seconds, which a busy machine may need.
    client = httpx.Client(base_url=simulator.url, timeout=30, limits=httpx.Limits(keepalive_expiry=None))
    before = read(client)
    others = [httpx.Client(base_url=simulator.url, timeout=30) for _ in range(5)]
    for other in others:
        assert other.get("/Version").status_code == 200
    figures = read(client)
    # On a slow machine the reader's own may have timed out, and another one is counted.
    assert figures.get(OURS + "connections_total") - before.get(OURS + "connections_total") in (5, 6)
    assert figures.get(OURS + "connections_open") >= 6
    for other in [client, *others]:
        other.close()


def test_events_and_reverts(client):
    assert call(client, "Simulator.Reset").status_code == 200
    before = read(client)
    for _ in range(2):
        assert call(client, "DstackGuest.EmitEvent", event="mine", payload="00").status_code == 200
    assert call(client, "DstackGuest.EmitEvent", event="", payload="").status_code == 400
    during = read(client)
    status = call(client, "Simulator.Status").json()
    assert during.get(OURS + "events") == status["event_count"] == before.get(OURS + "events") + 2
    assert during.get(OURS + "events_emitted_total") - before.get(OURS + "events_emitted_total") == 2
    snapshot = call(client, "Simulator.Snapshot").json()["id"]
    assert call(client, "Simulator.Revert", id=snapshot).status_code == 200
    assert call(client, "Simulator.Reset").status_code == 200
    after = read(client)
    assert after.get(OURS + "events") == before.get(OURS + "events")
    assert after.get(OURS + "events_emitted_total") == during.get(OURS + "events_emitted_total")
    assert after.get(OURS + "reverts_total") - before.get(OURS + "reverts_total") == 2


@pytest.fixture(name="fault")
def fixture_fault(client):
    def fault(**arguments):
        assert call(client, "Simulator.SetFault", **arguments).status_code == 200

    yield fault
    assert call(client, "Simulator.ClearFaults").status_code == 200


def test_faults_by_what_they_did(client, fault):
    fault(method="DstackGuest.Version", status=418)
    fault(method="/readyz", status=503)
    before = read(client)
    assert before.get(OURS + "faults_set") == 2
    assert client.get("/Version").status_code == 418
    assert client.get("/readyz").status_code == 503
    fault(method="DstackGuest.Version", drop=True)
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/Version")
    assert requests_since(read(client), before) == {
        ("DstackGuest.Version", "418"): 1, ("/readyz", "503"): 1, ("DstackGuest.Version", "dropped"): 2,
        ("Simulator.SetFault", "200"): 1, ("/metrics", "200"): 1}
    assert call(client, "Simulator.ClearFaults").status_code == 200
    assert read(client).get(OURS + "faults_set") == 0


def test_a_delay_is_part_of_the_duration(client, fault):
    fault(method="DstackGuest.Info", delay_ms=300)
    before = read(client)
    assert client.get("/Info").status_code == 200
    changes = read(client).since(before)
    assert changes[DURATION + "_sum", frozenset({("method", "DstackGuest.Info")})] > 0.1
    assert (DURATION + "_bucket", frozenset({("method", "DstackGuest.Info"), ("le", "0.1")})) not in changes


def test_more_statuses_than_there_is_room_for(client, fault):
    before = read(client)
    for status in range(440, 460):
        fault(method="Tappd.RawQuote", status=status)
        assert client.get("/prpc/Tappd.RawQuote").status_code == status
    fault(method="Tappd.RawQuote", drop=True)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/prpc/Tappd.RawQuote")
    statuses = {status: count for (method, status), count in requests_since(read(client), before).items()
                if method == "Tappd.RawQuote"}
    assert statuses == {**{str(status): 1 for status in range(440, 451)}, "other": 10}


def test_the_build(client):
    version = call(client, "Worker.Version").json()
    (sample,) = read(client).families[OURS + "build_info"].samples
    assert sample.labels == {"version": version["version"], "revision": version["rev"]}
    assert sample.value == 1


# --- the process ---

def test_memory(client, simulator):
    figures = read(client)
    page = os.sysconf("SC_PAGE_SIZE")
    total, resident = (int(pages) * page
                       for pages in Path(f"/proc/{simulator.process.pid}/statm").read_text().split()[:2])
    assert resident / 2 < figures.get("process_resident_memory_bytes") <= resident * 2
    assert total * 0.9 < figures.get("process_virtual_memory_bytes") <= total * 1.1


def test_descriptors(client, simulator):
    client.get("/readyz")  # from here on this connection is one of them
    before = set(os.listdir(f"/proc/{simulator.process.pid}/fd"))
    figures = read(client)
    assert before == set(os.listdir(f"/proc/{simulator.process.pid}/fd"))
    assert figures.get("process_open_fds") == len(before)
    limits = Path(f"/proc/{simulator.process.pid}/limits").read_text()
    assert figures.get("process_max_fds") == int(re.search(r"^Max open files +(\d+)", limits, re.M).group(1))


def stat_fields(simulator):
    """The fields of /proc/<pid>/stat, from the third on."""
    return Path(f"/proc/{simulator.process.pid}/stat").read_text().rpartition(")")[2].split()


def test_times(client, simulator):
    ticks = os.sysconf("SC_CLK_TCK")
    figures = read(client)
    booted = int(re.search(r"^btime (\d+)", Path("/proc/stat").read_text(), re.M).group(1))
    started = booted + int(stat_fields(simulator)[22 - 3]) / ticks
    assert abs(figures.get("process_start_time_seconds") - started) < 2  # btime is in whole seconds
    assert read(client).get("process_start_time_seconds") == figures.get("process_start_time_seconds")
    spent = sum(map(int, stat_fields(simulator)[14 - 3:16 - 3])) / ticks
    assert 0 < figures.get("process_cpu_seconds_total") <= spent + 2 / ticks


# --- where it is served ---

@pytest.mark.parametrize("name, status", [("external.sock", 200), ("../../controls", 200), ("dstack.sock", 404),
                                          ("tappd.sock", 404), ("guest.sock", 404), ("../../kms", 404)])
def test_which_listeners_have_it(simulator, name, status):
    path = os.path.normpath(simulator.sockets / name)
    with httpx.Client(transport=httpx.HTTPTransport(uds=path), base_url="http://simulator", timeout=30) as client:
        assert client.get("/metrics").status_code == status


def test_verbs(client):
    head = client.head("/metrics")
    assert head.status_code == 200 and int(head.headers["content-length"]) > 1000 and head.content == b""
    post = client.post("/metrics")
    assert post.status_code == 405 and post.headers["allow"] == "GET, HEAD"


def test_a_scrape_is_quiet(client, simulator):
    scrape(client)
    assert call(client, "Worker.Version").status_code == 200
    assert "GET /metrics 200" not in simulator.stderr()
