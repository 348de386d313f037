"""The KMS over TLS: who gets keys, which keys they are, and who is refused. The client is Python's own."""

import contextlib
import datetime
import hashlib
import http.client
import http.server
import itertools
import json
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import kms_client
from kms_client import HANG_SECONDS, Kms, Refused, csr, hkdf, join, p256, private, secret, sign_cert
from simulator import ROOT, Simulator
from support import Simulated
from vms import SMALL


@pytest.fixture(scope="module")
def launch(directory):
    """launch(*options) gives a simulator whose KMS listens, and the KMS's URL."""
    numbers = itertools.count()
    with contextlib.ExitStack() as started:
        def one(*options):
            process = started.enter_context(
                Simulator(directory / f"kms-{next(numbers)}", "--kms-listen", "127.0.0.1:0", *options))
            url = next(e["url"] for e in process.endpoints if e.get("url", "").startswith("https://"))
            return Simulated(process.url), url
        yield one


@pytest.fixture(scope="module")
def cluster(launch):
    return launch()


@pytest.fixture
def kms(cluster, tmp_path):
    """An attested client."""
    simulated, url = cluster
    return join(url, tmp_path, simulated)


@pytest.fixture(scope="module")
def roots(cluster, tmp_path_factory):
    """The scalars of the root CA and of the k256 root, as another KMS gets them."""
    simulated, url = cluster
    keys = join(url, tmp_path_factory.mktemp("roots"), simulated).call("GetKmsKey", vm_config="")["keys"]
    assert len(keys) == 1
    ca_key = serialization.load_pem_private_key(keys[0]["ca_key"].encode(), None)
    return ca_key.private_numbers().private_value.to_bytes(32, "big"), bytes.fromhex(keys[0]["k256_key"])


def verify_issued(certificate, issuer):
    issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes,
                               ec.ECDSA(certificate.signature_hash_algorithm))
    assert certificate.issuer == issuer.subject


# --- keys ---


def test_an_app_gets_the_keys_that_follow_from_the_roots(cluster, kms, roots):
    info = cluster[0].call("DstackGuest.Info")
    app_id, instance_id = bytes.fromhex(info["app_id"]), bytes.fromhex(info["instance_id"])
    root, k256_root = roots
    keys = kms.call("GetAppKey", api_version=1, vm_config="")
    assert keys["disk_crypt_key"] == secret(root, app_id, instance_id, b"app-disk-crypt-key").hex()
    assert keys["env_crypt_key"] == secret(root, app_id, b"env-encrypt-key").hex()
    assert keys["k256_key"] == hkdf(k256_root, app_id, b"app-key").hex()
    assert keys["os_image_hash"] == info["os_image_hash"]
    assert keys["gateway_app_id"] == keys["tproxy_app_id"] == "any"
    assert keys["ca_cert"] == kms.call("GetMeta")["ca_cert"]


def test_the_environment_is_encrypted_to_the_key_that_the_app_gets(cluster, kms):
    app_id = cluster[0].call("DstackGuest.Info")["app_id"]
    env_key = bytes.fromhex(kms.call("GetAppKey", api_version=1)["env_crypt_key"])
    public = x25519.X25519PrivateKey.from_private_bytes(env_key).public_key()
    answer = kms.call("GetAppEnvEncryptPubKey", app_id=app_id)
    assert answer["public_key"] == public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    with pytest.raises(Refused, match="app_id must have 20 bytes, not 1"):
        kms.call("GetAppEnvEncryptPubKey", app_id="00")


def test_another_kms_gets_the_roots(cluster, tmp_path, roots):
    """As a KMS starts from ours: it trusts a certificate of ours that shows a quote."""
    simulated, url = cluster
    temp = Kms(url, tmp_path).call("GetTempCaCert")
    with socket.create_connection(("127.0.0.1", Kms(url, tmp_path).parts.port), HANG_SECONDS) as plain:
        context = ssl.create_default_context(cadata=temp["ca_cert"])
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            certificate = x509.load_der_x509_certificate(secure.getpeercert(True))
    assert private(certificate, 4) == b"kms:rpc"
    verdict = simulated.post("/verify", {"attestation": private(certificate, 8).hex()})
    assert verdict["is_valid"], verdict["reason"]
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert verdict["details"]["report_data"] == hashlib.sha512(b"ratls-cert:" + key).hexdigest()
    ca = x509.load_pem_x509_certificate(temp["ca_cert"].encode())
    assert ca.public_key() == p256(roots[0]).public_key()
    assert serialization.load_pem_private_key(
        join(url, tmp_path, simulated).call("GetKmsKey")["temp_ca_key"].encode(), None)


