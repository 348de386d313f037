"""TDs that boot under a KMS elsewhere: another simulator's, and one of Python's own, which also misbehaves."""

import contextlib
import datetime
import hashlib
import itertools
import json
import socket
import stat
import threading
import time
import urllib.error

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

import kms_client
from kms_client import HANG_SECONDS, Refused, hkdf, p256, private, spki
from python_kms import PythonKms, issue
from simulator import VECTORS, Simulator
from support import Simulated
from vms import SMALL

# The root of the quotes names a URL: those who verify each other's have the same one.
CLUSTER = ("--public-url", "http://localhost:8090")
KMS_APP = json.dumps({"manifest_version": 2, "name": "small", "runner": "docker-compose", "kms_enabled": True})


def wait_for(what, happens):
    ends = time.monotonic() + HANG_SECONDS
    while not happens():
        assert time.monotonic() < ends, what
        time.sleep(0.02)


class Joining(Simulated):
    """A simulator whose first TD boots under a KMS."""

    def __init__(self, process):
        super().__init__(process.url)
        self.process = process

    def wait(self):
        wait_for("it becomes ready", lambda: self.status("/readyz") == 200)
        return self

    def says(self, sentence):
        """Waits for a line that has it."""
        wait_for(f"{sentence!r} in {self.process.stderr()}", lambda: sentence in self.process.stderr())
        return self


@pytest.fixture(scope="module")
def launch(directory):
    numbers = itertools.count()
    with contextlib.ExitStack() as started:
        yield lambda *options: started.enter_context(
            Simulator(directory / f"join-{next(numbers)}", *CLUSTER, *options))


@pytest.fixture
def boot(launch):
    """boot(url, *options) gives a simulator that asks there."""
    return lambda url, *options: Joining(launch("--kms-url", url, *options))


def kms_url(process):
    port = next(e["url"] for e in process.endpoints if e.get("url", "").startswith("https://")).rsplit(":")[-1]
    return f"https://localhost:{port}"


@pytest.fixture(scope="module")
def kms(launch):
    """Another simulator's KMS: its URL, and that simulator."""
    process = launch("--kms-listen", "127.0.0.1:0")
    return kms_url(process), Simulated(process.url)


def certificates(texts):
    return [x509.load_pem_x509_certificate(text.encode()) for text in texts]


def events(td, name):
    log = json.loads(td.call("DstackGuest.GetQuote", report_data="00")["event_log"])
    return [event["event_payload"] for event in log if event["event"] == name]


# --- another simulator's ---


def test_it_gets_the_keys_that_the_kms_derives(kms, boot, tmp_path):
    url, _ = kms
    td = boot(url, "--write-app-keys", tmp_path / "keys.json").wait()
    keys = json.loads((tmp_path / "keys.json").read_text())
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    given = kms_client.join(url, tmp_path / "client", td).call("GetAppKey", api_version=1)
    for name in ("disk_crypt_key", "env_crypt_key", "k256_key", "k256_signature", "gateway_app_id", "ca_cert"):
        assert keys[name] == given[name], name
    provider = keys["key_provider"]["Kms"]
    root = x509.load_pem_x509_certificate(given["ca_cert"].encode())
    assert provider["url"] == f"{url}/prpc" and bytes.fromhex(provider["pubkey"]) == spki(root)
    load_pem_private_key(provider["tmp_ca_key"].encode(), None)
    chain = td.call("DstackGuest.GetKey", path="a", purpose="b")["signature_chain"]
    assert chain[1] == keys["k256_signature"]
    info = td.call("DstackGuest.Info")
    assert json.loads(info["key_provider_info"]) == {"name": "kms", "id": provider["pubkey"]}
    assert events(td, "os-image-hash") == [info["os_image_hash"]]
    assert events(td, "system-ready") == [""]
    quote = td.call("DstackGuest.GetQuote", report_data="00")
    assert td.post("/verify", {"attestation": quote["attestation"]})["is_valid"]


