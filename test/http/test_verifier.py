"""dstack-verifier's API: /verify judges what this program itself issues, /health says that it serves."""
import json

import pytest
from wire import Connection, get, post

DETAILS = {"quote_verified", "event_log_verified", "os_image_hash_verified", "acpi_tables_verified",
           "os_image_is_dev", "os_image_version", "tee_variant", "report_data", "tcb_status", "advisory_ids",
           "key_provider", "app_info", "boot_info"}
APP = ["app_id", "compose_hash", "instance_id", "device_id", "mr_system", "mr_aggregated", "os_image_hash",
       "key_provider_info", "init_script_hashes"]
BOOT = {"teeVariant", "mrAggregated", "osImageHash", "mrSystem", "appId", "composeHash", "instanceId", "deviceId",
        "keyProviderInfo", "tcbStatus", "advisoryIds"}


@pytest.fixture
def connection(shared):
    with Connection(shared.tcp) as made:
        yield made


@pytest.fixture
def quote(connection):
    return connection.ask(post("/GetQuote", '{"report_data":"1234"}')).json()


def verify(connection, request):
    response = connection.ask(post("/verify", json.dumps(request)))
    assert response.status == 200
    verdict = response.json()
    assert set(verdict) == {"is_valid", "details", "reason"} and set(verdict["details"]) == DETAILS
    assert (verdict["reason"] is None) == verdict["is_valid"]
    return verdict


def test_health(connection):
    assert connection.ask(get("/health")).json() == {"status": "ok", "service": "dstack-verifier"}


def test_the_answer_of_get_quote_is_valid(connection, quote):
    info = connection.ask(post("/Info", "{}")).json()
    details = verify(connection, quote)["details"]
    assert details["quote_verified"] and details["event_log_verified"] and details["os_image_hash_verified"]
    assert details["tee_variant"] == "dstack-tdx" and details["tcb_status"] == "UpToDate"
    assert details["report_data"] == "1234".ljust(128, "0") and details["advisory_ids"] == []
    app, boot = details["app_info"], details["boot_info"]
    assert list(app) == APP and set(boot) == BOOT
    for name in ("app_id", "instance_id", "compose_hash", "device_id", "mr_aggregated", "os_image_hash"):
        assert app[name] == info[name]
    assert json.loads(bytes.fromhex(app["key_provider_info"])) == details["key_provider"]
    assert app["init_script_hashes"] == []
    for name in APP[:-1]:
        first, *rest = name.split("_")
        assert boot[first + "".join(word.title() for word in rest)] == app[name]


def test_every_form_of_evidence(connection, quote):
    attested = connection.ask(post("/Attest", '{"report_data":"1234"}')).json()["attestation"]
    log, config = quote["event_log"], quote["vm_config"]
    for request in (
            {"quote": "0x" + quote["quote"].upper(), "event_log": log, "vm_config": config},
            {"quote": quote["quote"], "event_log": json.loads(log), "vm_config": json.loads(config)},
            {"attestation": quote["attestation"], "quote": None, "event_log": None, "vm_config": None},
            {"attestation": "0x" + attested, "debug": True}):
        assert verify(connection, request)["is_valid"]


def test_whatever_can_be_read_gets_a_verdict(connection, quote):
    for change in ({"quote": ""}, {"quote": None}, {"quote": 5}, {"quote": "0x"}, {"quote": "zz"}, {"quote": []},
                   {"quote": quote["quote"][:-2 * 72]}, {"event_log": "[]"}, {"event_log": {}}, {"event_log": True},
                   {"vm_config": ""}, {"vm_config": "{}"}, {"vm_config": 1.5}, {"attestation": "00"},
                   {"attestation": {"a": [1]}}):
        request = {name: quote[name] for name in ("quote", "event_log", "vm_config")} | change
        verdict = verify(connection, request)
        assert not verdict["is_valid"] and verdict["reason"]
        assert verdict["details"]["app_info"] is None and verdict["details"]["boot_info"] is None
    assert not verify(connection, {})["is_valid"]


def test_what_was_not_reached_is_null(connection):
    details = verify(connection, {})["details"]
    assert not any(details[name] for name in DETAILS)
    for name in ("os_image_is_dev", "os_image_version", "tee_variant", "report_data", "tcb_status", "key_provider"):
        assert details[name] is None


def test_unreadable_json_is_an_error(connection):
    response = connection.ask(post("/verify", "{"))
    assert response.status == 400 and "not valid JSON" in response.error()


def test_a_platform_that_is_behind(own):
    own.start("--tcb-status", "OutOfDate", "--advisory", "INTEL-SA-00837")
    with Connection(own.tcp) as connection:
        verdict = verify(connection, connection.ask(post("/GetQuote", "{}")).json())
    assert verdict["is_valid"]
    boot = verdict["details"]["boot_info"]
    assert (boot["tcbStatus"], boot["advisoryIds"]) == ("OutOfDate", ["INTEL-SA-00837"])
    assert (verdict["details"]["tcb_status"], verdict["details"]["advisory_ids"]) == (
        "OutOfDate", ["INTEL-SA-00837"])