# --- certificates ---


def test_certificates_are_signed_by_the_apps_ca(cluster, kms, roots):
    simulated, _ = cluster
    info = simulated.call("DstackGuest.Info")
    key = ec.generate_private_key(ec.SECP256R1())
    text = csr(key, kms_client.attest(simulated, key), "an app", ["app.example", "127.0.0.1"],
               server=True, client=True, quote=True, info=True, org="An Org")
    leaf, app_ca, root = sign_cert(kms, key, text)
    verify_issued(leaf, app_ca)
    verify_issued(app_ca, root)
    assert root == x509.load_pem_x509_certificate(kms.call("GetMeta")["ca_cert"].encode())
    assert app_ca.public_key() == p256(hkdf(roots[0], bytes.fromhex(info["app_id"]), b"app-ca")).public_key()
    assert leaf.public_key() == key.public_key()
    assert leaf.subject.rfc4514_string() == "CN=an app,O=An Org"
    assert private(leaf, 3).hex() == private(app_ca, 3).hex() == info["app_id"]
    assert (private(leaf, 4), private(app_ca, 4)) == (b"app:custom", b"app:ca")
    assert private(leaf, 1) is None and private(leaf, 2) is None
    verdict = simulated.post("/verify", {"attestation": private(leaf, 8).hex()})
    assert verdict["is_valid"], verdict["reason"]
    assert private(leaf, 9)[:3] == b"\x99\xc4\x14" and private(leaf, 9)[3:23].hex() == info["app_id"]


def test_requests_of_version_1_are_signed(cluster, kms):
    simulated, _ = cluster
    key = ec.generate_private_key(ec.SECP256R1())
    quote = simulated.call("DstackGuest.GetQuote", report_data=kms_client.ra_tls_report_data(key))
    leaf, app_ca, _ = sign_cert(kms, key, csr(key, (bytes.fromhex(quote["quote"]), quote["event_log"])), 1)
    verify_issued(leaf, app_ca)


def test_a_signature_request_needs_no_client_certificate(cluster, tmp_path):
    simulated, url = cluster
    key = ec.generate_private_key(ec.SECP256R1())
    assert len(sign_cert(Kms(url, tmp_path), key, csr(key, kms_client.attest(simulated, key)))) == 3


@pytest.mark.parametrize("change, reason", [
    (lambda key, other, text: {"signer": other}, "Failed to verify csr signature: Invalid signature"),
    (lambda key, other, text: {"version": 3}, "Unsupported API version: 3"),
    (lambda key, other, text: {"text": text[:50]}, "Failed to parse csr: "),
    (lambda key, other, text: {"text": b"\x44please sign this:" + text[18:]},
     "Failed to verify csr signature: Invalid confirm word"),
])
def test_bad_signature_requests_are_refused(cluster, kms, change, reason):
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    text = csr(key, kms_client.attest(cluster[0], key))
    given = change(key, other, text)
    with pytest.raises(Refused) as refused:
        sign_cert(kms, key, given.pop("text", text), **given)
    assert str(refused.value).startswith(reason)


def test_a_quote_over_another_key_signs_nothing(cluster, kms):
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    with pytest.raises(Refused, match="^Quote verification failed: report data mismatch"):
        sign_cert(kms, key, csr(key, kms_client.attest(cluster[0], other)))


# --- who is refused ---


def test_a_client_without_a_certificate_gets_no_keys(cluster, tmp_path):
    anyone = Kms(cluster[1], tmp_path)
    with pytest.raises(Refused, match="^App not allowed: No attestation provided$"):
        anyone.call("GetAppKey", api_version=1, vm_config="")
    with pytest.raises(Refused, match="^No attestation provided$"):
        anyone.call("GetKmsKey", vm_config="")
    with pytest.raises(Refused, match="^Unsupported API version: 2$"):
        anyone.call("GetAppKey", api_version=2)


