"""The KMS over TLS: who gets keys, which keys they are, and who is refused. The client is Python's own."""

import datetime
import hashlib
import http.client
import json
import socket
import ssl
import urllib.error

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import kms_client
from kms_client import HANG_SECONDS, Kms, Refused, csr, hkdf, join, p256, private, secret, sign_cert
from kms_fixtures import cluster, kms, launch, roots  # noqa: F401
from kms_tds import allow, verify_issued
from simulator import Simulator


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


# --- options ---


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
