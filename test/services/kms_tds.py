"""Deployed TDs whose keys come from the KMS, what they get, and the file that says who gets any."""

import json
import time

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from kms_client import HANG_SECONDS
from vms import SMALL


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


def verify_issued(certificate, issuer):
    issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes,
                               ec.ECDSA(certificate.signature_hash_algorithm))
    assert certificate.issuer == issuer.subject


def allow(path, simulated, **changes):
    info = simulated.call("DstackGuest.Info")
    path.write_text(json.dumps({
        "gatewayAppId": "a gateway", "osImages": ["0x" + info["os_image_hash"]],
        "kms": {"mrAggregated": changes.pop("mr_aggregated", [])},
        "apps": {"0x" + info["app_id"]: {"composeHashes": ["0x" + info["compose_hash"]], "allowAnyDevice": True}},
        **changes}))