def test_a_quote_over_another_key_is_refused_by_every_method(cluster, tmp_path):
    simulated, url = cluster
    other = ec.generate_private_key(ec.SECP256R1())
    client = join(url, tmp_path, simulated, attestation=kms_client.attest(simulated, other))
    for method in ("GetMeta", "GetTempCaCert", "GetAppKey", "GetKmsKey", "SignCert"):
        with pytest.raises(Refused, match="^invalid quote: report data mismatch"):
            client.call(method)


def test_a_key_of_another_kind_is_refused(cluster, tmp_path):
    simulated, url = cluster
    with pytest.raises(Refused, match="the certificate's key must be on P-256"):
        join(url, tmp_path, simulated, key=ec.generate_private_key(ec.SECP384R1())).call("GetAppKey", api_version=1)


def test_a_debug_td_gets_no_keys(launch, tmp_path):
    simulated, url = launch("--debug-td")
    with pytest.raises(Refused, match="^invalid quote: the TD is in debug mode"):
        join(url, tmp_path, simulated).call("GetAppKey", api_version=1)


def test_another_clusters_quote_is_refused(cluster, start, tmp_path):
    other = start("--seed", "another")
    with pytest.raises(Refused, match="^invalid quote: "):
        join(cluster[1], tmp_path, other).call("GetAppKey", api_version=1)


def talk(client, host="localhost"):
    """Whether hands can be shaken and a request is answered."""
    connection = client.connect(host)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().read() == b"OK"
    except (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected):
        return False
    finally:
        connection.close()


def test_client_certificates_of_others_are_refused(cluster, launch, tmp_path):
    simulated, url = cluster
    assert talk(join(url, tmp_path / "a", simulated))
    expired = join(url, tmp_path / "b", simulated, until=datetime.datetime(2020, 1, 1))
    assert not talk(expired)
    other = join(launch("--seed", "other CA")[1], tmp_path / "c", simulated)
    other.parts, other.context.verify_mode = Kms(url, tmp_path).parts, ssl.CERT_REQUIRED
    other.context.load_verify_locations(cadata=simulated.call("KMS.GetMeta")["ca_cert"])
    assert not talk(other)


def test_the_client_finds_the_name_and_the_ca_in_the_certificate(cluster, launch, tmp_path):
    simulated, url = cluster
    ca = simulated.call("KMS.GetMeta")["ca_cert"]
    for host in ("localhost", "127.0.0.1"):
        assert talk(Kms(url, tmp_path, ca), host)
    named = Kms(launch("--kms-domain", "kms.example")[1], tmp_path, ca)
    assert not talk(named)
    assert not talk(Kms(url, tmp_path, launch("--seed", "x")[0].call("KMS.GetMeta")["ca_cert"]))


# --- authorization ---


def allow(path, simulated, **changes):
    info = simulated.call("DstackGuest.Info")
    path.write_text(json.dumps({
        "gatewayAppId": "a gateway", "osImages": ["0x" + info["os_image_hash"]],
        "kms": {"mrAggregated": changes.pop("mr_aggregated", [])},
        "apps": {"0x" + info["app_id"]: {"composeHashes": ["0x" + info["compose_hash"]], "allowAnyDevice": True}},
        **changes}))


def test_a_file_says_who_gets_keys_and_takes_effect_at_once(launch, tmp_path):
    path = tmp_path / "auth.json"
    path.write_text("{}")
    simulated, url = launch("--kms-allowlist", path)
    meta = Kms(url, tmp_path).call("GetMeta")
    assert not meta["is_dev"] and meta["chain_id"] == 0
    with pytest.raises(Refused, match="^KMS self authorization failed: KMS is not allowed: OS image is not"):
        Kms(url, tmp_path).call("GetTempCaCert")
    verdict = simulated.post("/verify", {"attestation": meta["bootstrap_info"]["attestation"]})
    own = verdict["details"]["app_info"]["mr_aggregated"]
    allow(path, simulated, mr_aggregated=[own])
    client = join(url, tmp_path, simulated)
    assert client.call("GetAppKey", api_version=1)["gateway_app_id"] == "a gateway"
    with pytest.raises(Refused, match="^Boot denied: aggregated MR not allowed$"):
        client.call("GetKmsKey")
    allow(path, simulated, mr_aggregated=[own], apps={})
    with pytest.raises(Refused, match="^App not allowed: Boot denied: app not registered$"):
        client.call("GetAppKey", api_version=1)
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(Refused, match="^Boot denied: app not registered$"):
        sign_cert(client, key, csr(key, kms_client.attest(simulated, key)))


