"""TDs that are deployed beside the KMS: they have what it would give them."""

import hashlib
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import kms_client
from kms_client import Kms, csr, hkdf, p256, private, sign_cert
from kms_fixtures import cluster, kms, launch, roots  # noqa: F401
from kms_tds import KMS_COMPOSE, allow, certificates, create, verify_issued, vm_call


def test_a_deployed_td_has_what_the_kms_would_give_it(cluster, kms, roots):
    simulated, _ = cluster
    vm, shown = create(simulated)
    assert shown["boot_error"] == ""
    issued = vm_call(simulated, vm, "GetTlsKey", subject="an app", usage_ra_tls=True, with_app_info=True)
    leaf, app_ca, root = certificates(issued["certificate_chain"])
    verify_issued(leaf, app_ca)
    verify_issued(app_ca, root)
    app_id = bytes.fromhex(shown["app_id"])
    assert app_ca.public_key() == p256(hkdf(roots[0], app_id, b"app-ca")).public_key()
    assert private(leaf, 3) == private(app_ca, 3) == app_id
    assert (private(leaf, 1), private(leaf, 2)) == (None, None)

    key = serialization.load_pem_private_key(issued["key"].encode(), None)
    attestation = bytes.fromhex(vm_call(simulated, vm, "Attest", report_data=kms_client.ra_tls_report_data(key))
                                ["attestation"])
    signed, signed_ca, _ = sign_cert(kms, key, csr(key, attestation, "an app", quote=True, info=True))
    assert signed_ca == app_ca
    assert [one.oid for one in signed.extensions] == [one.oid for one in leaf.extensions]
    for arc in (3, 4, 8, 9):
        assert private(signed, arc) == private(leaf, arc)
    info = vm_call(simulated, vm, "Info")
    assert info["app_cert"].count("BEGIN CERTIFICATE") == 3


def test_it_decrypts_what_is_encrypted_to_either_key(cluster, kms, launch):
    simulated, url = cluster
    app_id = hashlib.sha256(KMS_COMPOSE.encode()).hexdigest()[:40]
    for number, ask in enumerate((kms.call, lambda method, **given: simulated.call(f"KMS.{method}", **given))):
        public = bytes.fromhex(ask("GetAppEnvEncryptPubKey", app_id=app_id)["public_key"])
        ephemeral = x25519.X25519PrivateKey.generate()
        shared = ephemeral.exchange(x25519.X25519PublicKey.from_public_bytes(public))
        text = json.dumps({"env": [{"key": "SECRET", "value": str(number)}]}).encode()
        sealed = (ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) + bytes(12)
                  + AESGCM(shared).encrypt(bytes(12), text, None))
        _, shown = create(simulated, encrypted_env=sealed.hex())
        assert shown["boot_error"] == ""


def test_a_td_that_is_not_allowed_does_not_boot(launch, tmp_path):
    path = tmp_path / "auth.json"
    path.write_text("{}")
    simulated, url = launch("--kms-allowlist", path)
    attestation = Kms(url, tmp_path).call("GetMeta")["bootstrap_info"]["attestation"]
    own = simulated.post("/verify", {"attestation": attestation})["details"]["app_info"]["mr_aggregated"]
    allow(path, simulated, mr_aggregated=[own])
    vm, shown = create(simulated)
    assert shown["boot_error"] == ("failed to get the app's keys from the KMS: App not allowed: "
                                   "Boot denied: app not registered")
    _, other = create(simulated, compose_file=json.dumps({**json.loads(KMS_COMPOSE), "kms_enabled": False}))
    assert other["boot_error"] == ""
    compose_hash = hashlib.sha256(KMS_COMPOSE.encode()).hexdigest()
    allow(path, simulated, mr_aggregated=[own], apps={compose_hash[:40]: {"composeHashes": [compose_hash]}})
    assert create(simulated)[1]["boot_error"] == ""


def serial_of_key(certificate):
    """What dstack's own certificates have: rcgen, which issues them, derives it from the key."""
    point = certificate.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return int.from_bytes(hashlib.sha256(point).digest()[:20], "big") & (1 << 159) - 1


def test_the_first_td_has_them_if_asked(start):
    chains = [certificates(start(*options).call("DstackGuest.GetTlsKey", subject="x")["certificate_chain"])
              for options in ((), ("--kms",))]
    assert [len(chain) for chain in chains] == [2, 3]
    assert private(chains[0][0], 3) is None and private(chains[1][0], 3)
    assert chains[0][-1] == chains[1][-1]
    for certificate in sum(chains, []):
        assert certificate.serial_number == serial_of_key(certificate)
