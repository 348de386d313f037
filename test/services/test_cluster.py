"""Simulators of one seed are one cluster: what apps and instances share, what they do not, and
how they meet over mutual RA-TLS."""

import json
import re
import ssl

import pytest
from cryptography import x509
from eth_keys import keys
from eth_utils import keccak

from ratls import USAGES, Party, Refused, meet
from support import crl_url, event_payload, pck_chain, registers

APPS = {
    "one": "services:\n  web:\n    image: nginx:1.27\n",
    "other": "services:\n  web:\n    image: nginx:1.28\n",
}
ROOT_PATHS = ["/simulator/root-ca.der", "/simulator/root-ca.pem", "/IntelSGXRootCA.der",
              "/sgx/certification/v4/rootcacrl", "/sgx/certification/v4/pckcrl?ca=platform&encoding=der"]


def compose_file(directory, app):
    path = directory / f"{app}.json"
    path.write_text(json.dumps({"manifest_version": 2, "name": "clustered", "runner": "docker-compose",
                                "kms_enabled": True, "docker_compose_file": APPS[app]}))
    return path


def public_url(simulated):
    """What certificates of the platform point to."""
    points = {re.sub(r"/(IntelSGXRootCA\.der|sgx/.*)$", "", crl_url(pem)) for pem in pck_chain(simulated.quote()["quote"])}
    assert len(points) == 1
    return points.pop()


class Cluster:
    """`one` and `twin` are instances of an app, `other` is another app of the same seed and `poser`
    an instance of it that emits events, `stranger` is the first app under another seed. They
    all point to the first one's collateral."""

    def __init__(self, directory, start):
        files = {app: compose_file(directory, app) for app in APPS}
        self.one = start("--seed", "a cluster", "--app-compose", files["one"])
        url = ("--public-url", public_url(self.one))
        self.other = start("--seed", "a cluster", "--app-compose", files["other"], *url)
        self.twin = start("--seed", "a cluster", "--app-compose", files["one"], "--instance", "twin", *url)
        self.poser = start("--seed", "a cluster", "--app-compose", files["other"], "--instance", "poser", *url)
        self.stranger = start("--seed", "elsewhere", "--app-compose", files["one"], *url)
        self.members = [self.one, self.other, self.twin]


@pytest.fixture(scope="module")
def cluster(directory, start):
    return Cluster(directory, start)


def info(simulated):
    return simulated.call("DstackGuest.Info")


def tcb_info(simulated):
    return json.loads(info(simulated)["tcb_info"])


def get_key(simulated, path="wallet", algorithm="secp256k1"):
    return simulated.call("DstackGuest.GetKey", path=path, purpose="cluster", algorithm=algorithm)


def env_key(simulated, app_id):
    return simulated.call("KMS.GetAppEnvEncryptPubKey", app_id=app_id)["public_key"]


def tls_chain(simulated):
    return simulated.call("DstackGuest.GetTlsKey", subject="x", **USAGES)["certificate_chain"]


def differing(one, other):
    assert one.keys() == other.keys()
    return {name for name in one if one[name] != other[name]}


# --- what is shared ---

def roots(simulated):
    """What a cluster has in common; every item follows only from the seed."""
    meta = simulated.call("KMS.GetMeta")
    return {
        "ca": meta["ca_cert"], "ca key": meta["bootstrap_info"]["ca_pubkey"], "k256": meta["k256_pubkey"],
        "temp ca": simulated.call("KMS.GetTempCaCert")["temp_ca_key"],
        "issuer": tls_chain(simulated)[1],
        "device": info(simulated)["device_id"], "key provider": info(simulated)["key_provider_info"],
        "env key": env_key(simulated, "11" * 20),
        **{path: simulated.get(path) for path in ROOT_PATHS},
    }


def test_members_share_the_roots(cluster):
    expected = roots(cluster.one)
    assert roots(cluster.other) == expected
    assert roots(cluster.twin) == expected
    assert expected["issuer"] == expected["ca"]
    assert json.loads(expected["key provider"]) == {"name": "kms", "id": expected["ca key"]}


def test_another_seed_shares_no_root(cluster):
    one, stranger = roots(cluster.one), roots(cluster.stranger)
    assert differing(one, stranger) == set(one)