# --- TDs that are deployed ---


KMS_COMPOSE = json.dumps({"manifest_version": 2, "name": "small", "runner": "docker-compose", "kms_enabled": True,
                          "allowed_envs": ["SECRET"]})


def vm_call(simulated, vm, method, **arguments):
    return simulated.post(f"/vm/{vm}/{method}?json", arguments)


def create(simulated, **changes):
    """A deployed TD: its id, and what the VMM shows once it runs or has failed."""
    vm = simulated.post("/prpc/Teepod.CreateVm?json", {**SMALL, "compose_file": KMS_COMPOSE, **changes})["id"]
    return vm, await_boot(simulated, vm)


def await_boot(simulated, vm):
    ends = time.monotonic() + HANG_SECONDS
    while time.monotonic() < ends:
        shown = simulated.post("/prpc/Teepod.GetInfo?json", {"id": vm})["info"]
        if shown["boot_progress"] == "done" or shown["boot_error"]:
            return shown
        time.sleep(0.02)
    raise AssertionError(f"{vm} is at {shown['boot_progress']}")


def certificates(texts):
    return [x509.load_pem_x509_certificate(text.encode()) for text in texts]


def test_a_deployed_td_has_what_the_kms_would_give_it(cluster, kms, roots):
    simulated, _ = cluster
    vm, shown = create(simulated)
    assert shown["boot_error"] == ""
    issued = vm_call(simulated, vm, "GetTlsKey", subject="an app", usage_ra_tls=True, with_app_info=True)
    leaf, app_ca, root = certificates(issued["certificate_chain"])
    verify_issued(leaf, app_ca)
    verify_issued(app_ca, root)
    app_id = bytes.fromhex(shown["app_id"])
    assert app_ca.public_key() == p256(hkdf(roots[0], app_id, b"app-ca")).public_key()
    assert private(leaf, 3) == private(app_ca, 3) == app_id
    assert (private(leaf, 1), private(leaf, 2)) == (None, None)

    key = serialization.load_pem_private_key(issued["key"].encode(), None)
    attestation = bytes.fromhex(vm_call(simulated, vm, "Attest", report_data=kms_client.ra_tls_report_data(key))
                                ["attestation"])
    signed, signed_ca, _ = sign_cert(kms, key, csr(key, attestation, "an app", quote=True, info=True))
    assert signed_ca == app_ca
    assert [one.oid for one in signed.extensions] == [one.oid for one in leaf.extensions]
    for arc in (3, 4, 8, 9):
        assert private(signed, arc) == private(leaf, arc)
    info = vm_call(simulated, vm, "Info")
    assert info["app_cert"].count("BEGIN CERTIFICATE") == 3


def test_it_decrypts_what_is_encrypted_to_either_key(cluster, kms, launch):
    simulated, url = cluster
    app_id = hashlib.sha256(KMS_COMPOSE.encode()).hexdigest()[:40]
    for number, ask in enumerate((kms.call, lambda method, **given: simulated.call(f"KMS.{method}", **given))):
        public = bytes.fromhex(ask("GetAppEnvEncryptPubKey", app_id=app_id)["public_key"])
        ephemeral = x25519.X25519PrivateKey.generate()
        shared = ephemeral.exchange(x25519.X25519PublicKey.from_public_bytes(public))
        text = json.dumps({"env": [{"key": "SECRET", "value": str(number)}]}).encode()
        sealed = (ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) + bytes(12)
                  + AESGCM(shared).encrypt(bytes(12), text, None))
        _, shown = create(simulated, encrypted_env=sealed.hex())
        assert shown["boot_error"] == ""


def test_a_td_that_is_not_allowed_does_not_boot(launch, tmp_path):
    path = tmp_path / "auth.json"
    path.write_text("{}")
    simulated, url = launch("--kms-allowlist", path)
    attestation = Kms(url, tmp_path).call("GetMeta")["bootstrap_info"]["attestation"]
    own = simulated.post("/verify", {"attestation": attestation})["details"]["app_info"]["mr_aggregated"]
    allow(path, simulated, mr_aggregated=[own])
    vm, shown = create(simulated)
    assert shown["boot_error"] == ("failed to get the app's keys from the KMS: App not allowed: "
                                   "Boot denied: app not registered")
    _, other = create(simulated, compose_file=json.dumps({**json.loads(KMS_COMPOSE), "kms_enabled": False}))
    assert other["boot_error"] == ""
    compose_hash = hashlib.sha256(KMS_COMPOSE.encode()).hexdigest()
    allow(path, simulated, mr_aggregated=[own], apps={compose_hash[:40]: {"composeHashes": [compose_hash]}})
    assert create(simulated)[1]["boot_error"] == ""


