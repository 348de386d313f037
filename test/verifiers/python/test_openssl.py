"""OpenSSL with the CRLs that it downloads from where the certificates say they are."""

import shutil
import subprocess

import pytest

from support import pck_chain

OPENSSL = shutil.which("openssl")

pytestmark = pytest.mark.skipif(not OPENSSL, reason="openssl is missing")


@pytest.fixture
def verify(tmp_path):
    """verify(simulated) gives exit code and output of OpenSSL on the PCK chain of a quote."""
    def run(simulated):
        leaf, *others = pck_chain(simulated.quote()["quote"])
        files = {"leaf": leaf, "others": b"".join(others), "root": simulated.get("/simulator/root-ca.pem")}
        for name, pem in files.items():
            (tmp_path / name).write_bytes(pem)
        done = subprocess.run(
            [OPENSSL, "verify", "-crl_check_all", "-crl_download", "-x509_strict",
             "-CAfile", "root", "-untrusted", "others", "leaf"],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr
    return run


def test_healthy_and_revoked(changing, verify):
    assert verify(changing) == (0, "leaf: OK\n")
    changing.call("Simulator.SetPlatform", pck_revoked=True)
    code, said = verify(changing)
    assert code != 0 and "certificate revoked" in said, said
    changing.call("Simulator.SetPlatform")
    assert verify(changing) == (0, "leaf: OK\n")


def test_no_crl_no_trust(changing, verify):
    """What OpenSSL accepts above, it accepts because of the CRLs."""
    for path in ("/sgx/certification/v4/pckcrl", "/IntelSGXRootCA.der"):
        changing.call("Simulator.SetFault", method=path, status=404)
        code, said = verify(changing)
        changing.call("Simulator.ClearFaults")
        assert code != 0 and "unable to get certificate CRL" in said, said