def test_its_certificates_are_signed_there(kms, boot):
    url, simulated = kms
    td = boot(url).wait()
    issued = td.call("DstackGuest.GetTlsKey", subject="an app", alt_names=["app.example"], usage_ra_tls=True,
                     usage_server_auth=True, with_app_info=True)
    leaf, app_ca, root = certificates(issued["certificate_chain"])
    assert root == certificates([simulated.call("KMS.GetMeta")["ca_cert"]])[0]
    assert leaf.subject.rfc4514_string() == "CN=an app"
    key = load_pem_private_key(issued["key"].encode(), None)
    assert leaf.public_key() == key.public_key()
    info = td.call("DstackGuest.Info")
    assert private(leaf, 3).hex() == private(app_ca, 3).hex() == info["app_id"]
    verdict = td.post("/verify", {"attestation": private(leaf, 8).hex()})
    assert verdict["is_valid"], verdict["reason"]
    assert verdict["details"]["report_data"] == hashlib.sha512(b"ratls-cert:" + spki(key)).hexdigest()
    assert info["app_cert"].count("BEGIN CERTIFICATE") == 3
    for path in ("/prpc/Tappd.DeriveKey", "/v1/IssueCert"):
        assert len(td.post(path, {"subject": "other"})["certificate_chain"]) == 3


def test_a_request_is_refused_before_the_kms_is_asked(kms, boot):
    td = boot(kms[0]).wait()
    with pytest.raises(Refused, match="alt_names must not contain an empty name"):
        ask(td, "DstackGuest.GetTlsKey", alt_names=[""])


def ask(td, method, **arguments):
    try:
        td.call(method, **arguments)
    except urllib.error.HTTPError as error:
        raise Refused(json.loads(error.read())["error"]) from None


def test_deployed_tds_join_it_too(kms, boot, tmp_path):
    url, _ = kms
    td = boot(url).wait()
    vm = td.post("/prpc/Teepod.CreateVm?json", {**SMALL, "compose_file": KMS_APP})["id"]
    td.says("a deployed TD has booted: it has its keys and its certificate from the KMS")
    info = {}

    def runs():
        info.update(td.post("/prpc/Teepod.GetInfo?json", {"id": vm})["info"])
        return info["boot_progress"] == "done" or info["boot_error"]
    wait_for("it boots", runs)
    assert info["boot_error"] == ""
    chain = td.post(f"/vm/{vm}/GetTlsKey", {"subject": "deployed"})["certificate_chain"]
    leaf, app_ca, _ = certificates(chain)
    assert private(leaf, 3).hex() == private(app_ca, 3).hex() == info["app_id"]


def test_keys_of_a_file_are_signed_for(kms, boot, launch, tmp_path):
    url, simulated = kms
    file = tmp_path / "keys.json"
    first = boot(url, "--write-app-keys", file).wait()
    key = first.call("DstackGuest.GetKey", path="a")["key"]
    again = boot(url, "--app-keys", file).wait()
    assert again.call("DstackGuest.GetKey", path="a")["key"] == key
    assert len(again.call("DstackGuest.GetTlsKey", subject="x")["certificate_chain"]) == 3
    alone = Joining(launch("--app-keys", file)).wait()  # without --kms-url, the simulator's own KMS signs
    assert alone.call("DstackGuest.GetKey", path="a")["key"] == key
    leaf, ca = certificates(alone.call("DstackGuest.GetTlsKey", subject="x")["certificate_chain"])
    assert ca == certificates([simulated.call("KMS.GetMeta")["ca_cert"]])[0]
    assert "the simulator's own KMS signs them here" in alone.process.stderr()


def test_an_app_without_a_kms_asks_none(launch, tmp_path):
    compose = tmp_path / "app-compose.json"
    compose.write_text(KMS_APP.replace("kms_enabled", "local_key_provider_enabled"))
    with socket.create_server(("127.0.0.1", 0)) as idle:
        td = Joining(launch("--kms-url", f"https://127.0.0.1:{idle.getsockname()[1]}", "--app-compose", compose))
        assert td.status("/readyz") == 200
        assert "is not asked for the first TD's keys" in td.process.stderr()
        idle.settimeout(0.2)
        with pytest.raises(TimeoutError):
            idle.accept()


# --- Python's ---


@pytest.fixture
def python_kms(launch, tmp_path):
    """python_kms(**changes) is a KMS that knows the default app; not started."""
    info = Simulated(launch().url).call("DstackGuest.Info")

    def make(**changes):
        directory = tmp_path / f"python-{time.monotonic_ns()}"
        directory.mkdir()
        made = PythonKms(directory, **changes)
        made.app_id, made.instance_id = bytes.fromhex(info["app_id"]), bytes.fromhex(info["instance_id"])
        return made
    return make