def test_the_first_td_has_them_if_asked(start):
    chains = [certificates(start(*options).call("DstackGuest.GetTlsKey", subject="x")["certificate_chain"])
              for options in ((), ("--kms",))]
    assert [len(chain) for chain in chains] == [2, 3]
    assert private(chains[0][0], 3) is None and private(chains[1][0], 3)
    assert chains[0][-1] == chains[1][-1]


# --- pages, and the listeners beside it ---


def test_it_has_its_own_pages(launch, tmp_path):
    simulated, url = launch()
    client = join(url, tmp_path, simulated)
    assert client.get("/health") == (200, "OK")
    _, before = client.get("/metrics")
    client.call("GetMeta")
    assert "dstack_kms_attestation_requests_total 1\n" in client.get("/metrics")[1]
    assert "dstack_kms_attestation_requests_total 0\n" in before
    assert client.get("/prpc/DstackGuest.Info")[0] == 404


def refusal(simulated, method):
    with pytest.raises(urllib.error.HTTPError) as refused:
        simulated.call(method)
    return refused.value.code, json.loads(refused.value.read())["error"]


def test_other_listeners_keep_their_kms(cluster):
    simulated, _ = cluster
    assert simulated.call("KMS.GetMeta")["is_dev"]
    status, error = refusal(simulated, "KMS.GetAppKey")
    assert (status, error) == (400, "App not allowed: No attestation provided")


def test_without_a_kms_listener_there_are_no_keys(start):
    status, error = refusal(start(), "KMS.GetKmsKey")
    assert status == 400 and "--kms-listen" in error


# --- TLS ---


def port_of(url):
    return int(url.rsplit(":", 1)[1])


def has_tls_1_3():
    """mbedTLS has had this file since release 3, and its servers TLS 1.3 since 3.6."""
    places = [ROOT / "build/deps/usr/include", Path("/usr/include")]
    return any((place / "mbedtls/build_info.h").exists() for place in places)


@pytest.mark.parametrize("options, expected", [
    (("-tls1_2",), "TLSv1.2, Cipher is ECDHE-ECDSA"), (("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"), None),
    (("-tls1_2", "-cipher", "AES128-SHA"), None), (("-alpn", "h2"), None),
    (("-tls1_2", "-alpn", "h2,http/1.1"), "TLSv1.2, Cipher is ECDHE-ECDSA"),
    (("-tls1_3", "-alpn", "h2,http/1.1"), "TLSv1.3, Cipher is TLS_" if has_tls_1_3() else None),
])
def test_versions_and_suites(cluster, options, expected):
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port_of(cluster[1])}", "-ign_eof", *options],
                          input="GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", capture_output=True,
                          text=True, timeout=HANG_SECONDS, check=False)
    assert ("New, TLS" in done.stdout) is bool(expected), done.stdout + done.stderr
    assert (expected or "New, (NONE), Cipher is (NONE)") in done.stdout, done.stdout + done.stderr
    assert ("HTTP/1.1 200 OK" in done.stdout) is bool(expected), done.stdout + done.stderr


def test_there_is_no_renegotiation_and_no_compression(cluster):
    done = subprocess.run(["openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{port_of(cluster[1])}"],
                          input="GET /health HTTP/1.1\r\nX: a\r\nR\r\n\r\n", capture_output=True, text=True,
                          timeout=HANG_SECONDS, check=False)
    assert "Compression: NONE" in done.stdout


def test_others_are_served_beside_slow_and_broken_handshakes(cluster, tmp_path):
    simulated, url = cluster
    address = ("127.0.0.1", port_of(url))
    waiting = [socket.create_connection(address, HANG_SECONDS) for _ in range(20)]
    for number, one in enumerate(waiting):
        one.sendall(b"\x16\x03\x01\x02\x00\x01" if number % 2 else b"GET / HTTP/1.1\r\n\r\n")
    with socket.create_connection(address, HANG_SECONDS) as broken:
        broken.sendall(bytes(range(256)) * 400)
    assert Kms(url, tmp_path, simulated.call("KMS.GetMeta")["ca_cert"]).get("/health") == (200, "OK")
    assert simulated.call("DstackGuest.Version")
    for one in waiting:
        one.close()


