"""A service that proves what it runs: it signs with a key that a TDX quote binds to its runtime.

    python workload_identity.py trust > trust.json           what a verifier has to know beforehand
    python workload_identity.py sign TEXT > receipt.json     in the TD, or beside the simulator
    python workload_identity.py verify trust.json < receipt.json

Needs dstack-sdk and dcap-qvl; DSTACK_SIMULATOR_ENDPOINT is the simulator's URL.
"""

import asyncio
import hashlib
import itertools
import json
import os
import pathlib
import sys
import time
import urllib.request

import dcap_qvl
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dstack_sdk import DstackClient

CURVE, ECDSA = ec.SECP256K1(), ec.ECDSA(hashes.SHA256())
RUNTIME_EVENT = 0x08000001
OS_REGISTERS = ("mr_td", "rt_mr0", "rt_mr1", "rt_mr2")  # firmware, machine, kernel, initrd and command line


class Refused(Exception):
    """The receipt does not prove what it claims; the message says why."""


def binding(public_key):
    """The report data that ties a public key to a quote. The prefix keeps other uses of quotes apart."""
    return hashlib.sha256(b"workload-identity:" + public_key).digest().ljust(64, b"\0")


# --- in the TD ---

class Workload:
    def __init__(self, client):
        self.client = client
        secret = client.get_key("workload-identity", "receipts").decode_key()
        self.key = ec.derive_private_key(int.from_bytes(secret, "big"), CURVE)
        self.public_key = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, statement):
        """A receipt: the statement (a text) signed, and the evidence of what has signed it."""
        evidence = self.client.get_quote(binding(self.public_key))
        signature = self.key.sign(statement.encode(), ECDSA)
        return {"statement": statement, "public_key": self.public_key.hex(), "signature": signature.hex(),
                "quote": evidence.quote, "event_log": evidence.event_log}


# --- wherever the receipt goes ---

def verify(receipt, trust):
    """The statement of a receipt that is signed within an app we trust; Refused if it is not.

    trust: {"compose_hash": hex, "os": {register: hex}, "root": hex of the root certificate's DER, "collateral":
    URL of a PCS}. None of it may come with the receipt."""
    compose_hash, registers, root, pcs = (trust[name] for name in ("compose_hash", "os", "root", "collateral"))
    try:
        public_key, signature, quote = (bytes.fromhex(receipt[name]) for name in ("public_key", "signature", "quote"))
        statement, events = receipt["statement"], json.loads(receipt["event_log"])
        check_signature(public_key, signature, statement.encode())
        report = verified_report(quote, bytes.fromhex(root), pcs)
        if report.report_data != binding(public_key):
            raise Refused("the quote is not about the key that signed")
        if {name: getattr(report, name).hex() for name in OS_REGISTERS} != registers:
            raise Refused("the operating system is another one")
        if replayed(events) != report.rt_mr3:
            raise Refused("the event log is not the quote's")
        if boot_events(events, "compose-hash") != [compose_hash]:
            raise Refused("the app is another one")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Refused(f"the receipt is malformed: {error!r}") from error
    return statement


def check_signature(public_key, signature, message):
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key).verify(signature, message, ECDSA)
    except InvalidSignature:
        raise Refused("the signature is not the key's") from None


def verified_report(quote, root, pcs):
    """The TD report of a quote from a TDX machine in good order."""
    async def fetch():
        return await dcap_qvl.get_collateral(pcs, quote)

    try:
        status = dcap_qvl.verify_with_root_ca(quote, asyncio.run(fetch()), root, int(time.time())).status
    except (RuntimeError, ValueError) as error:
        raise Refused(f"the quote does not verify: {error}") from error
    if status != "UpToDate":
        raise Refused(f"the machine is {status}")
    return dcap_qvl.parse_quote(quote).report


def replayed(events):
    """RTMR3 after these events. Digests are computed: those in the log are not signed."""
    register = bytes(48)
    for event in in_rtmr3(events):
        name, payload = event["event"].encode(), bytes.fromhex(event["event_payload"])
        digest = hashlib.sha384(b":".join([RUNTIME_EVENT.to_bytes(4, "little"), name, payload])).digest()
        register = hashlib.sha384(register + digest).digest()
    return register


def boot_events(events, name):
    """Payloads of the events of this name that dstack has measured; after system-ready, the app itself does."""
    boot = itertools.takewhile(lambda event: event["event"] != "system-ready", in_rtmr3(events))
    return [event["event_payload"] for event in boot if event["event"] == name]


def in_rtmr3(events):
    return [event for event in events if event["imr"] == 3]


# --- command line ---

def trust_of(url):
    """What the simulator at this URL is. In production: the hash of the compose file you reviewed, the
    registers of the OS image you built, Intel's root, and a PCS or a cache of one."""
    with urllib.request.urlopen(url + "/simulator/root-ca.der", timeout=60) as response:
        root = response.read().hex()
    tcb = DstackClient(url).info().tcb_info
    registers = dict(zip(OS_REGISTERS, (tcb.mrtd, tcb.rtmr0, tcb.rtmr1, tcb.rtmr2)))
    return {"compose_hash": tcb.compose_hash, "os": registers, "root": root, "collateral": url}


def leave(code):
    """At once: Python's own end may crash while threads of dcap_qvl still hold objects of it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["trust"]:
            print(json.dumps(trust_of(os.environ["DSTACK_SIMULATOR_ENDPOINT"]), indent=2))
        case ["sign", text]:
            print(json.dumps(Workload(DstackClient()).sign(text)))
        case ["verify", path]:
            try:
                print(verify(json.load(sys.stdin), json.loads(pathlib.Path(path).read_text())))
            except Refused as refusal:
                print(f"refused: {refusal}", file=sys.stderr)
                leave(1)
            leave(0)
        case _:
            sys.exit(__doc__)
