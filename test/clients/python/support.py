"""What the tests share: settings, known numbers, and how to read a quote and a
signature without the simulator's help."""

import asyncio
import hashlib
import inspect
import json
import os
from pathlib import Path

import dstack_sdk
import httpx
import pytest
from cryptography import x509
from eth_keys import keys
from eth_utils import keccak

RUNTIME_EVENT = 0x08000001

# dstack's private certificate extensions.
_ARC = "1.3.6.1.4.1.62397.1."
QUOTE, EVENT_LOG, KEY_USE, ATTESTATION, APP_INFO = (_ARC + n for n in ("1", "2", "4", "8", "9"))


def setting(name):
    """A setting the launcher passes in, by the end of its name."""
    name = "CLIENT_TEST_" + name
    if name not in os.environ:
        pytest.exit(f"{name} is not set: start with test/clients/run python")
    return os.environ[name]


def vectors(file):
    return json.loads((Path(setting("VECTORS")) / file).read_text())


class Driver:
    """Calls a client's methods, whether they are coroutines or not. An async
    client keeps one loop, as in a program, so that it keeps its connections."""

    def __init__(self, client):
        self.client = client
        self.loop = asyncio.new_event_loop()

    def __getattr__(self, name):
        method = getattr(self.client, name)
        return lambda *args, **kwargs: self.run(method(*args, **kwargs))

    def run(self, result):
        return self.loop.run_until_complete(result) if inspect.isawaitable(result) else result

    def raw(self, method, body):
        """The answer to a request that the SDK would not send as it is."""
        inner = getattr(self.client, "async_client", self.client)
        sender = httpx.Client(transport=inner.sync_transport, base_url=inner.base_url, timeout=60)
        return sender.post(inner.PATH_PREFIX + method, json=body)

    def __enter__(self):
        enter = getattr(self.client, "__aenter__", None) or self.client.__enter__
        self.run(enter())
        return self

    def __exit__(self, *error):
        leave = getattr(self.client, "__aexit__", None) or self.client.__exit__
        self.run(leave(*error))
        self.loop.close()


def control(name, arguments=None):
    """What the Simulator service answers; both transports reach the same simulator."""
    url = f"{setting('URL')}/prpc/Simulator.{name}"
    answer = httpx.post(url, json=arguments or {}, timeout=60, trust_env=False, verify=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def quote_field(quote, offset, length):
    """A field of the TD report inside a quote."""
    return quote[48 + offset:48 + offset + length]


def quote_mrtd(quote):
    return quote_field(quote, 136, 48).hex()


def quote_owner(quote):
    """MRCONFIGID, MROWNER and MROWNERCONFIG."""
    return quote_field(quote, 184, 3 * 48)


def quote_rtmrs(quote):
    """RTMR0 to RTMR3, in the shape of the SDK's replay."""
    return {i: quote_field(quote, 328 + 48 * i, 48).hex() for i in range(4)}


def quote_report_data(quote):
    return quote_field(quote, 520, 64)


def assert_replays(response):
    """The event log of a quote leads to the registers in the quote. Tappd's
    quotes come as the same class."""
    assert isinstance(response, dstack_sdk.GetQuoteResponse)
    assert response.replay_rtmrs() == quote_rtmrs(response.decode_quote())


def runtime_digest(name, payload):
    parts = [RUNTIME_EVENT.to_bytes(4, "little"), name.encode(), payload]
    return hashlib.sha384(b":".join(parts)).hexdigest()


def public_key(private_key):
    return keys.PrivateKey(private_key).public_key.to_compressed_bytes()


def app_public_key():
    return public_key(bytes.fromhex(vectors("appkeys.json")["k256_key"]))


def recover(message, signature):
    """Who signed the Keccak-256 of the message, compressed."""
    assert len(signature) == 65
    signer = keys.Signature(signature).recover_public_key_from_msg_hash(keccak(message))
    return signer.to_compressed_bytes()


def certificates(response):
    return [x509.load_pem_x509_certificate(pem.encode()) for pem in response.certificate_chain]


def extension(certificate, oid):
    """The value of a private extension, which is a DER OCTET STRING."""
    for found in certificate.extensions:
        if found.oid.dotted_string == oid:
            return _unwrap(found.value.value)
    return None


def _unwrap(der):
    assert der[0] == 4
    size, start = der[1], 2
    if size > 0x80:
        start += size - 0x80
        size = int.from_bytes(der[2:start], "big")
    assert len(der) == start + size
    return der[start:]


def error_of(response):
    """The sentence of a 400."""
    assert response.status_code == 400, response.text
    assert response.headers["content-type"].startswith("application/json")
    body = response.json()
    assert list(body) == ["error"]
    return body["error"]