def test_many_clients_shake_hands_at_once(cluster, tmp_path):
    simulated, url = cluster
    ca = simulated.call("KMS.GetMeta")["ca_cert"]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: Kms(url, tmp_path, ca).get("/health"), range(64)))
    assert answers == [(200, "OK")] * 64


def test_a_connection_is_kept(cluster, tmp_path):
    connection = Kms(cluster[1], tmp_path).connect()
    for _ in range(3):
        connection.request("POST", "/prpc/GetMeta?json", body=b"null")
        assert json.loads(connection.getresponse().read())["is_dev"]
    connection.close()


def test_the_option_says_what_it_takes(directory):
    for address, reason in (("unix:/tmp/x", "HOST:PORT"), ("1=kms", "HOST:PORT"), ("x y:1", "")):
        done = Simulator(directory / "refused").run_to_its_end("--kms-listen", address)
        assert done.returncode == 2 and reason in done.stderr, done.stderr
    for options, reason in ((("--kms-listen", "0", "--kms-allowlist", "/nowhere.json"), "/nowhere.json"),
                            (("--kms-domain", "x"), "--kms-domain needs --kms-listen"),
                            (("--kms-listen", "0", "--kms-auth-url", "http://127.0.0.1:1", "--kms-allowlist", "x"),
                             "use only one of them"),
                            (("--kms-listen", "0", "--kms-auth-url", "https://x"), "HTTPS is not supported"),
                            (("--kms-listen", "0", "--kms-auth-url", "http://host.invalid:1"),
                             "cannot find the host host.invalid")):
        done = Simulator(directory / "refused").run_to_its_end(*options)
        assert done.returncode != 0 and reason in done.stderr, done.stderr


# --- a webhook ---


class Webhook(http.server.ThreadingHTTPServer):
    """An authorization of the test's own: answers what it is told, and keeps what it was asked."""

    def __init__(self):
        self.asked, self.answers, self.status, self.seconds = [], {}, 200, threading.Event()
        super().__init__(("127.0.0.1", 0), WebhookHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/auth"


class WebhookHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, json.loads(body) if body else None))
        if self.server.answers.get("wait"):
            self.server.seconds.wait(HANG_SECONDS)
        answer = self.server.answers.get(self.path, {"isAllowed": True, "gatewayAppId": "gw", "reason": ""})
        answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def webhook():
    server = Webhook()
    yield server
    server.seconds.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def asking(launch, webhook, tmp_path):
    """A simulator that asks the webhook, and an attested client."""
    simulated, url = launch("--kms-auth-url", webhook.url)
    return simulated, join(url, tmp_path, simulated)


def test_a_webhook_is_asked_about_the_kms_and_the_caller(asking, webhook):
    simulated, client = asking
    webhook.asked.clear()
    assert client.call("GetAppKey", api_version=1)["gateway_app_id"] == "gw"
    (_, first, kms_boot), (_, second, app_boot) = webhook.asked
    assert (first, second) == ("/auth/bootAuth/kms", "/auth/bootAuth/app")
    info = simulated.call("DstackGuest.Info")
    assert app_boot["teeVariant"] == "dstack-tdx" and app_boot["tcbStatus"] == "UpToDate"
    assert app_boot["advisoryIds"] == []
    for wire, name in (("appId", "app_id"), ("composeHash", "compose_hash"), ("instanceId", "instance_id"),
                       ("deviceId", "device_id"), ("osImageHash", "os_image_hash"),
                       ("mrAggregated", "mr_aggregated")):
        assert app_boot[wire] == info[name]
    assert app_boot["keyProviderInfo"] == info["key_provider_info"].encode().hex()
    assert kms_boot["appId"] != app_boot["appId"]
    key = ec.generate_private_key(ec.SECP256R1())
    webhook.asked.clear()
    assert len(sign_cert(client, key, csr(key, kms_client.attest(simulated, key)))) == 3
    signed = webhook.asked[1][2]
    assert signed["keyProviderInfo"] == "" and signed["mrAggregated"] != info["mr_aggregated"]


