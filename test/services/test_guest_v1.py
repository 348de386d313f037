"""The versioned API: its own mounts, keys whose signatures lead to the KMS root, attestations,
and what it shows to the public. Clients are told apart from the older API by the path alone."""

import hashlib
import http.client
import json
import socket
import struct

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from eth_keys import keys
from eth_utils import keccak

from messages import ERROR, JSON, METHODS, PROTOBUF, Caller, read_protobuf
from simulator import VECTORS, Simulator

GUEST = [name.rsplit(".", 1)[1] for name in METHODS if name.startswith("v1.DstackGuest.")]
WORKER = [name.rsplit(".", 1)[1] for name in METHODS if name.startswith("v1.Worker.")]

# The published vectors: domain, algorithm, key and public key.
APP_KEY = "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b"
KEYS = [
    ("", "secp256k1", "59f60584ce6fd2a3a31997256db9d77322463fc8a6b1520110401bcb1ee92387",
     "0377c7fb050db181d392266a3cee9adb2901c6d665f11bac68be5457f577ba4908"),
    ("", "ed25519", "b023493030669cf22e9cafa6a464d4cf3ae4edfe5474ec796710f21ea011946d",
     "a3dc149fd5b765eab2eb7d3174fa939e39386898f10b15b7b146f6f1358ecf2a"),
    ("storage-encryption", "secp256k1", "5510330f86902ddae38c6d89c93a8408019332c17a429e1abd01c4a28d1544a6",
     "03d962450a41748021c8b02787ac36ce642ff0ae25f4c55019eb527e1112cfd764"),
    ("storage-encryption", "ed25519", "3c4c3ece12fa99ccb93fc0090877f80e70545fdd971e2ac93d3398c4684538d3",
     "2380c4a33a60b60613fa43866421e5b96eb8dcde211317200fd0d41e7e491288"),
    ("a/b/c", "secp256k1", "7f0973449298085d2d36a3b4c4d3243c100ba1981ffa885fe9e9dee883e69538",
     "02e9b1a61b6d70aa9b241753828c316bf90e33e77b2e113f9ba75a8b6dc3cde5c1"),
    ("k\0:ey", "ed25519", "42da8bf0b479ed125c370e3b91f982735bf08ff592abbd586985affa43ee96a1",
     "c833107822b003ff5675b33b90b151d4315c3ab9162b17d876e8dffde41abf9b"),
]
SIGNATURE = ("5b6193729ce7976ec67863f21692d4b98c69832698aae8e001a7d33a6f818b6e"
             "46ca950725b6e90e8ca9bcf394abd03ce264bf9b7eec1e91693247f9dd53c26901")
HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0

PRIVATE_APP = {"name": "private", "manifest_version": 2, "runner": "docker-compose", "public_tcbinfo": False,
               "docker_compose_file": "services: {}\n"}


@pytest.fixture(scope="module")
def simulator(start):
    return start()


@pytest.fixture(scope="module")
def caller(simulator):
    return Caller(simulator.url)


# --- where it is ---

class SocketCaller(Caller):
    """A caller on a Unix socket."""

    def __init__(self, path):
        self.connection = http.client.HTTPConnection("localhost", timeout=60)
        self.connection.sock = socket.socket(socket.AF_UNIX)
        self.connection.sock.connect(str(path))


def status(caller, path):
    return caller.exchange("POST", path, "{}", JSON)[0]


def test_each_mount_serves_its_own_methods_only(caller):
    older = [name.rsplit(".", 1)[1] for name in METHODS if name.startswith("DstackGuest.")]
    public = [name.rsplit(".", 1)[1] for name in METHODS if name.startswith("Worker.")]
    served = {"/v1/": GUEST, "/v0/": older, "/prpc/v1/": WORKER, "/prpc/v0/": public}
    for directory, methods in served.items():
        for method in {*GUEST, *older, *WORKER, *public}:
            assert (status(caller, directory + method) != 404) == (method in methods), directory + method
    assert {status(caller, "/" + method) for method in {*GUEST} - {*older}} == {404}


@pytest.mark.parametrize("path, method", [
    ("/v1/Sign", "Sign"), ("/v1/DstackGuest.Info", "DstackGuest.Info"), ("/prpc/v1/Worker.Info", "Worker.Info"),
    ("/v1/dstack.guest.v1.DstackGuest.Info", "dstack.guest.v1.DstackGuest.Info"),
    ("/prpc/v1/AttestAppKey", "AttestAppKey"), ("/v0/IssueCert", "IssueCert"), ("/prpc/v0/Worker.Health", "Health"),
    ("/IssueCert", "IssueCert"), ("/prpc/IssueCert", "IssueCert")])
