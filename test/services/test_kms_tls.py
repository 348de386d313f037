"""TLS with the KMS: versions, handshakes, and those who wait beside them."""

import datetime
import json
import secrets
import socket
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kms_client import HANG_SECONDS, Kms
from kms_fixtures import cluster, launch  # noqa: F401
from simulator import ROOT, Simulator


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


def certificate(subject, issuer, key, signer):
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    builder = x509.CertificateBuilder().subject_name(names[0]).issuer_name(names[1]).public_key(key).serial_number(1)
    builder = builder.not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
    return builder.add_extension(x509.BasicConstraints(subject == issuer, None), True).sign(signer, hashes.SHA256())


def test_a_key_that_takes_long_to_use_is_refused_unused(directory, tmp_path):
    """The certificate of its issuer has a key of RSA whose exponent is as long as its modulus."""
    key, signer = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    huge = rsa.RSAPublicNumbers(secrets.randbits(2000) | 1 << 1999 | 1, signer.public_key().public_numbers().n)
    chain = [certificate("leaf", "CA", key.public_key(), signer), certificate("CA", "CA", huge.public_key(), signer)]
    path = tmp_path / "chain.pem"
    path.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain)
                     + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl._create_unverified_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # with TLS 1.3 it cannot be seen before
    context.load_cert_chain(path)
    with Simulator(directory / "long-key", "--kms-listen", "127.0.0.1:0", "--log-level", "debug") as simulator:
        with socket.create_connection(simulator.tls, HANG_SECONDS) as plain, pytest.raises(OSError):
            context.wrap_socket(plain)
    assert "the exponent of its RSA key has 2000 bits; 32 are allowed" in simulator.stderr()
