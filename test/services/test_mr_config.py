"""MRCONFIGID, which verifiers read the compose hash from: the same in quotes, aggregates, certificates
and verdicts."""

import hashlib
import json

import dcap_qvl
import pytest
from cryptography import x509
from eth_utils import keccak

from support import extension

APP_INFO = "1.3.6.1.4.1.62397.1.9"


def compose_file(directory, name, **members):
    path = directory / f"{name}.json"
    path.write_text(json.dumps({"manifest_version": 2, "name": name, "runner": "docker-compose",
                                "kms_enabled": True, **members}))
    return path


def provider_id(simulated):
    return json.loads(simulated.call("DstackGuest.Info")["key_provider_info"])["id"]


def form_1(compose):
    return b"\1" + hashlib.sha256(compose).digest() + bytes(15)


def form_2(compose, provider):
    digest = hashlib.sha256(compose).digest()
    return b"\2" + keccak(digest + digest[:20] + b"\2" + bytes.fromhex(provider)) + bytes(15)


def form_3(document):
    return b"\3" + hashlib.sha256(b"dstack-mr-config-v3:\0" + document.encode()).digest() + bytes(15)


@pytest.fixture(scope="module")
def launches(directory, start):
    """(simulator, its MRCONFIGID) of every form."""
    plain = compose_file(directory, "plain")
    default = start("--app-compose", plain)
    provider = provider_id(default)
    pinned = compose_file(directory, "pinned", key_provider_id=provider)
    document = json.dumps({"version": 3, "key_provider": "kms",
                           "compose_hash": hashlib.sha256(plain.read_bytes()).hexdigest()})
    sys_config = directory / "sys-config.json"
    sys_config.write_text(json.dumps({"vm_config": "{}", "mr_config": document}))
    return {
        "compose hash": (default, form_1(plain.read_bytes())),
        "key provider": (start("--app-compose", pinned), form_2(pinned.read_bytes(), provider)),
        "document": (start("--app-compose", plain, "--sys-config", sys_config), form_3(document)),
        "zero": (start("--app-compose", plain, "--no-mrconfigid"), bytes(48)),
    }


@pytest.fixture(params=["compose hash", "key provider", "document", "zero"])
def launch(request, launches):
    return launches[request.param]


def aggregate(report):
    """mr_aggregated, from a quote's registers."""
    measured = [report.mr_td, report.rt_mr0, report.rt_mr1, report.rt_mr2, report.rt_mr3]
    owner = [report.mr_config_id, report.mr_owner, report.mr_owner_config]
    return hashlib.sha256(b"".join(measured + (owner if any(b"".join(owner)) else []))).hexdigest()


def test_quotes_have_it_and_are_accepted(launch):
    simulated, expected = launch
    quote = simulated.quote()["quote"]
    assert dcap_qvl.parse_quote(quote).report.mr_config_id == expected
    assert simulated.verify(quote).status == "UpToDate"


def test_everything_that_aggregates_follows(launch):
    simulated, expected = launch
    answer = simulated.call("DstackGuest.GetQuote", report_data="12")
    aggregated = aggregate(dcap_qvl.parse_quote(bytes.fromhex(answer["quote"])).report)
    info, state = simulated.call("DstackGuest.Info"), simulated.call("Dashboard.State")
    chain = simulated.call("DstackGuest.GetTlsKey", with_app_info=True)["certificate_chain"]
    app_info = extension(x509.load_pem_x509_certificate(chain[0].encode()), APP_INFO)
    verdict = simulated.post("/verify", {name: answer[name] for name in ("quote", "event_log", "vm_config")})
    assert info["mr_aggregated"] == json.loads(info["tcb_info"])["mr_aggregated"] == aggregated
    assert (state["mr_aggregated"], state["mr_config_id"]) == (aggregated, expected.hex())
    assert bytes.fromhex(aggregated) in app_info
    assert verdict["is_valid"] is True
    assert verdict["details"]["app_info"]["mr_aggregated"] == aggregated
    assert verdict["details"]["boot_info"]["mrAggregated"] == aggregated


def test_keys_and_ids_do_not_depend_on_it(launches):
    (one, _), (zero, _) = launches["compose hash"], launches["zero"]
    for call in (lambda s: s.call("DstackGuest.GetKey", path="a"),
                 lambda s: s.call("DstackGuest.Info")["instance_id"], lambda s: s.quote()["event_log"]):
        assert call(one) == call(zero)