def test_another_seed_shares_the_app_alone(cluster):
    one, stranger = info(cluster.one), info(cluster.stranger)
    assert (stranger["app_id"], stranger["compose_hash"]) == (one["app_id"], one["compose_hash"])
    for name in ("instance_id", "device_id", "app_cert", "mr_aggregated", "key_provider_info"):
        assert stranger[name] != one[name], name
    for algorithm in ("secp256k1", "ed25519"):
        first, second = (get_key(simulated, algorithm=algorithm) for simulated in (cluster.one, cluster.stranger))
        assert first["key"] != second["key"]
        assert not set(first["signature_chain"]) & set(second["signature_chain"])
    app_id = one["app_id"]
    assert env_key(cluster.one, app_id) != env_key(cluster.stranger, app_id)


def test_apps_differ(cluster):
    one, other = info(cluster.one), info(cluster.other)
    for name in ("app_id", "compose_hash", "instance_id", "app_cert", "mr_aggregated"):
        assert other[name] != one[name], name
    for algorithm in ("secp256k1", "ed25519"):
        first, second = (get_key(simulated, algorithm=algorithm) for simulated in (cluster.one, cluster.other))
        assert first["key"] != second["key"]
        assert not set(first["signature_chain"]) & set(second["signature_chain"])
    assert env_key(cluster.one, one["app_id"]) != env_key(cluster.one, other["app_id"])
    derived = [simulated.call("Tappd.DeriveKey", path="p")["key"] for simulated in (cluster.one, cluster.other)]
    assert derived[0] != derived[1]


def test_instances_differ_in_their_id_alone(cluster):
    one, twin = info(cluster.one), info(cluster.twin)
    # The rest shows RTMR3, into which the instance id is measured.
    assert differing(one, twin) == {"instance_id", "app_cert", "mr_aggregated", "tcb_info"}
    assert differing(tcb_info(cluster.one), tcb_info(cluster.twin)) == {"rtmr3", "mr_aggregated", "event_log"}
    for algorithm in ("secp256k1", "ed25519"):
        assert get_key(cluster.one, algorithm=algorithm) == get_key(cluster.twin, algorithm=algorithm)


def test_a_changed_app_changes_its_identity_and_rtmr3_alone(cluster):
    one, other = tcb_info(cluster.one), tcb_info(cluster.other)
    assert differing(one, other) == {"compose_hash", "rtmr3", "mr_aggregated", "event_log", "app_compose"}
    events = [{event["event"]: event for event in tcb["event_log"]} for tcb in (one, other)]
    assert differing(*events) == {"app-id", "compose-hash", "instance-id"}
    quotes = [registers(simulated.quote()["quote"]) for simulated in (cluster.one, cluster.other)]
    assert quotes[0][:3] == quotes[1][:3] and quotes[0][3] != quotes[1][3]
    assert one["rtmr3"] == quotes[0][3].hex() and other["rtmr3"] == quotes[1][3].hex()


# --- signature chains ---

def recovered(signature, message):
    """The compressed public key that made a signature over the Keccak-256 of a message."""
    public = keys.Signature(bytes.fromhex(signature)).recover_public_key_from_msg_hash(keccak(message))
    return public.to_compressed_bytes()


def chain_end(simulated):
    """The public key that the signature chain of a key of the app ends at."""
    answer = get_key(simulated)
    public = keys.PrivateKey(bytes.fromhex(answer["key"])).public_key.to_compressed_bytes()
    by_app, by_root = answer["signature_chain"]
    app_key = recovered(by_app, f"cluster:{public.hex()}".encode())
    app_id = bytes.fromhex(info(simulated)["app_id"])
    return recovered(by_root, b"dstack-kms-issued:" + app_id + app_key).hex()


@pytest.mark.parametrize("name", ["one", "other", "twin", "stranger"])
def test_keys_chain_to_the_kms(cluster, name):
    simulated = getattr(cluster, name)
    assert chain_end(simulated) == simulated.call("KMS.GetMeta")["k256_pubkey"]


def test_chains_of_a_cluster_end_at_one_root(cluster):
    assert len({chain_end(simulated) for simulated in cluster.members}) == 1
    assert chain_end(cluster.stranger) != chain_end(cluster.one)


# --- quotes and RA-TLS ---