def test_its_refusal_is_told(asking, webhook):
    _, client = asking
    webhook.answers["/auth/bootAuth/app"] = {"isAllowed": False, "gatewayAppId": "", "reason": "not today"}
    with pytest.raises(Refused, match="^App not allowed: Boot denied: not today$"):
        client.call("GetAppKey", api_version=1)
    assert client.call("GetKmsKey")["keys"]
    webhook.answers["/auth/bootAuth/kms"] = webhook.answers["/auth/bootAuth/app"]
    with pytest.raises(Refused, match="^KMS self authorization failed: KMS is not allowed: not today$"):
        client.call("GetTempCaCert")


@pytest.mark.parametrize("status, answer, reason", [
    (500, b"broken", "bootAuth/kms returned 500: broken$"),
    (200, b"no json", "failed to decode response from http://"),
    (200, {"isAllowed": True}, "reason"),
    (200, {"isAllowed": 1, "reason": "", "gatewayAppId": ""}, "isAllowed"),
    (200, b"x" * 300_000, "its answer is too long$"),
])
def test_what_is_not_an_answer_refuses(asking, webhook, status, answer, reason):
    _, client = asking
    webhook.status, webhook.answers["/auth/bootAuth/kms"] = status, answer
    with pytest.raises(Refused, match=f"^KMS self authorization failed: Failed to call self KMS auth check: .*{reason}"):
        client.call("GetTempCaCert")


def test_others_are_served_while_it_thinks(asking, webhook):
    simulated, client = asking
    webhook.answers["wait"] = True
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(client.call, "GetTempCaCert") for _ in range(3)]
        ends = time.monotonic() + HANG_SECONDS
        while len(webhook.asked) < 3 + 1 and time.monotonic() < ends:
            time.sleep(0.01)
        assert simulated.call("DstackGuest.Version") and client.get("/health") == (200, "OK")
        assert not any(one.done() for one in waiting)
        webhook.seconds.set()
        assert all(one.result(HANG_SECONDS)["ca_cert"] for one in waiting)


def test_one_that_does_not_answer_in_time_refuses(asking, webhook):
    webhook.answers["wait"] = True
    with pytest.raises(Refused, match="it does not answer in time$"):
        asking[1].call("GetTempCaCert")


def test_a_client_may_leave_while_it_thinks(asking, webhook):
    simulated, client = asking
    webhook.answers["wait"] = True
    before = len(webhook.asked)
    connection = client.connect()
    connection.request("POST", "/prpc/GetTempCaCert?json", body=b"null")
    ends = time.monotonic() + HANG_SECONDS
    while len(webhook.asked) == before and time.monotonic() < ends:
        time.sleep(0.01)
    connection.sock.close()
    assert simulated.call("DstackGuest.Version")


APP = {"isAllowed": True, "gatewayAppId": "gw", "reason": ""}


def test_it_is_asked_about_tds_that_are_deployed(asking, webhook):
    """Before they have booted, so without the key provider: as when their guests ask."""
    simulated, _ = asking
    webhook.asked.clear()
    vm, shown = create(simulated)
    assert shown["boot_error"] == ""
    assert [path for _, path, _ in webhook.asked] == ["/auth/bootAuth/kms", "/auth/bootAuth/app"]
    asked, info = webhook.asked[1][2], vm_call(simulated, vm, "Info")
    assert asked["appId"] == shown["app_id"] and asked["instanceId"] == shown["instance_id"]
    assert (asked["composeHash"], asked["osImageHash"]) == (info["compose_hash"], info["os_image_hash"])
    assert asked["keyProviderInfo"] == "" and asked["mrAggregated"] != info["mr_aggregated"]
    webhook.asked.clear()
    without = json.dumps({**json.loads(KMS_COMPOSE), "kms_enabled": False})
    assert create(simulated, compose_file=without)[1]["boot_error"] == "" and not webhook.asked


