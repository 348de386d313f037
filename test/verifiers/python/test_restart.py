"""What stays the same over a restart: the root, quotes and CRLs, byte for byte."""

from urllib.parse import unquote

from simulator import Simulator
from support import Simulated, crl_url, pck_chain


def lasting(directory, *options):
    """What may not change over a restart."""
    with Simulator(directory, *options) as simulator:
        simulated = Simulated(simulator.url)
        paths = ("/simulator/root-ca.der", "/simulator/root-ca.pem", "/IntelSGXRootCA.der",
                 "/sgx/certification/v4/rootcacrl", "/sgx/certification/v4/pckcrl?ca=platform&encoding=der")
        return [simulated.quote(b"same"), *map(simulated.get, paths)]


def test_restart_changes_nothing(tmp_path):
    options = ("--seed", "restarted", "--public-url", "http://dstack.test")
    first, again = lasting(tmp_path / "first", *options), lasting(tmp_path / "again", *options)
    assert first == again


def test_another_seed_changes_everything(tmp_path):
    url = ("--public-url", "http://dstack.test")
    one, other = (lasting(tmp_path / seed, "--seed", seed, *url) for seed in ("one", "other"))
    assert all(a != b for a, b in zip(one, other))


def test_where_certificates_say_the_crls_are(tmp_path):
    """Each names that of its issuer."""
    url = "http://dstack.test:81/sim"
    with Simulator(tmp_path / "one", "--public-url", url) as simulator:
        simulated = Simulated(simulator.url)
        chain = pck_chain(simulated.quote()["quote"])
        with simulated.open("/tdx/certification/v4/qe/identity") as answer:
            signing = unquote(answer.headers["SGX-Enclave-Identity-Issuer-Chain"]).encode()
    root_crl = f"{url}/IntelSGXRootCA.der"
    pck_crl = f"{url}/sgx/certification/v4/pckcrl?ca=platform&encoding=der"
    assert list(map(crl_url, chain)) == [pck_crl, root_crl, root_crl]
    assert list(map(crl_url, pck_chain(signing))) == [root_crl, root_crl]
