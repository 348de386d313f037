"""What stays the same over a restart: the root, quotes and CRLs, byte for byte."""

from cryptography import x509

from simulator import Simulator
from support import Simulated


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


def test_where_certificates_say_the_root_crl_is(tmp_path):
    with Simulator(tmp_path / "one", "--public-url", "http://dstack.test:81/sim") as simulator:
        root = x509.load_der_x509_certificate(Simulated(simulator.url).root())
    points = root.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert [name.value for name in points[0].full_name] == ["http://dstack.test:81/sim/IntelSGXRootCA.der"]
