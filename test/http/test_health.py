"""/healthz and /readyz: on every listener, whatever it serves, and while the program stops."""
import signal

import pytest

from wire import Connection, get, post, wait_until

PAGES = {"/healthz": b"ok\n", "/readyz": b"ready\n"}
SOCKETS = ["dstack.sock", "tappd.sock", "external.sock", "guest.sock"]
SERVICES = ["dstack", "tappd", "worker", "guest", "kms", "collateral", "verifier", "simulator"]


@pytest.fixture(name="place", params=["tcp", *SOCKETS])
def fixture_place(request, shared):
    return shared.tcp if request.param == "tcp" else str(shared.sockets / request.param)


def ask(address, request, **options):
    with Connection(address) as client:
        return client.ask(request, **options)


def assert_healthy(address):
    for page, text in PAGES.items():
        response = ask(address, get(page))
        assert (response.status, response.body) == (200, text)
        assert response.headers["content-type"].startswith("text/plain")
        assert response.headers["cache-control"] == "no-store"


def test_healthy_everywhere(place):
    assert_healthy(place)


def test_whatever_is_served(own):
    paths = {service: f"{own.directory}/{service}" for service in SERVICES}
    own.start(*(f"--listen=unix:{path}={service}" for service, path in paths.items()))
    for path in paths.values():
        assert_healthy(path)
    assert ask(paths["verifier"], get("/health")).json() == {"status": "ok", "service": "dstack-verifier"}


@pytest.mark.parametrize("page", PAGES)
def test_head(place, page):
    with Connection(place) as client:
        response = client.ask(get(page, verb="HEAD"), bodiless=True)
        assert response.status == 200
        assert response.headers["content-length"] == str(len(PAGES[page]))
        assert client.ask(get(page + "?verbose=1")).body == PAGES[page]  # no body came before it


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_verbs(place, page, verb):
    response = ask(place, post(page) if verb == "POST" else get(page, verb=verb))
    assert response.status == 405
    assert response.headers["allow"] == "GET, HEAD"
    assert "GET" in response.error()


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/x", "/Healthz", "/prpc/readyz"])
def test_what_lies_near(shared, path):
    assert ask(shared.tcp, get(path)).status == 404


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("place", ["tcp", "unix"])
def test_not_ready_while_it_stops(own, number, place):
    """Requests that have begun are still answered, and told to go elsewhere."""
    own.start()
    with Connection(getattr(own, place)) as ready, Connection(getattr(own, place)) as health:
        assert ready.ask(get("/readyz")).status == 200
        for client, page in (ready, "/readyz"), (health, "/healthz"):
            client.send(get(page)[:-2])
            assert_answered_elsewhere(own)
        own.process.send_signal(number)
        wait_until(lambda: "finishing" in own.stderr(), "the stop")
        ready.send("\r\n")
        response = ready.read()
        assert (response.status, response.body) == (503, b"stopping\n")
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["connection"] == "close" and ready.is_closed()
        health.send("\r\n")
        assert health.read().body == b"ok\n"
    assert own.wait() == 0


def assert_answered_elsewhere(simulator):
    """A round trip of another client: what was sent before it has been read."""
    assert ask(simulator.tcp, get("/Version")).status == 200


def test_probes_are_quiet(own):
    own.start("--log-level", "info")
    for page in PAGES:
        assert ask(own.tcp, get(page)).status == 200
    assert ask(own.tcp, get("/Version")).status == 200
    assert own.stop() == 0
    assert "/Version" in own.stderr()
    assert "healthz" not in own.stderr() and "readyz" not in own.stderr()
    own.start("--log-level", "debug")
    for page in PAGES:
        assert ask(own.tcp, get(page)).status == 200
    assert own.stop() == 0
    assert all(f"debug GET {page} 200" in own.stderr() for page in PAGES)