def test_an_unknown_method_is_told_by_its_name(caller, path, method):
    error = f"Service not found: {method}"
    assert caller.outcome_of_json(*caller.exchange("POST", path, "{}", JSON)) == (404, error)
    status, content_type, body = caller.exchange("POST", path, b"", PROTOBUF)
    assert (status, content_type) == (404, PROTOBUF) and read_protobuf(ERROR.DESCRIPTOR, body).message == error


@pytest.mark.parametrize("path", ["/v1/v1/Info", "/V1/Info", "/v2/Info", "/v1/Info/", "/prpc/v2/Info",
                                  "/prpc/v1/v1/Info", "/api/v1/Info"])
def test_an_unknown_path_is_told_in_other_words(caller, path):
    status, content_type, body = caller.exchange("POST", path, "{}", JSON)
    assert status == 404 and content_type.startswith("text/plain") and b"Service not found" not in body


def test_a_surface_is_not_where_its_service_is_not(directory):
    """That is how clients find out whether there is a newer API."""
    with Simulator(directory / "kms", f"--listen=unix:{directory}/kms.sock=kms,tappd") as own:
        caller = SocketCaller(directory / "kms.sock")
        for path in ("/v1/Version", "/v0/Version", "/prpc/v1/Version", "/prpc/v0/Version"):
            assert b"Service not found" not in caller.exchange("GET", path)[2]
        assert own.is_running()


def test_sockets_serve_as_in_production(directory):
    with Simulator(directory / "sockets") as own:
        dstack, external = SocketCaller(own.unix), SocketCaller(own.socket("external.sock"))
        for name in ("Info", "Version"):
            assert (status(dstack, f"/v1/{name}"), status(dstack, f"/prpc/v1/{name}")) == (200, 404)
            assert (status(external, f"/v1/{name}"), status(external, f"/prpc/v1/{name}")) == (404, 200)
        assert status(external, "/v1/GetKey") == status(external, "/prpc/v1/GetKey") == 404


# --- keys ---

@pytest.fixture(scope="module")
def known(start, directory):
    """A simulator with the app key of the published vectors."""
    file = directory / "known.json"
    file.write_text(json.dumps({**json.loads((VECTORS / "appkeys.json").read_text()), "k256_key": APP_KEY}))
    return Caller(start("--app-keys", file).url)


@pytest.mark.parametrize("domain, algorithm, key, public_key", KEYS)
def test_published_keys_in_every_encoding(known, domain, algorithm, key, public_key):
    for outcome in known.by_all("v1.DstackGuest.GetKey", {"domain": domain, "algorithm": algorithm}):
        assert (outcome.value["key"], outcome.value["public_key"]) == (key, public_key)


def test_published_signatures(known):
    got = known.by_json("v1.DstackGuest.GetKey", {"domain": "storage-encryption", "algorithm": "secp256k1"}).value
    assert got["signature_chain"][0] == SIGNATURE
    older = known.by_json("DstackGuest.GetKey", {"path": "test", "purpose": "signing"}).value
    assert older["signature_chain"][0] == ("c8a3dcf06c4e95bd78a5d7a1c8fcff171fc5848cfae804c6fc11bda4dc5d4062"
                                           "379995390843827444992c4c0e4bac70f0f878e01b9fc8b98cd7126fe5a3876b01")
    assert older["signature_chain"][1] == got["signature_chain"][1]


def field(data):
    return struct.pack(">I", len(data)) + data


def recover(message, signature):
    """The compressed key that signed; refuses signatures that are not canonical."""
    assert len(signature) == 65 and signature[64] < 4
    assert int.from_bytes(signature[32:64], "big") <= HALF_ORDER
    return keys.Signature(signature).recover_public_key_from_msg_hash(keccak(message)).to_compressed_bytes()


def public_key_of(algorithm, key):
    if algorithm == "ed25519":
        return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return keys.PrivateKey(key).public_key.to_compressed_bytes()