@pytest.mark.parametrize("name", ["one", "other", "twin"])
def test_one_collateral_serves_the_cluster(cluster, name):
    quote = getattr(cluster, name).quote()["quote"]
    assert cluster.one.verify(quote).status == "UpToDate"
    assert public_url(getattr(cluster, name)) == public_url(cluster.one)


def test_a_strangers_quote_does_not_verify(cluster):
    with pytest.raises(ValueError):
        cluster.one.verify(cluster.stranger.quote()["quote"])


@pytest.fixture
def party(cluster, tmp_path):
    """party(name, welcome...) is the end of a member that talks to the apps of these members."""
    def make(name, *welcome, issued=None):
        directory = tmp_path / str(len(list(tmp_path.iterdir())))
        directory.mkdir()
        ids = [info(getattr(cluster, other))["app_id"] for other in welcome]
        return Party(getattr(cluster, name), directory, cluster.one, ids, issued)
    return make


@pytest.mark.parametrize("server, client", [("one", "other"), ("other", "one"), ("one", "twin"), ("other", "twin")])
def test_members_meet(cluster, party, server, client):
    found = meet(party(server, client), party(client, server))
    for peer, name in zip(found, (client, server)):
        expected = info(getattr(cluster, name))
        assert isinstance(peer, dict), peer
        assert peer["app-id"] == expected["app_id"] and peer["compose-hash"] == expected["compose_hash"]
        assert peer["instance-id"] == expected["instance_id"]
        held = app_info(peer["certificate"])
        assert bytes.fromhex(expected["app_id"]) in held and bytes.fromhex(expected["instance_id"]) in held


def app_info(certificate):
    """The value of the app info extension, which holds the ids as they are."""
    return next(e.value.value for e in certificate.extensions if e.oid.dotted_string == "1.3.6.1.4.1.62397.1.9")


@pytest.mark.parametrize("server, client", [("one", "other"), ("other", "one"), ("twin", "other")])
def test_an_unexpected_app_is_refused_by_either_side(party, server, client):
    of_server, of_client = meet(party(server, server), party(client, server))
    assert isinstance(of_server, Refused) and "no app of ours" in str(of_server)
    assert isinstance(of_client, OSError)
    of_server, of_client = meet(party(server, client), party(client, client))
    assert isinstance(of_client, Refused) and "no app of ours" in str(of_client)
    assert isinstance(of_server, OSError)


def test_a_stranger_is_refused_for_its_issuer(party):
    of_server, of_client = meet(party("one", "stranger"), party("stranger", "one"))
    assert isinstance(of_client, ssl.SSLCertVerificationError)
    assert isinstance(of_server, OSError)


def test_a_certificate_without_a_quote_is_refused(cluster, party):
    usages = {"usage_server_auth": True, "usage_client_auth": True}
    issued = cluster.other.call("DstackGuest.GetTlsKey", subject="peer", alt_names=["localhost"], **usages)
    of_server, _ = meet(party("one", "other"), party("other", "one", issued=issued))
    assert isinstance(of_server, AssertionError) and "0 extensions" in str(of_server)


def test_an_app_cannot_pose_as_another(cluster, party):
    """An app-id event of the app's own comes after system-ready, and changes nothing for readers."""
    expected, own = info(cluster.one)["app_id"], info(cluster.poser)["app_id"]
    for event, payload in (("app-id", expected), ("system-ready", ""), ("app-id", expected)):
        cluster.poser.call("DstackGuest.EmitEvent", event=event, payload=payload)
    log = cluster.poser.quote()["event_log"]
    assert log[-1]["event_payload"] == expected and event_payload(log, "app-id") == own
    of_server, _ = meet(party("one", "one"), party("poser", "one"))
    assert isinstance(of_server, Refused) and own in str(of_server)


def test_one_ca_issues_to_all_members(cluster):
    chains = [tls_chain(simulated) for simulated in cluster.members]
    leaves = [x509.load_pem_x509_certificate(leaf.encode()) for leaf, _ in chains]
    for leaf in leaves:
        for _, ca in chains:
            leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(ca.encode()))
    assert len({leaf.public_key().public_numbers().x for leaf in leaves}) == len(leaves)
    assert len({leaf.serial_number for leaf in leaves}) == len(leaves)
