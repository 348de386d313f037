"""A simulator whose KMS listens, and clients of it. A file of tests imports those that it uses."""

import contextlib
import itertools

import pytest
from cryptography.hazmat.primitives import serialization

from kms_client import join
from simulator import Simulator
from support import Simulated


@pytest.fixture(scope="module")
def launch(directory):
    """launch(*options) gives a simulator whose KMS listens, and the KMS's URL."""
    numbers = itertools.count()
    with contextlib.ExitStack() as started:
        def one(*options):
            process = started.enter_context(
                Simulator(directory / f"kms-{next(numbers)}", "--kms-listen", "127.0.0.1:0", *options))
            url = next(e["url"] for e in process.endpoints if e.get("url", "").startswith("https://"))
            return Simulated(process.url), url
        yield one


@pytest.fixture(scope="module")
def cluster(launch):
    return launch()


@pytest.fixture
def kms(cluster, tmp_path):
    """An attested client."""
    simulated, url = cluster
    return join(url, tmp_path, simulated)


@pytest.fixture(scope="module")
def roots(cluster, tmp_path_factory):
    """The scalars of the root CA and of the k256 root, as another KMS gets them."""
    simulated, url = cluster
    keys = join(url, tmp_path_factory.mktemp("roots"), simulated).call("GetKmsKey", vm_config="")["keys"]
    assert len(keys) == 1
    ca_key = serialization.load_pem_private_key(keys[0]["ca_key"].encode(), None)
    return ca_key.private_numbers().private_value.to_bytes(32, "big"), bytes.fromhex(keys[0]["k256_key"])