@pytest.mark.parametrize("algorithm", ["secp256k1", "ed25519"])
@pytest.mark.parametrize("domain", ["", "wallet", "a\0b:c/d", "世界 🚀", "x" * 5000], ids=len)
def test_the_chain_leads_to_the_kms_root(caller, algorithm, domain):
    got = caller.by_json("v1.DstackGuest.GetKey", {"domain": domain, "algorithm": algorithm}).value
    public_key = public_key_of(algorithm, bytes.fromhex(got["key"]))
    assert got["public_key"] == public_key.hex()
    claim, issued = (bytes.fromhex(link) for link in got["signature_chain"])
    app_key = recover(b"".join(map(field, (b"dstack-guest-v1-key-claim", algorithm.encode(), domain.encode(),
                                           public_key))), claim)
    app_id = bytes.fromhex(caller.by_json("v1.DstackGuest.Info", {}).value["app_id"])
    root = recover(b"dstack-kms-issued:" + app_id + app_key, issued)
    assert root.hex() == caller.by_json("KMS.GetMeta", {}).value["k256_pubkey"]


def test_a_domain_is_not_a_path_and_algorithms_share_no_key(caller):
    older = caller.by_json("DstackGuest.GetKey", {"path": "wallet"}).value["key"]
    newer = {caller.by_json("v1.DstackGuest.GetKey", {"domain": "wallet", "algorithm": algorithm}).value["key"]
             for algorithm in ("secp256k1", "ed25519")}
    assert len(newer | {older}) == 3


@pytest.mark.parametrize("algorithm", ["", "k256", "secp256k1_prehashed", "SECP256K1", "rsa", "ed25519 "])
def test_every_other_algorithm_is_refused(caller, algorithm):
    for outcome in caller.by_all("v1.DstackGuest.GetKey", {"domain": "a", "algorithm": algorithm}):
        assert outcome.status == 400 and outcome.value.endswith(" use `secp256k1` or `ed25519`")


@pytest.mark.parametrize("body", [
    '{"domain":null,"algorithm":"ed25519"}', '{"domain":1,"algorithm":"ed25519"}', '{"domain":["a"],"algorithm":"ed25519"}',
    '{"domain":"a","algorithm":null}', '{"domain":"a"}', '{"domain":"a","algorithm":"ed25519\\u0000"}',
    '{"domain":"\\ud800","algorithm":"ed25519"}', '[]', '"wallet"'])
def test_nothing_is_coerced(caller, body):
    assert caller.raw_json("v1.DstackGuest.GetKey", body).status == 400


def test_in_protobuf_the_last_domain_counts(known):
    algorithm = b"\x12\x09secp256k1"
    for domains, expected in ((b"\x0a\x03a\0b\x0a\x05a/b/c", "a/b/c"), (b"\x0a\x05a/b/c\x0a\x03a\0b", "a\0b"),
                              (b"\x0a\x03a\0b\x0a\0", "")):
        got = known.raw_protobuf("v1.DstackGuest.GetKey", domains + algorithm)
        assert got == known.by_json("v1.DstackGuest.GetKey", {"domain": expected, "algorithm": "secp256k1"})


# --- certificates ---

def test_a_certificate_is_that_of_the_older_method(caller):
    arguments = {"subject": "app", "alt_names": ["app.example", "127.0.0.1"], "usage_ra_tls": True,
                 "usage_client_auth": True, "with_app_info": True, "not_before": 1, "not_after": 5_000_000_000}
    newer = caller.by_json("v1.DstackGuest.IssueCert", arguments).value
    older = caller.by_json("DstackGuest.GetTlsKey", arguments).value
    shapes = []
    for each in (newer, older):
        leaf, ca = (x509.load_pem_x509_certificate(pem.encode()) for pem in each["certificate_chain"])
        leaf.verify_directly_issued_by(ca)
        key = load_pem_private_key(each["key"].encode(), None)
        assert key.public_key() == leaf.public_key()
        shapes.append((ca, leaf.subject, leaf.not_valid_before_utc, leaf.not_valid_after_utc,
                       [(extension.oid, extension.critical) for extension in leaf.extensions]))
    assert shapes[0] == shapes[1] and newer["key"] != older["key"]


@pytest.mark.parametrize("not_before, not_after", [(5, 5), (6, 5)])
@pytest.mark.parametrize("name", ["v1.DstackGuest.IssueCert", "DstackGuest.GetTlsKey"])
def test_a_certificate_that_ends_before_it_begins_is_refused(caller, name, not_before, not_after):
    for outcome in caller.by_all(name, {"not_before": not_before, "not_after": not_after}):
        assert outcome.status == 400 and "not_before must be earlier than not_after" in outcome.value


# --- attestations ---

