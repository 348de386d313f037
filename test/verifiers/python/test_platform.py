"""What is wrong with a platform shows in dcap-qvl's verdict, and nowhere else."""

import json
import urllib.error

import pytest

from support import Simulated, table, urls

IN_ORDER = {
    **dict.fromkeys(("tcb_status", "platform_status", "tdx_module_status", "qe_status", "early_tcb_status"), "UpToDate"),
    "advisories": [], "debug_td": False,
    "tcb_recovered": False, "pck_revoked": False, "collateral_expired": False, "key_not_vouched": False, "quote_version": "4",
}


def assert_verdict(simulated, expected, quote=None):
    """Of a fresh quote, unless one is given."""
    quote = quote or simulated.quote()["quote"]
    if "refused" in expected:
        with pytest.raises(ValueError, match=expected["refused"]):
            simulated.verify(quote)
    else:
        report = simulated.verify(quote)
        assert (report.status, report.advisory_ids) == (expected["status"], expected["advisories"])


def shown(simulated):
    status = simulated.call("Simulator.Status")
    return {key: status[key] for key in IN_ORDER}


OF_OPTIONS = [scenario for scenario in table("scenarios.json") if scenario["name"] in urls()]


@pytest.mark.parametrize("row", OF_OPTIONS, ids=lambda row: row["name"])
def test_platform_of_the_options(row):
    simulated = Simulated(urls()[row["name"]])
    assert shown(simulated) == {**IN_ORDER, **row["platform"]}
    assert_verdict(simulated, row["dcap_qvl"])


def test_platform_set_while_running(changing, scenario):
    before = changing.quote()
    answer = changing.call("Simulator.SetPlatform", **scenario["platform"])
    assert answer == changing.call("Simulator.Status")
    assert shown(changing) == {**IN_ORDER, **scenario["platform"]}
    assert_verdict(changing, scenario["dcap_qvl"], before["quote"] if scenario.get("quoted_before") else None)
    changing.call("Simulator.SetPlatform")
    assert shown(changing) == IN_ORDER
    assert changing.quote() == before
    assert changing.verify(before["quote"]).status == "UpToDate"


def test_only_what_concerns_the_quote_changes_it(changing, scenario):
    before = changing.quote()
    changing.call("Simulator.SetPlatform", **scenario["platform"])
    concerns = scenario["platform"].keys() & {"debug_td", "tcb_recovered", "key_not_vouched", "quote_version"}
    assert (changing.quote() != before) == bool(concerns)


def test_events_stay_when_the_platform_changes(changing):
    changing.call("DstackGuest.EmitEvent", event="stays", payload="01")
    before = changing.quote()["event_log"]
    assert changing.call("Simulator.SetPlatform", debug_td=True)["event_count"] == len(before)
    assert changing.quote()["event_log"] == before


def test_attestations_show_the_platform(changing):
    changing.call("Simulator.SetPlatform", key_not_vouched=True, debug_td=True)
    got = changing.quote()
    attestation = bytes.fromhex(changing.call("DstackGuest.Attest", report_data="1234")["attestation"])
    assert got["quote"] in attestation


@pytest.mark.parametrize("arguments", [
    {"tcb_status": "Fine"}, {"tcb_status": "uptodate"}, {"tcb_status": 1}, {"advisories": ["not an id"]},
    {"advisories": "INTEL-SA-00837"}, {"advisories": [""]}, {"debug_td": "yes"},
    {"quote_version": "6"}, {"quote_version": 5}, {"tcb_recovered": True, "tcb_status": "OutOfDate"},
], ids=str)
def test_platform_there_is_not(changing, arguments):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        changing.call("Simulator.SetPlatform", pck_revoked=True, **arguments)
    assert refusal.value.code == 400
    assert list(json.loads(refusal.value.read())) == ["error"]
    assert shown(changing) == IN_ORDER