def test_an_independent_kms_gives_keys_and_signs(python_kms, boot, tmp_path):
    with python_kms() as kms:
        td = boot(kms.url, "--write-app-keys", tmp_path / "keys.json").wait()
        keys = json.loads((tmp_path / "keys.json").read_text())
        image_hash = td.call("DstackGuest.Info")["os_image_hash"]
        for name, value in kms.app_key(image_hash).items():
            assert keys.get(name, value) == value
        assert events(td, "os-image-hash") == [image_hash]
        leaf, app_ca, root = certificates(td.call("DstackGuest.GetTlsKey", subject="an app")["certificate_chain"])
        assert leaf.subject.rfc4514_string() == "CN=an app" and root == kms.ca
        assert certificates([td.call("DstackGuest.Info")["app_cert"]])[0].subject.rfc4514_string() == "CN=demo-cert"
        assert [method for method, _ in kms.asked] == ["GetTempCaCert", "GetAppKey", "SignCert", "SignCert"]
        clients = [client for _, client in kms.asked]
        assert clients[0] is None
        for client in clients[1:]:
            assert client.subject.rfc4514_string() == "CN=RA-TLS TEMP Cert"
            verdict = td.post("/verify", {"attestation": private(client, 8).hex()})
            assert verdict["is_valid"], verdict["reason"]
            shown = hashlib.sha512(b"ratls-cert:" + spki(client)).hexdigest()
            assert verdict["details"]["report_data"] == shown
        assert len({spki(client) for client in clients[1:]}) == 3, "each has a key of its own"


def fail(text=b'{"error":"App not allowed: Boot denied: not on the list"}', status=400):
    return lambda handler: (status, text)