@pytest.mark.parametrize("report_data", [b"", b"\x12\x34", bytes(range(64))], ids=len)
def test_an_attestation_is_what_a_quote_comes_with(caller, report_data):
    for outcome in caller.by_all("v1.DstackGuest.Attest", {"report_data": report_data}):
        quoted = caller.by_json("DstackGuest.GetQuote", {"report_data": report_data}).value
        assert outcome.value == {"attestation": quoted["attestation"], "boottime_gpu_evidence": []}


def test_report_data_is_not_cut(caller):
    for outcome in caller.by_all("v1.DstackGuest.Attest", {"report_data": bytes(65)}):
        assert outcome.status == 400 and "Report data is too long" in outcome.value


# What nvattest prints, with what must not be lost: line ends, order, escapes.
EVIDENCE = ('{"result_code": 0,\r\n\t"result_message": "Ok",  "claims": [{"measres": "success", "note": "größe"},\n'
            '{"measres": "success"}], "detached_eat": [["JWT", "\\u00fc"], {}]}\n\n').encode()


@pytest.fixture(scope="module")
def evidence_file(directory):
    file = directory / "attestation.out"
    file.write_bytes(EVIDENCE)
    return file


@pytest.fixture(scope="module")
def with_gpu(start, evidence_file):
    return Caller(start("--gpu-info", evidence_file).url)


@pytest.fixture(scope="module")
def newer_simulator(start, evidence_file):
    return start("--dstack-os", "0.6", "--gpu-info", evidence_file)


@pytest.fixture(scope="module")
def newer_with_gpu(newer_simulator):
    return Caller(newer_simulator.url)


def test_gpu_evidence_has_the_exact_bytes_of_its_file(with_gpu, newer_with_gpu):
    bundle = {"vendor": "nvidia", "format": "nvidia-nvattest-boottime-json-v1", "evidence": EVIDENCE.hex()}
    for each in (with_gpu, newer_with_gpu):
        for outcome in each.by_all("v1.DstackGuest.Attest", {"include_boottime_gpu_evidence": True}):
            assert outcome.value["boottime_gpu_evidence"] == [bundle]
        assert each.by_json("DstackGuest.GpuInfo", {}).value["attestation"].encode() == EVIDENCE


def test_gpu_evidence_is_only_there_if_asked_for(with_gpu, caller):
    assert with_gpu.by_json("v1.DstackGuest.Attest", {}).value["boottime_gpu_evidence"] == []
    asked = caller.by_json("v1.DstackGuest.Attest", {"include_boottime_gpu_evidence": True})
    assert asked.value["boottime_gpu_evidence"] == []  # there is no GPU


def test_the_older_attestation_has_no_gpu_evidence(with_gpu):
    arguments = '{"include_boottime_gpu_evidence":true}'
    assert list(with_gpu.raw_json("DstackGuest.Attest", arguments).value) == ["attestation"]


@pytest.mark.parametrize("nonce", [b"", bytes(31), bytes(33), bytes(64)], ids=len)
def test_a_nonce_has_32_bytes(caller, nonce):
    for outcome in caller.by_all("v1.DstackGuest.AttestGpu", {"nonce": nonce}):
        assert outcome == (400, f"nonce must be exactly 32 bytes, got {len(nonce)}")


def test_no_gpu_answers(caller, with_gpu, newer_with_gpu):
    for each in (caller, with_gpu, newer_with_gpu):
        for outcome in each.by_all("v1.DstackGuest.AttestGpu", {"nonce": bytes(range(32))}):
            assert outcome == (501, "GPU attestation is not available in this image")


# --- what is measured of the GPUs ---

def events_of(simulator):
    """The event log of a quote, once the quote is genuine and the log replays to its registers."""
    quoted = simulator.quote()
    assert simulator.verify(quoted["quote"]).status == "UpToDate"
    for imr in range(4):
        register = bytes(48)
        for event in (event for event in quoted["event_log"] if event["imr"] == imr):
            register = hashlib.sha384(register + bytes.fromhex(event["digest"])).digest()
        assert register == quoted["quote"][48 + 328 + 48 * imr:][:48]
    return quoted["event_log"]


