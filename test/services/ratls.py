"""Two TDs meet over mutual TLS on a real connection, and each lets in only the apps it
expects: the quote in its certificate says who the peer is, not its address."""

import hashlib
import json
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support import EVENT_LOG, QUOTE, event_payload, extension, registers, replay, report_data

HANG_SECONDS = 60  # ends a conversation that hangs
USAGES = {"usage_ra_tls": True, "usage_server_auth": True, "usage_client_auth": True, "with_app_info": True}


class Refused(Exception):
    """The peer is not one we talk to; the message says why."""


def appraise(certificate, judge):
    """The peer's app id, compose hash and instance id, from the quote in its certificate."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    quote = extension(certificate, QUOTE)
    try:
        status = judge.verify(quote).status
    except ValueError as error:
        raise Refused(f"the quote does not verify: {error}") from None
    if status != "UpToDate":
        raise Refused(f"the platform is {status}")
    if report_data(quote) != hashlib.sha512(b"ratls-cert:" + key).digest():
        raise Refused("the quote is not about the certificate's key")
    log = json.loads(extension(certificate, EVENT_LOG))
    if replay(log) != registers(quote):
        raise Refused("the event log does not lead to the quote's registers")
    return {name: event_payload(log, name) for name in ("app-id", "compose-hash", "instance-id")}


class Party:
    """A TD's end of a conversation. `judge` is the simulator whose root and collateral it trusts,
    `welcome` the app ids it talks to. `issued` replaces the answer of GetTlsKey."""

    def __init__(self, simulated, directory, judge, welcome, issued=None):
        issued = issued or simulated.call("DstackGuest.GetTlsKey", subject="peer", alt_names=["localhost"], **USAGES)
        self.judge, self.welcome = judge, welcome
        self.key, self.chain = directory / "key.pem", directory / "chain.pem"
        self.key.write_text(issued["key"])
        self.chain.write_text("".join(issued["certificate_chain"]))
        self.ca = simulated.call("KMS.GetMeta")["ca_cert"]

    def context(self, side):
        context = ssl.SSLContext(side)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self.chain, self.key)
        context.load_verify_locations(cadata=self.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def talk(self, tls):
        """Appraise the peer, then say hello and wait for its hello: what it is, its certificate with it."""
        certificate = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True))
        peer = appraise(certificate, self.judge)
        if peer["app-id"] not in self.welcome:
            raise Refused(f"no app of ours: {peer['app-id']}")
        tls.sendall(b"hello")
        if tls.recv(16) != b"hello":
            raise ConnectionError("the peer went away")
        return {**peer, "certificate": certificate}

    def serve(self, listener):
        connection, _ = listener.accept()
        connection.settimeout(HANG_SECONDS)
        with self.context(ssl.PROTOCOL_TLS_SERVER).wrap_socket(connection, server_side=True) as tls:
            return self.talk(tls)

    def connect(self, address):
        connection = socket.create_connection(address, timeout=HANG_SECONDS)
        with self.context(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(connection, server_hostname="localhost") as tls:
            return self.talk(tls)


def outcome(future):
    """What the party learned, or the exception on its side."""
    error = future.exception(2 * HANG_SECONDS)
    return error or future.result()


def meet(server, client):
    """Outcomes of the server's and the client's end of one conversation."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(2) as pool:
        listener.settimeout(HANG_SECONDS)
        ends = [pool.submit(server.serve, listener), pool.submit(client.connect, listener.getsockname())]
        return [outcome(end) for end in ends]