def cut(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


def other_ca():
    key = ec.generate_private_key(ec.SECP256R1())
    return issue("Another CA", key, ca=True)


REFUSED = "the other end's certificate is refused: "


@pytest.mark.parametrize("changes, answers, sentence", [
    ({}, {"GetTempCaCert": fail(b"<html>")}, "Failed to get temp ca cert: it answers with status 400: <html>"),
    ({}, {"GetTempCaCert": fail(b"\xff\x00", 200)}, "Failed to get temp ca cert: its answer is not what a KMS answers"),
    ({}, {"GetAppKey": fail()}, "Failed to get app key: it refuses with status 400: App not allowed: Boot denied: not on the list"),
    ({}, {"GetAppKey": fail(b"{}", 200)}, "Failed to get app key: its answer is not what a KMS answers: the member disk_crypt_key"),
    ({}, {"GetAppKey": cut}, "is cut; it is asked again in 1 s"),
    ({}, {"GetAppKey": lambda handler: None}, "is cut; it is asked again in 1 s"),
    ({}, {"GetAppKey": fail(b"x" * 300000, 200)}, "Failed to get app key: its answer is too long"),
    ({"trusted_ca": other_ca}, {}, f"Failed to get app key: {REFUSED}it does not chain to the CA"),
    ({"until": datetime.datetime(2020, 1, 1)}, {}, f"Failed to get app key: {REFUSED}it has expired"),
    ({"hosts": ("kms.example",)}, {}, f"Failed to get app key: {REFUSED}it is for another name"),
    ({"extensions": {}}, {}, "Failed to get app key: its certificate is not that of a KMS: it lacks the usage kms:rpc"),
    ({"extensions": {4: b"app:custom"}}, {}, 'its usage is "app:custom", not kms:rpc'),
    ({"extensions": {4: b"kms:rpc", 8: b"no quote"}}, {}, "Failed to get app key: the quote in its certificate is refused: "),
])
def test_what_fails_is_one_sentence(python_kms, boot, changes, answers, sentence):
    with python_kms(**{name: value() if callable(value) else value for name, value in changes.items()}) as kms:
        kms.answers = answers
        td = boot(kms.url)
        td.says(f"failed to get the app's keys from the KMS: {kms.url}/prpc: ").says(sentence)
        assert td.status("/readyz") == 503
        with pytest.raises(Refused, match="failed to get the app's keys from the KMS: https://localhost:"):
            ask(td, "DstackGuest.Info")
        assert td.status("/healthz") == 200


def test_a_quote_over_another_key_is_refused(python_kms, boot, kms):
    """The certificate of a KMS that shows a genuine quote, but not over its key; and the right one."""
    _, simulated = kms
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    wrong = kms_client.attest(simulated, other)
    with python_kms(key=key, extensions={4: b"kms:rpc", 8: wrong}) as bad:
        boot(bad.url).says("the quote in its certificate is refused: report data mismatch")
    with python_kms(key=key, extensions={4: b"kms:rpc", 8: kms_client.attest(simulated, key)}) as good:
        boot(good.url).wait()


def test_it_is_asked_again_until_it_agrees(python_kms, boot):
    with python_kms() as kms:
        kms.answers = {"GetAppKey": fail()}
        td = boot(kms.url).says("it is asked again in 1 s").says("it is asked again in 2 s")
        kms.answers = {"SignCert": fail(b'{"error":"busy"}')}
        td.says("failed to get the TD's certificate from the KMS: ").says("Failed to sign the CSR: it refuses with status 400: busy")
        assert td.status("/readyz") == 503
        kms.answers = {}
        td.wait()
        assert len(events(td, "os-image-hash")) == 1
        shown = td.post("/prpc/Teepod.Status?json", {})["vms"][0]
        assert shown["boot_error"] == "" and shown["boot_progress"] == "done"


def test_the_loop_serves_while_a_kms_is_slow(python_kms, boot):
    go_on = threading.Event()

    def wait(handler):
        go_on.wait(HANG_SECONDS)
        return 200, json.dumps(handler.serve("GetTempCaCert", None)).encode()
    with python_kms() as kms:
        kms.answers = {"GetTempCaCert": wait}
        td = boot(kms.url)
        wait_for("it is asked", lambda: kms.asked)
        assert td.status("/readyz") == 503 and td.status("/healthz") == 200
        assert td.call("KMS.GetMeta")["is_dev"]
        with pytest.raises(Refused, match="this TD is booting: it asks a KMS for its keys"):
            ask(td, "DstackGuest.Info")
        go_on.set()
        td.wait()


def test_a_slow_or_failing_signature_holds_only_its_caller(python_kms, boot):
    go_on = threading.Event()

    def wait(handler):
        go_on.wait(HANG_SECONDS)
        return 400, b'{"error":"not today"}'
    with python_kms() as kms:
        td = boot(kms.url).wait()
        kms.answers = {"SignCert": wait}
        errors = []

        def ask_in_vain():
            try:
                ask(td, "DstackGuest.GetTlsKey", subject="x")
            except Refused as error:
                errors.append(str(error))
        thread = threading.Thread(target=ask_in_vain)
        asked = len(kms.asked)
        thread.start()
        wait_for("it is asked", lambda: len(kms.asked) > asked)
        assert td.call("DstackGuest.Info")["app_name"]
        go_on.set()
        thread.join()
        assert errors == [f"KMS {kms.url}/prpc: Failed to sign the CSR: it refuses with status 400: not today"]


def test_the_next_kms_is_asked_where_one_fails(python_kms, boot):
    with python_kms() as kms, socket.create_server(("127.0.0.1", 0)) as gone:
        closed = f"https://127.0.0.1:{gone.getsockname()[1]}"
        gone.close()
        boot(closed, "--kms-url", kms.url).wait().says(f"from the KMS {kms.url}/prpc")


def test_a_deployed_td_asks_where_it_is_told_to(python_kms, kms, boot):
    td = boot(kms[0]).wait()
    with python_kms() as other:
        other.app_id = hashlib.sha256(KMS_APP.encode()).digest()[:20]
        vm = td.post("/prpc/Teepod.CreateVm?json", {**SMALL, "compose_file": KMS_APP, "kms_urls": [other.url]})["id"]
        wait_for("it boots", lambda: td.post("/prpc/Teepod.GetInfo?json", {"id": vm})["info"]["boot_progress"] == "done")
        key = p256(hkdf(other.root_scalar, b"app-ca")).public_key()
        _, app_ca, root = certificates(td.post(f"/vm/{vm}/GetTlsKey", {"subject": "x"})["certificate_chain"])
        assert app_ca.public_key() == key and root == other.ca


def test_a_pinned_kms_is_checked_when_it_answers(python_kms, launch, tmp_path):
    """--check knows no KMS's key; the guest compares it with the one that its app pins."""
    with python_kms() as kms:
        compose = tmp_path / "app-compose.json"

        def pin(key):
            compose.write_text(json.dumps({**json.loads(KMS_APP), "key_provider_id": key.hex()}))
            return "--kms-url", kms.url, "--app-compose", compose
        checked = Simulator(tmp_path / "check", *CLUSTER).run_to_its_end(*pin(spki(kms.ca)), "--check")
        assert checked.returncode == 0, checked.stderr
        kms.app_id = hashlib.sha256(compose.read_bytes()).digest()[:20]
        Joining(launch(*pin(spki(kms.ca)))).wait()
        other = Joining(launch(*pin(spki(ec.generate_private_key(ec.SECP256R1())))))
        other.says("app-compose: its key_provider_id is not that of the key provider")


def test_a_kms_whose_name_is_unknown(boot):
    """No name server has it, as no label is that long."""
    host = "k" * 64 + ".example"
    td = boot(f"https://{host}").says(f"from the KMS: https://{host}/prpc: Failed to get temp ca cert: cannot find the host {host}: ")
    assert td.status("/readyz") == 503 and td.status("/healthz") == 200


def test_it_stops_while_it_waits(python_kms, launch):
    with python_kms() as kms:
        go_on = threading.Event()
        kms.answers = {"GetTempCaCert": lambda handler: go_on.wait(HANG_SECONDS) and None}
        process = launch("--kms-url", kms.url)
        wait_for("it is asked", lambda: kms.asked)
        assert process.stop() == 0
        go_on.set()


def test_its_vm_can_be_stopped_and_started(python_kms, boot):
    with python_kms() as kms:
        kms.answers = {"GetAppKey": fail()}
        td = boot(kms.url).says("it is asked again")
        first = td.post("/prpc/Teepod.Status?json", {})["vms"][0]["id"]
        td.post("/prpc/Teepod.StopVm?json", {"id": first})
        kms.answers = {}
        with pytest.raises(Refused, match="this TD has been stopped"):
            ask(td, "DstackGuest.Info")
        td.post("/prpc/Teepod.StartVm?json", {"id": first})
        td.wait()
        wait_for("it answers", lambda: td.status("/prpc/DstackGuest.Info") == 200)


# --- a KMS that is wrong on purpose ---


@pytest.mark.parametrize("options, sentence", [
    (("--kms-flaw", "denies"), "Failed to get app key: it refuses with status 400: App not allowed: Boot denied: this KMS "
                               "denies every app (--kms-flaw denies)"),
    (("--kms-flaw", "no-usage"), "its certificate is not that of a KMS: it lacks the usage kms:rpc"),
    (("--kms-flaw", "bad-quote"), "the quote in its certificate is refused: report data mismatch"),
    (("--fault", "GetAppKey=garbage"), "Failed to get app key: its answer is not what a KMS answers: not valid JSON"),
    (("--fault", "GetTempCaCert=503,message=later"), "Failed to get temp ca cert: it refuses with status 503: later"),
    (("--fault", "GetAppKey=cut"), "Failed to get app key: its answer is not HTTP/1.1, or is cut"),
    (("--fault", "GetAppKey=drop"), "is cut; it is asked again in 1 s"),
])
def test_refusals_can_be_seen(launch, boot, options, sentence):
    td = boot(kms_url(launch("--kms-listen", "127.0.0.1:0", *options)))
    td.says("failed to get the app's keys from the KMS: https://localhost:").says(sentence)
    assert td.status("/readyz") == 503


def test_a_slow_kms_is_waited_for(launch, boot):
    process = launch("--kms-listen", "127.0.0.1:0", "--fault", "GetAppKey=delay=600000")
    kms = Simulated(process.url)
    td = boot(kms_url(process))
    wait_for("it is asked", lambda: kms.call("Simulator.Status")["faults"][0]["hits"] > 0)
    assert td.status("/readyz") == 503 and td.status("/healthz") == 200


def test_it_joins_once_the_fault_is_gone(launch, boot):
    process = launch("--kms-listen", "127.0.0.1:0", "--fault", "GetAppKey=garbage")
    td = boot(kms_url(process)).says("it is asked again")
    Simulated(process.url).call("Simulator.ClearFaults")
    td.wait()


# --- options ---


@pytest.mark.parametrize("options, reason", [
    (("--kms-url", "http://localhost:1"), "is not a URL that begins with https://"),
    (("--kms-url", "https://"), "the URL has no host"),
    (("--kms-url", "https://localhost:0"), "is not a URL such as https://localhost:8000"),
    (("--write-app-keys", "keys.json"), "--write-app-keys needs --kms-url"),
    (("--kms-flaw", "denies"), "--kms-flaw needs --kms-listen"),
    (("--kms-flaw", "weak", "--kms-listen", "0"), "--kms-flaw"),
])
def test_options_that_make_no_sense(directory, options, reason):
    ended = Simulator(directory / "options").run_to_its_end(*options)
    assert ended.returncode != 0 and reason in ended.stderr


def test_a_file_with_a_ca_asks_no_kms(directory):
    ended = Simulator(directory / "ca").run_to_its_end("--kms-url", "https://localhost:1", "--app-keys",
                                                       VECTORS / "appkeys.json")
    assert ended.returncode != 0 and "has the key of a CA" in ended.stderr
