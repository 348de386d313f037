"""Verifiers other than dcap-qvl, each as a function from a simulated platform and a quote of its to
what the verifier says. They raise Refused with the reason.

Each asks the simulator instead of Intel and trusts its root, and is otherwise unmodified."""

import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

from cryptography import x509

from support import pck_chain, report_data

try:
    from dk_tee_attestation import intel_tdx_attestation_report_verification_utils as dk
except ImportError:
    dk = None  # there are wheels for x86-64 only
from voltage_verify import pcs, tdx
from voltage_verify.verify import verify_quote

OPENSSL = shutil.which("openssl")


class Refused(Exception):
    """A verifier refuses a quote; the text says why."""


class Missing(Exception):
    """A verifier is not on this machine."""


# --- OpenSSL ---

def openssl(simulated, quote):
    """What OpenSSL says of the PCK chain, with the CRLs that it downloads from where the certificates
    say they are."""
    if not OPENSSL:
        raise Missing("openssl")
    leaf, *others = pck_chain(quote)
    files = {"leaf": leaf, "others": b"".join(others), "root": simulated.get("/simulator/root-ca.pem")}
    with tempfile.TemporaryDirectory() as directory:
        for name, pem in files.items():
            (Path(directory) / name).write_bytes(pem)
        done = subprocess.run(
            [OPENSSL, "verify", "-crl_check_all", "-crl_download", "-x509_strict",
             "-CAfile", "root", "-untrusted", "others", "leaf"],
            cwd=directory, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise Refused(done.stdout + done.stderr)
    assert done.stdout == "leaf: OK\n"
    return {}


# --- voltage-verify ---

@contextmanager
def voltage_asking(simulated):
    root = x509.load_der_x509_certificate(simulated.root())
    with ExitStack() as patches:
        for module in (tdx, pcs):
            patches.enter_context(patch.object(module, "intel_root_ca", lambda: root))
        patches.enter_context(patch.object(pcs, "PCS_BASE", simulated.url))
        patches.enter_context(patch.object(pcs, "ROOT_CRL_URL", simulated.url + "/IntelSGXRootCA.der"))
        yield


def voltage_verify(simulated, quote):
    """What `voltage-verify` says of a bare quote."""
    with voltage_asking(simulated):
        report = verify_quote(quote, expected_report_data=report_data(quote))
    if not report.ok:
        raise Refused("; ".join(f"{check.name}: {check.detail}" for check in report.checks if not check.ok))
    facts = report.facts["tdx"]
    return {"status": facts["tcb_status"], "advisories": facts["advisory_ids"]}


# --- dk-tee-attestation ---

def dk_tee_attestation(simulated, quote):
    """What dk-tee-attestation says, which trusts whatever root a quote has."""
    if not dk:
        raise Missing("dk-tee-attestation")
    with patch.object(dk, "PCS_BASE_URL", simulated.url + "/tdx/certification/v4"):
        try:
            dk.IntelTdxVerifier.verify_intel_tdx_attestation_report(quote, report_data(quote))
        except dk.AttestationError as error:
            raise Refused(str(error)) from error
    return {}


JUDGES = {judge.__name__: judge for judge in (openssl, voltage_verify, dk_tee_attestation)}