def test_the_recipe_for_gpu_evidence(newer_simulator, newer_with_gpu):
    """As dstack documents it: verify the quote, replay its log, then compare the hash in the event with that of
    the evidence's exact bytes. Only then are its claims worth reading."""
    log = events_of(newer_simulator)
    names = [event["event"] for event in log if event["imr"] == 3]
    assert names.index("gpu-policy-hash") + 1 == names.index("gpu-attestation") == names.index("instance-id") - 1
    assert names.count("gpu-attestation") == 1 and names.index("gpu-attestation") < names.index("system-ready")
    payload = next(event["event_payload"] for event in log if event["event"] == "gpu-attestation")
    attested = newer_with_gpu.by_json("v1.DstackGuest.Attest", {"include_boottime_gpu_evidence": True}).value
    bundle, = attested["boottime_gpu_evidence"]
    evidence = bytes.fromhex(bundle["evidence"])
    assert bytes.fromhex(payload) == json.dumps({
        "version": 2, "provider": "nvidia", "devices": len(json.loads(evidence)["claims"]), "cc_mode": "on",
        "devtools": False, "evidence_sha256": hashlib.sha256(evidence).hexdigest()}, separators=(",", ":")).encode()


def test_without_a_gpu_or_on_an_old_image_there_is_no_event(start, evidence_file):
    for each in (start("--gpu-info", evidence_file), start("--dstack-os", "0.6")):
        assert "gpu-attestation" not in [event["event"] for event in events_of(each)]


@pytest.mark.parametrize("text, sentence", [("GPU 0: on", "not valid JSON"), ("{}", "claims must be an array"),
                                            ('{"claims":[]}', "claims must be an array")])
def test_what_is_measured_has_to_be_evidence(directory, text, sentence):
    file = directory / "not-evidence"
    file.write_text(text)
    own = Simulator(directory / "refused", "--gpu-info", file)
    ended = own.run_to_its_end("--dstack-os", "0.6", "--check")
    assert ended.returncode == 2 and f"--gpu-info: {file}: " in ended.stderr and sentence in ended.stderr
    assert own.run_to_its_end("--check").returncode == 0  # on 0.5, it is any text


# --- what it shows ---

def test_info_is_identity_without_registers(caller):
    newer, older = (caller.by_json(name, {}).value for name in ("v1.DstackGuest.Info", "DstackGuest.Info"))
    shown = json.loads(older["tcb_info"])
    assert newer == {**{name: older[name] for name in newer if name != "app_compose"},
                     "app_compose": shown["app_compose"]}
    assert not {"tcb_info", "app_cert", "event_log"} & set(newer)


@pytest.fixture(scope="module")
def private(start, directory):
    file = directory / "private.json"
    file.write_text(json.dumps(PRIVATE_APP, indent=3))
    return Caller(start("--app-compose", file).url), file.read_text()


def test_an_app_may_keep_its_documents_private(private):
    caller, compose = private
    own, public, older = (caller.by_json(name, {}).value
                          for name in ("v1.DstackGuest.Info", "v1.Worker.Info", "Worker.Info"))
    hidden = {"app_compose": "", "vm_config": "", "key_provider_info": ""}
    assert own["app_compose"] == compose and own["vm_config"] and own["key_provider_info"]
    assert public == {**own, **hidden}
    assert (older["tcb_info"], older["vm_config"]) == ("", "")
    assert older["key_provider_info"] == own["key_provider_info"]


def test_the_public_sees_the_same_of_other_apps(caller):
    assert caller.by_json("v1.Worker.Info", {}) == caller.by_json("v1.DstackGuest.Info", {})


def test_versions_are_those_of_the_older_methods(caller):
    names = ("v1.DstackGuest.Version", "v1.Worker.Version", "DstackGuest.Version", "Worker.Version")
    assert len({json.dumps(caller.by_json(name, {}).value) for name in names}) == 1


# --- faults, logs and counters ---

@pytest.fixture
def faulty(caller):
    yield lambda method: caller.by_json("Simulator.SetFault", {"method": method, "status": 503})
    caller.by_json("Simulator.ClearFaults", {})


@pytest.mark.parametrize("method, newer, older", [("GetKey", 503, 503), ("DstackGuest.GetKey", 503, 503),
                                                  ("v1.DstackGuest.GetKey", 503, 200), ("/v1/GetKey", 503, 200),
                                                  ("/GetKey", 200, 503), ("IssueCert", 200, 200),
                                                  ("Worker.Info", 200, 200)])
def test_a_fault_is_for_both_versions_unless_it_names_one(caller, faulty, method, newer, older):
    assert faulty(method).status == 200
    statuses = (caller.by_json("v1.DstackGuest.GetKey", {"algorithm": "ed25519"}).status,
                caller.by_json("DstackGuest.GetKey", {}, "/GetKey").status)
    assert statuses == (newer, older)


def test_it_counts_by_its_own_names(caller):
    caller.by_json("v1.Worker.Version", {})
    text = caller.exchange("GET", "/metrics")[2].decode()
    assert 'method="v1.Worker.Version",status="200"' in text
