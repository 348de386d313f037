"""A TD that asks a KMS for its keys, as dstack-util does: its certificate is from the KMS's temporary CA and
shows a quote over its key. By ssl and cryptography alone."""

import datetime
import hashlib
import hmac
import http.client
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HANG_SECONDS = 60
ARC = "1.3.6.1.4.1.62397.1."
EPOCH = datetime.datetime(1975, 1, 1)


class Refused(Exception):
    """The KMS answered an error; the message is its own."""


def spki(key):
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def ra_tls_report_data(key):
    return hashlib.sha512(b"ratls-cert:" + spki(key)).hexdigest()


def attest(simulated, key):
    """The attestation of a simulated TD over the key."""
    return bytes.fromhex(simulated.call("DstackGuest.Attest", report_data=ra_tls_report_data(key))["attestation"])


def octets(value):
    """In an OCTET STRING."""
    if len(value) < 0x80:
        return bytes([4, len(value)]) + value
    size = (len(value).bit_length() + 7) // 8
    return bytes([4, 0x80 | size]) + len(value).to_bytes(size, "big") + value


def private(certificate, arc):
    """The value of a private extension, or None."""
    try:
        wrapped = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier(f"{ARC}{arc}")).value.value
    except x509.ExtensionNotFound:
        return None
    for head in range(2, 6):
        if octets(wrapped[head:]) == wrapped:
            return wrapped[head:]
    raise ValueError(f"extension {arc} is not an OCTET STRING")


class Kms:
    """One end of TLS: what the client shows, and whom it trusts."""

    def __init__(self, url, directory, ca=None):
        self.parts = urlsplit(url)
        self.directory = Path(directory)
        self.directory.mkdir(exist_ok=True)
        self.context = ssl.create_default_context(cadata=ca) if ca else ssl._create_unverified_context()

    def show(self, certificate, key):
        """Uses a client certificate."""
        path = self.directory / "client.pem"
        path.write_bytes(key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption())
                         + certificate.public_bytes(Encoding.PEM))
        self.context.load_cert_chain(path)
        return self

    def connect(self, host=None):
        return http.client.HTTPSConnection(host or "localhost", self.parts.port, context=self.context,
                                           timeout=HANG_SECONDS)

    def get(self, path):
        connection = self.connect()
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def call(self, method, **arguments):
        """As dstack's clients call: JSON without a Content-Type, `null` to methods without arguments."""
        connection = self.connect()
        body = b"null" if method in ("GetMeta", "GetTempCaCert") else json.dumps(arguments).encode()
        connection.putrequest("POST", f"/prpc/{method}?json")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        if response.status != 200:
            raise Refused(answer["error"])
        return answer


def issue(temp, key, extensions, until=None):
    """The client certificate of a TD. temp: what GetTempCaCert answered."""
    ca = x509.load_pem_x509_certificate(temp["temp_ca_cert"].encode())
    ca_key = serialization.load_pem_private_key(temp["temp_ca_key"].encode(), None)
    builder = (x509.CertificateBuilder()
               .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "RA-TLS TEMP Cert")]))
               .issuer_name(ca.subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(EPOCH)
               .not_valid_after(until or datetime.datetime(2049, 1, 1)))
    for arc, value in extensions.items():
        builder = builder.add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{ARC}{arc}"), octets(value)), critical=False)
    return builder.sign(ca_key, hashes.SHA256())


def join(url, directory, simulated, key=None, **given):
    """A client whose certificate shows a quote of that TD."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    temp = Kms(url, directory).call("GetTempCaCert")
    attestation = given.pop("attestation", None) or attest(simulated, key)
    certificate = issue(temp, key, {8: attestation}, **given)
    return Kms(url, directory, temp["ca_cert"]).show(certificate, key)


# --- what a KMS derives ---


def hkdf(key, *parts):
    """HKDF-SHA-256 with the salt RATLS, 32 bytes."""
    pseudorandom = hmac.digest(b"RATLS", key, "sha256")
    return hmac.digest(pseudorandom, b"".join(parts) + b"\1", "sha256")


def p256(scalar):
    return ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())


def secret(root, *parts):
    der = p256(hkdf(root, *parts)).private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8,
                                                 serialization.NoEncryption())
    return hashlib.sha256(der).digest()


# --- certificate signing requests, in SCALE ---


def compact(number):
    if number < 1 << 6:
        return bytes([number << 2])
    if number < 1 << 14:
        return (number << 2 | 1).to_bytes(2, "little")
    return (number << 2 | 2).to_bytes(4, "little")


def vector(value):
    value = value.encode() if isinstance(value, str) else value
    return compact(len(value)) + value


def csr(key, evidence, subject="app", names=(), server=False, client=False, quote=False, info=False, org=None):
    """Version 2, with an attestation as evidence; version 1 with a pair of quote and event log."""
    text = vector("please sign cert:") + vector(spki(key))
    text += b"\0" if org is None else b"\1" + vector(org)
    text += vector(subject) + compact(len(names)) + b"".join(map(vector, names))
    text += bytes([server, client, quote])
    if isinstance(evidence, tuple):
        return text + vector(evidence[0]) + vector(evidence[1])
    return text + bytes([info, 0, 0]) + evidence


def sign_cert(kms, key, text, version=2, signer=None):
    signature = (signer or key).sign(text, ec.ECDSA(hashes.SHA256()))
    answer = kms.call("SignCert", api_version=version, csr=text.hex(), signature=signature.hex(), vm_config="")
    return [x509.load_pem_x509_certificate(pem.encode()) for pem in answer["certificate_chain"]]