@pytest.mark.parametrize("path, reason", [
    ("app", "App not allowed: Boot denied: not today"),
    ("kms", "KMS self authorization failed: KMS is not allowed: not today"),
])
def test_a_deployed_td_does_not_boot_if_it_refuses(asking, webhook, path, reason):
    simulated, _ = asking
    webhook.answers[f"/auth/bootAuth/{path}"] = {**APP, "isAllowed": False, "reason": "not today"}
    vm, shown = create(simulated)
    assert shown["boot_error"] == f"failed to get the app's keys from the KMS: {reason}"
    with pytest.raises(urllib.error.HTTPError):
        vm_call(simulated, vm, "Info")
    webhook.answers.clear()
    simulated.post("/prpc/Teepod.StopVm?json", {"id": vm})
    simulated.post("/prpc/Teepod.StartVm?json", {"id": vm})
    assert await_boot(simulated, vm)["boot_error"] == ""


def tls_key(simulated, vm):
    return vm_call(simulated, vm, "GetTlsKey", subject="x")["certificate_chain"]


def test_it_is_asked_about_each_certificate_of_a_td(asking, webhook):
    simulated, _ = asking
    vm, shown = create(simulated)
    webhook.asked.clear()
    assert len(tls_key(simulated, vm)) == 3
    assert [path for _, path, _ in webhook.asked] == ["/auth/bootAuth/kms", "/auth/bootAuth/app"]
    assert webhook.asked[1][2]["appId"] == shown["app_id"]
    webhook.answers["/auth/bootAuth/app"] = {**APP, "isAllowed": False, "reason": "no longer"}
    with pytest.raises(urllib.error.HTTPError) as refused:
        tls_key(simulated, vm)
    assert json.loads(refused.value.read())["error"] == "Failed to sign the CSR: Boot denied: no longer"
    assert vm_call(simulated, vm, "GetKey", path="a")["key"]  # the TD has its keys
    webhook.asked.clear()
    assert len(simulated.call("DstackGuest.GetTlsKey", subject="x")["certificate_chain"]) == 2 and not webhook.asked


def test_a_td_waits_for_it_and_may_be_removed_meanwhile(asking, webhook):
    simulated, _ = asking
    webhook.answers["wait"] = True
    asked = len(webhook.asked)
    ids = [simulated.post("/prpc/Teepod.CreateVm?json", {**SMALL, "compose_file": KMS_COMPOSE})["id"]
           for _ in range(3)]
    ends = time.monotonic() + HANG_SECONDS
    while len(webhook.asked) < asked + 3 and time.monotonic() < ends:
        time.sleep(0.01)
    shown = simulated.post("/prpc/Teepod.GetInfo?json", {"id": ids[0]})["info"]
    assert (shown["status"], shown["boot_progress"]) == ("running", "requesting app keys")
    simulated.post("/prpc/Teepod.RemoveVm?json", {"id": ids[0]})
    simulated.post("/prpc/Teepod.StopVm?json", {"id": ids[1]})
    simulated.post("/prpc/Teepod.StartVm?json", {"id": ids[1]})
    webhook.seconds.set()
    for vm in ids[1:]:
        assert await_boot(simulated, vm)["boot_error"] == ""
    assert not simulated.post("/prpc/Teepod.GetInfo?json", {"id": ids[0]})["found"]


def test_it_may_be_stopped_while_tds_wait(launch, webhook, directory):
    webhook.answers["wait"] = True
    with Simulator(directory / "stopped", "--kms-listen", "127.0.0.1:0", "--kms-auth-url", webhook.url) as process:
        Simulated(process.url).post("/prpc/Teepod.CreateVm?json", {**SMALL, "compose_file": KMS_COMPOSE})
        ends = time.monotonic() + HANG_SECONDS
        while not webhook.asked and time.monotonic() < ends:
            time.sleep(0.01)
        assert process.stop() == 0


def test_nothing_listens_at_its_address(launch, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _, url = launch("--kms-auth-url", f"http://127.0.0.1:{port}")
    with pytest.raises(Refused, match="connection refused$"):
        Kms(url, tmp_path).call("GetTempCaCert")


def test_meta_is_what_the_webhook_says(asking, webhook):
    webhook.answers["/auth"] = {"status": "ok", "kmsContractAddr": "0x12", "gatewayAppId": "g", "chainId": 5,
                                "appImplementation": "0x34"}
    meta = asking[1].call("GetMeta")
    assert (meta["kms_contract_address"], meta["gateway_app_id"], meta["chain_id"]) == ("0x12", "g", 5)
    assert meta["app_auth_implementation"] == "0x34" and not meta["is_dev"]
    assert webhook.asked[-1] == ("GET", "/auth", None)
