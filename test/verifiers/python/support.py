"""What the tests share: a simulator as a relying party sees it, and how to read a
quote, an event log and a certificate without the simulator's help."""

import asyncio
import hashlib
import json
import os
import re
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path

import dcap_qvl
import pytest
from cryptography import x509

RUNTIME_EVENT = 0x08000001

# dstack's private certificate extensions.
_ARC = "1.3.6.1.4.1.62397.1."
QUOTE, EVENT_LOG, ATTESTATION, APP_INFO = (_ARC + n for n in ("1", "2", "8", "9"))

_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def setting(name):
    """A setting the launcher passes in, by the end of its name."""
    name = "VERIFIER_TEST_" + name
    if name not in os.environ:
        pytest.exit(f"{name} is not set: start with test/verifiers/run python")
    return os.environ[name]


def urls():
    return json.loads(setting("URLS"))


def table(file):
    return json.loads((Path(setting("TABLES")) / file).read_text())


class Simulated:
    """A running simulator: what it answers, and what dcap-qvl says of its quotes."""

    def __init__(self, url):
        self.url = url

    def open(self, path, body=None):
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers if body is not None else {})
        return _http.open(request, timeout=60)

    def get(self, path):
        with self.open(path) as answer:
            return answer.read()

    def status(self, path):
        try:
            with self.open(path) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def headers(self, path):
        """Those of the answer to a GET, whatever its status."""
        try:
            with self.open(path) as answer:
                return answer.headers
        except urllib.error.HTTPError as error:
            return error.headers

    def post(self, path, arguments):
        with self.open(path, json.dumps(arguments).encode()) as answer:
            return json.loads(answer.read())

    def call(self, name, /, **arguments):
        return self.post(f"/prpc/{name}", arguments)

    def quote(self, report_data=b"\x12\x34"):
        """The answer of GetQuote, its quote as bytes and its event log as a list."""
        answer = self.call("DstackGuest.GetQuote", report_data=report_data.hex())
        quote, event_log = bytes.fromhex(answer["quote"]), json.loads(answer["event_log"])
        return {**answer, "quote": quote, "event_log": event_log}

    def root(self):
        return self.get("/simulator/root-ca.der")

    def collateral(self, quote):
        async def fetch():
            return await dcap_qvl.get_collateral(self.url, quote)

        return asyncio.run(fetch())

    def verify(self, quote):
        """The report of dcap-qvl with this simulator's collateral and root; ValueError if it refuses."""
        return dcap_qvl.verify_with_root_ca(quote, self.collateral(quote), self.root(), int(time.time()))


def pck_chain(quote):
    """The certificates of a quote in PEM, leaf first."""
    return re.findall(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", quote, re.DOTALL)


def crl_url(pem):
    """Where a certificate says that its issuer's CRL is."""
    certificate = x509.load_pem_x509_certificate(pem)
    (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    (name,) = point.full_name
    return name.value


def changed(data, at):
    """The bytes with the lowest bit of one of them flipped."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def tampered(quote, row):
    """The quote changed as a row of tampering.json says."""
    if "certificate" not in row:
        return changed(quote, row["at"])
    block = pck_chain(quote)[row["certificate"]]
    der = changed(ssl.PEM_cert_to_DER_cert(block.decode()), row["at"])
    return quote.replace(block, ssl.DER_cert_to_PEM_cert(der).encode())


def td_report(quote):
    """From version 5 on, it comes after its type and size."""
    return quote[48 if quote[0] == 4 else 54:]


def report_data(quote):
    return td_report(quote)[520:584]


def registers(quote):
    """RTMR0 to RTMR3."""
    return [td_report(quote)[328 + 48 * i:376 + 48 * i] for i in range(4)]


def event_preimage(event):
    """The text of an event of version 2, written again from what it says."""
    content = {"name": event["event"], "payload": event["event_payload"], "type": RUNTIME_EVENT}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def event_digest(event):
    """What an event extends its register by. A runtime event's digest is computed:
    the digest in the log is not signed."""
    if event["event_type"] != RUNTIME_EVENT:
        return bytes.fromhex(event["digest"])
    if event.get("version") == 2:
        return hashlib.sha384(event_preimage(event)).digest()
    name, payload = event["event"].encode(), bytes.fromhex(event["event_payload"])
    return hashlib.sha384(b":".join([RUNTIME_EVENT.to_bytes(4, "little"), name, payload])).digest()


def replay(event_log):
    """The registers that an event log leads to."""
    found = [bytes(48)] * 4
    for event in event_log:
        found[event["imr"]] = hashlib.sha384(found[event["imr"]] + event_digest(event)).digest()
    return found


def event_payload(event_log, name):
    """The payload of a boot event; events after system-ready are the app's own."""
    for event in event_log:
        if event["event"] == name:
            return event["event_payload"]
        assert event["event"] != "system-ready", f"there is no {name}"


def extension(certificate, oid):
    """The value of a private extension of ours, which is a DER OCTET STRING."""
    found = [e.value.value for e in certificate.extensions if e.oid.dotted_string == oid]
    assert len(found) == 1, f"{len(found)} extensions {oid}"
    der = found[0]
    assert der[0] == 4
    long_form = der[1] - 0x80 if der[1] > 0x80 else 0
    start = 2 + long_form
    size = int.from_bytes(der[2:start], "big") if long_form else der[1]
    assert len(der) == start + size
    return der[start:]
