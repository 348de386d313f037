"""What a page of another website can read of the simulator, and what it cannot."""

import http.server
import json
import socket
import threading
import urllib.request
from contextlib import contextmanager

import pytest

# Reads a URL as a script of the page, and says what it got.
READ = """
const [url, options, done] = arguments
fetch(url, options).then(
  async (answer) => done({status: answer.status, length: (await answer.arrayBuffer()).byteLength,
                          headers: [...answer.headers.keys()]}),
  (error) => done({refused: error.name}))
"""

PCK_CRL = "/sgx/certification/v4/pckcrl?ca=platform&encoding=der"
PUBLIC = {  # and the issuer chain that comes with it
    PCK_CRL: "sgx-pck-crl-issuer-chain",
    "/sgx/certification/v4/rootcacrl": None,
    "/tdx/certification/v4/tcb?fmspc=b0c06f000000": "tcb-info-issuer-chain",
    "/tdx/certification/v4/qe/identity": "sgx-enclave-identity-issuer-chain",
    "/simulator/root-ca.der": None,
    "/Intel_SGX_Provisioning_Certification_RootCA.pem": None,
}


class Blank(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>another site</title>")

    def log_message(self, *_):
        pass


@contextmanager
def another_site():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Blank) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def read(blank, simulator):
    """read(path, **options) as a script of another site."""
    blank.expected += ["blocked by CORS policy", "net::ERR_FAILED", "status of 404", "status of 403"]
    with another_site() as url:
        blank.driver.get(url)
        yield lambda path, **options: blank.driver.execute_async_script(READ, simulator.url + path, options)


@pytest.mark.parametrize("path, chain", PUBLIC.items())
def test_collateral_with_its_issuer_chain(read, path, chain):
    answer = read(path)
    assert answer["status"] == 200 and answer["length"] > 100
    assert chain is None or chain in answer["headers"]


def test_why_there_is_no_collateral(read):
    assert read("/tdx/certification/v4/tcb?fmspc=000000000000")["status"] == 404


@pytest.mark.parametrize("path", ["/GetQuote", "/Info", "/verify", "/metrics", "/prpc/Simulator.Status", "/"])
def test_nothing_else(read, path):
    assert read(path) == {"refused": "TypeError"}
    assert read(path, method="POST", body="{}") == {"refused": "TypeError"}


def own_address():
    """An address of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


def count_events(simulator):
    request = urllib.request.Request(f"{simulator.url}/prpc/Simulator.Status", b"{}", {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["event_count"]


@pytest.mark.skipif(own_address() is None, reason="this machine has no address but loopback")
def test_no_event_beyond_loopback(blank, start):
    """To a plain http address a browser sends no Sec-Fetch-Site, only Origin, and asks without a preflight."""
    simulator = start(at="0.0.0.0:0")
    before = count_events(simulator)
    target = f"http://{own_address()}:{simulator.url.rpartition(':')[2]}/EmitEvent"
    blank.expected += ["net::ERR_BLOCKED_BY_RESPONSE", "status of 403"]
    with another_site() as url:
        blank.driver.get(url)
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            options = {"method": "POST", "mode": "no-cors", "headers": {"Content-Type": kind},
                       "body": '{"event":"stranger","payload":"00"}'}
            blank.driver.execute_async_script(READ, target, options)
    assert count_events(simulator) == before
