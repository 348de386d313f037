"""A KMS of its own: Python's ssl, http.server and cryptography, after dstack-kms. It can be told to misbehave."""

import datetime
import http.server
import ipaddress
import json
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from kms_client import ARC, EPOCH, hkdf, octets, p256, private, secret

FOREVER = datetime.datetime(2049, 1, 1)
K256_ROOT = b"\1" * 32


def pem(key):
    return key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def issue(name, key, issuer=None, *, ca=False, hosts=(), until=FOREVER, extensions=None):
    """A certificate; issuer: (certificate, key), or None for one that signs itself."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer[0].subject if issuer else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(EPOCH).not_valid_after(until)
               .add_extension(x509.BasicConstraints(ca, None), True))
    if hosts:
        names = [x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
                 for host in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
    for arc, value in (extensions or {}).items():
        builder = builder.add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{ARC}{arc}"), octets(value)), False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256())


def take_compact(text):
    kind = text[0] & 3
    size = (1, 2, 4)[kind]
    return int.from_bytes(text[:size], "little") >> 2, text[size:]


def take_vector(text):
    length, text = take_compact(text)
    return text[:length], text[length:]


class PythonKms:
    """A server on a free port; a `with` block ends it.

    certificate: what that of the server has other than usual, as arguments of issue.
    app_id, instance_id: of the app that is given keys, to be set.
    answers: what methods answer instead, each a function of the handler that returns (status, bytes), or None
    once it has dealt with the connection itself."""

    def __init__(self, directory, *, trusted_ca=None, **certificate):
        self.root_scalar = hkdf(b"root of the Python KMS", b"scalar")
        self.ca_key, self.temp_key = p256(self.root_scalar), ec.generate_private_key(ec.SECP256R1())
        self.ca = issue("Python KMS CA", self.ca_key, ca=True)
        self.temp_ca = issue("Python Client Temp CA", self.temp_key, ca=True)
        self.answered_ca = trusted_ca or self.ca
        self.answers = {}
        self.asked = []  # (method, the client's certificate or None)
        self.directory = directory
        self.certificate = {"hosts": ("localhost", "127.0.0.1"), "extensions": {4: b"kms:rpc"}, **certificate}

    # --- life ---

    def __enter__(self):
        key = self.certificate.pop("key", None) or ec.generate_private_key(ec.SECP256R1())
        chain = issue("Python KMS", key, (self.ca, self.ca_key), **self.certificate)
        file = self.directory / "server.pem"
        file.write_bytes(pem(key) + chain.public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=self.temp_ca.public_bytes(Encoding.PEM).decode())
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # --- answers ---

    def temp_ca_cert(self):
        return {"temp_ca_cert": self.temp_ca.public_bytes(Encoding.PEM).decode(),
                "temp_ca_key": pem(self.temp_key).decode(),
                "ca_cert": self.answered_ca.public_bytes(Encoding.PEM).decode()}

    def app_key(self, image_hash):
        app_id, instance_id = self.app_id, self.instance_id
        return {"disk_crypt_key": secret(self.root_scalar, app_id, instance_id, b"app-disk-crypt-key").hex(),
                "env_crypt_key": secret(self.root_scalar, app_id, b"env-encrypt-key").hex(),
                "k256_key": hkdf(K256_ROOT, app_id, b"app-key").hex(), "k256_signature": "22" * 65,
                "gateway_app_id": "a gateway", "tproxy_app_id": "a gateway", "os_image_hash": image_hash}

    def sign(self, csr, signature):
        confirm, rest = take_vector(csr)
        assert confirm == b"please sign cert:"
        public, rest = take_vector(rest)
        key = serialization.load_der_public_key(public)
        key.verify(signature, csr, ec.ECDSA(hashes.SHA256()))
        assert rest[0] == 0, "no organisation"
        subject, _ = take_vector(rest[1:])
        app_key = p256(hkdf(self.root_scalar, b"app-ca"))
        app_ca = issue("Python App CA", app_key, (self.ca, self.ca_key), ca=True)

        class Public:  # what issue asks of a key
            @staticmethod
            def public_key():
                return key

        leaf = issue(subject.decode(), Public, (app_ca, app_key))
        return {"certificate_chain": [one.public_bytes(Encoding.PEM).decode() for one in (leaf, app_ca, self.ca)]}

    def handler(self):
        kms = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                method = self.path.removeprefix("/prpc/").removesuffix("?json")
                arguments = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                shown = self.connection.getpeercert(True)
                self.client = x509.load_der_x509_certificate(shown) if shown else None
                kms.asked.append((method, self.client))
                answer = kms.answers.get(method)
                result = answer(self) if answer else (200, json.dumps(self.serve(method, arguments)).encode())
                if result:
                    self.send_response(result[0])
                    self.send_header("Content-Length", str(len(result[1])))
                    self.send_header("Connection", "close")
                    self.end_headers()
                    self.wfile.write(result[1])
                self.close_connection = True

            def serve(self, method, arguments):
                if method == "GetTempCaCert":
                    return kms.temp_ca_cert()
                assert private(self.client, 8), "the client is attested"
                if method == "GetAppKey":
                    assert arguments["api_version"] == 1
                    return kms.app_key(json.loads(arguments["vm_config"])["os_image_hash"])
                assert method == "SignCert" and arguments["api_version"] == 2
                return kms.sign(bytes.fromhex(arguments["csr"]), bytes.fromhex(arguments["signature"]))

            def log_message(self, *_):
                pass

        return Handler
