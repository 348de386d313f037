"""Each scenario under verifiers other than dcap-qvl: their verdicts are those of scenarios.json."""

import re

import pytest

from judges import JUDGES, Missing, Refused


def judge(name, simulated, quote=None):
    """What a verifier says of that quote, or of a fresh one, in the form of scenarios.json."""
    try:
        said = JUDGES[name](simulated, quote or simulated.quote()["quote"])
    except Refused as refusal:
        return {"refused": str(refusal)}
    except Missing as missing:
        pytest.skip(f"{missing} is not here")
    return said or {"accepted": True}


def assert_verdict(said, expected):
    if "refused" in expected:
        assert re.search(expected["refused"], said.get("refused", "")), said
    else:
        assert said == expected


@pytest.mark.parametrize("name", JUDGES)
def test_verdict(changing, scenario, name):
    healthy = judge(name, changing)
    assert "refused" not in healthy, healthy
    before = changing.quote()["quote"] if scenario.get("quoted_before") else None
    changing.call("Simulator.SetPlatform", **scenario["platform"])
    assert_verdict(judge(name, changing, before), scenario[name])
    changing.call("Simulator.SetPlatform")
    assert judge(name, changing) == healthy


def test_openssl_needs_the_crls(changing):
    """What it accepts above, it accepts because of the CRLs."""
    for path in ("/sgx/certification/v4/pckcrl", "/IntelSGXRootCA.der"):
        changing.call("Simulator.SetFault", method=path, status=404)
        said = judge("openssl", changing)
        changing.call("Simulator.ClearFaults")
        assert "unable to get certificate CRL" in said.get("refused", ""), said
    assert judge("openssl", changing) == {"accepted": True}


@pytest.mark.parametrize("name", ["voltage_verify"])
def test_other_roots_are_refused(plain, stranger, name):
    """dk-tee-attestation trusts whatever root a quote has."""
    with pytest.raises(Refused, match="root certificate is not the pinned"):
        JUDGES[name](plain, stranger.quote()["quote"])
