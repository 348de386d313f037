"""What a browser may do on behalf of a website: nothing that changes or tells anything.

strictness.json has the answers to single headers; these are the settings and the effects."""
import socket

import pytest
from wire import Connection, get, post

EVENT = '{"event":"page","payload":"00"}'


def ask(simulator, host, path="/Version", headers=()):
    lines = "".join(f"{line}\r\n" for line in headers)
    with Connection(simulator.tcp) as client:
        return client.ask(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n")


def count_events(simulator):
    with Connection(simulator.tcp) as client:
        return client.ask(post("/prpc/Simulator.Status", "{}")).json()["event_count"]


@pytest.mark.parametrize("path", ["/Version", "/", "/healthz", "/metrics", "/nothing", "/prpc/Simulator.Status",
                                  "/sgx/certification/v4/rootcacrl"])
def test_a_foreign_name_is_served_nothing(shared, path):
    response = ask(shared, "evil.test:8090", path)
    assert response.status == 403 and "--allow-host" in response.error()


def test_names_that_are_allowed(own):
    own.start("--allow-host", "one.example.com", "--allow-host", "two.example.com",
              "--public-url", "https://three.example.com:8443/path")
    for host in ("one.example.com", "TWO.example.com:1", "three.example.com", "three.example.com:8443"):
        assert ask(own, host).status == 200, host
    for host in ("example.com", "four.example.com", "a.one.example.com", "one.example.com.evil.test"):
        assert ask(own, host).status == 403, host


def test_the_name_of_the_listener_is_served(own):
    name = socket.getfqdn("localhost")  # such as localhost.localdomain, or without a dot
    own.start("--listen", f"{name}:0")
    assert ask(own, name).status == 200


@pytest.mark.parametrize("name, word", [
    ("http://example.com", "without scheme"), ("example.com:80", "port"), ("*", "letters"), (".example.com", "in full"),
    ("a b", "letters"), ("", "empty"), ("gr\u00f6\u00dfe.example", "letters"),
])
def test_what_is_no_name(own, name, word):
    result = own.run_to_its_end("--allow-host", name)
    assert result.returncode == 2 and "--allow-host" in result.stderr and word in result.stderr


def test_33_names_are_too_many(own):
    names = [part for i in range(33) for part in ("--allow-host", f"{i}.example.com")]
    result = own.run_to_its_end(*names)
    assert result.returncode == 2 and "32 times" in result.stderr


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_a_page_of_another_origin_extends_nothing(shared, kind):
    """Chromium sends only Origin where the target is neither loopback nor https."""
    before = count_events(shared)
    for origin in ("http://evil.test", "null", "http://simulator:1", "https://evil.test"):
        with Connection(getattr(shared, kind)) as client:
            response = client.ask(post("/EmitEvent", EVENT, [f"Origin: {origin}"], content_type="text/plain"))
            assert response.status == 403 and "cross-site" in response.error()
    assert count_events(shared) == before
    with Connection(getattr(shared, kind)) as client:
        assert client.ask(post("/EmitEvent", EVENT, ["Origin: http://simulator"])).status == 200
    assert count_events(shared) == before + 1


@pytest.mark.parametrize("path", ["/sgx/certification/v4/rootcacrl", "/simulator/root-ca.pem", "/healthz"])
def test_pages_take_any_origin(shared, path):
    assert ask(shared, "localhost", path, ["Origin: https://evil.test"]).status == 200


@pytest.mark.parametrize("path", ["/GetKey", "/nothing/at/all", "/metrics", "/", "/prpc/Simulator.Status"])
def test_headers(shared, path):
    headers = ask(shared, "localhost", path).headers
    is_method = path in ("/GetKey", "/prpc/Simulator.Status")
    if path != "/nothing/at/all":
        assert headers["x-content-type-options"] == "nosniff"
    assert (headers.get("cache-control") == "no-store") == is_method
    assert (headers.get("cross-origin-resource-policy") == "same-origin") == is_method
    assert "access-control-allow-origin" not in headers


def test_connections_of_foreign_names_are_closed(shared):
    with Connection(shared.tcp) as client:
        client.send(b"GET /Version HTTP/1.1\r\nHost: evil.test\r\n\r\n" + get("/Version"))
        assert client.read().status == 403
        assert client.is_closed()
