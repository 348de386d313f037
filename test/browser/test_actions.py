"""What can be done from the page, and that it shows just what the API says."""

import hashlib

import pytest

BIDI = "invoice\u202egpj.exe\u2066"


def last_of(simulator):
    """The last event and its number."""
    events = simulator.state()["events"]
    return events[-1], len(events)


# --- events ---

def test_an_event_appears_and_moves_its_register(page, simulator):
    before = page.register("rtmr3")
    page.emit("model-loaded", "größe: 1")
    event, number = last_of(simulator)
    row = page.event(number)
    page.wait(lambda: page.register("rtmr3") == event["rtmr_after"], "the register to move")
    assert page.hashes(row) == [event["rtmr_before"], event["digest"], event["rtmr_after"]]
    assert event["rtmr_before"] == before == simulator.state()["events"][-2]["rtmr_after"]
    digest = hashlib.sha384(b"\x01\x00\x00\x08:model-loaded:" + "größe: 1".encode()).digest()
    assert event["digest"] == digest.hex()
    assert event["rtmr_after"] == hashlib.sha384(bytes.fromhex(before) + digest).hexdigest()
    assert "model-loaded" in row.text and row.find_element("css selector", ".payload.text").text == "größe: 1"
    assert "fresh" in row.get_attribute("class") and page.all("#register-rtmr3 .moved")
    assert len(page.all(".fresh")) == 1 and not page.all("#machine .moved")


def test_what_others_emit_appears_too(page, simulator):
    simulator.emit("from elsewhere", b"\xff\x00")
    _, number = last_of(simulator)
    row = page.event(number)
    assert "from elsewhere" in row.text and "ff00" in row.text
    simulator.emit("and then")
    page.event(number + 1)
    assert [fresh.get_attribute("data-number") for fresh in page.all(".fresh")] == [str(number + 1)]


def test_the_payload_may_be_hex_and_a_refusal_is_the_sentence_of_the_api(page, simulator):
    page.expected.append("/EmitEvent")
    page.click("#emit .switch label:last-child")
    page.emit("hex", "00 FF 7f")
    event, _ = last_of(simulator)
    assert event["payload"] == "00ff7f"
    page.fill("#event-payload", "0g")
    page.click("#emit .primary")
    page.wait_text("#emit-result.error", "payload must be hex")
    page.wait(lambda: page.count(".event") == len(simulator.log()), "just the events that there are")


def test_boot_events_are_folded_and_have_their_registers(page, simulator):
    state = simulator.state()
    for imr in range(3):
        assert page.register(f"rtmr{imr}") == state["rtmrs"][imr]
        chain = page.one(f"#register-rtmr{imr} .chain")
        assert not chain.is_displayed()
        page.click(f"#register-rtmr{imr} .fold summary")
        assert chain.is_displayed()
        numbers = [row.get_attribute("data-number") for row in page.all(f"#register-rtmr{imr} .event")]
        expected = [str(event["number"]) for event in state["events"] if event["imr"] == imr]
        assert numbers == expected[::-1]
    assert page.register("mrtd") == state["mrtd"]
    assert page.one("#register-rtmr3 .chain").is_displayed()


def test_a_full_log_is_shown_whole(page, simulator):
    while len(simulator.log()) < 4000:
        for number in range(500):
            simulator.emit(f"event {number}", b"x")
    count = simulator.state()["event_count"]
    page.event(count)
    page.wait(lambda: page.count(".event") == count, "every event")
    numbers = page.script("return Array.from(document.querySelectorAll('#rtmr3 .event'), (row) => +row.dataset.number)")
    assert numbers == sorted(numbers, reverse=True)
    page.driver.refresh()
    page.wait(lambda: page.count(".event") == count, "every event after a reload")
    assert page.all(".fresh") == []  # they were there already


# --- names can be any text ---

@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>",
                                  "<b>bold</b>", "&lt;", "'\"`${alert(1)}", "x" * 256, "🚀" * 64])
def test_a_name_stays_text(page, simulator, name):
    elements = len(page.all("*"))
    images = len(page.all("img"))
    simulator.emit(name, name.encode())
    _, number = last_of(simulator)
    row = page.event(number)
    assert row.find_element("css selector", ".name").get_property("textContent") == name
    assert len(page.all("img")) == images and not page.all("script:not([src])") and not page.all("b")
    row.find_element("css selector", "summary").click()
    page.wait(lambda: row.find_elements("css selector", ".details"), "its details")
    assert row.find_element("css selector", ".details dd bdi").get_property("textContent") == name
    assert len(page.all("*")) > elements
    assert page.script("return document.documentElement.scrollWidth <= innerWidth")
    page.driver.get_log("browser")  # a dialog would have made each of these calls fail


def test_characters_that_turn_or_hide_text_are_spelled_out(page, simulator):
    simulator.emit(BIDI)
    _, number = last_of(simulator)
    name = page.event(number).find_element("css selector", ".name")
    assert name.get_property("textContent") == "invoiceU+202Egpj.exeU+2066"
    assert len(name.find_elements("css selector", ".escape")) == 2


def test_an_app_name_stays_text(blank, start, tmp_path):
    path = tmp_path / "app-compose.json"
    path.write_text('{"name":"<i>app</i>"}')
    page = blank.open(start("--app-compose", path).url)
    assert page.text("h1") == "<i>app</i>" and not page.all("h1 i")
    assert page.driver.title.startswith("<i>app</i>")


# --- quotes ---

def test_a_quote_is_good(page, simulator):
    page.quote("my data")
    kind, headline = page.verdict()
    assert kind == "good" and "Valid" in headline and "Not" not in headline
    verdict = page.text("#verdict")
    assert verdict.count("passed") == 3 and "UpToDate" in verdict
    for value in (b"my data".hex().ljust(128, "0"), simulator.state()["compose_hash"]):
        assert value in verdict
    assert page.one("#verdict").get_attribute("aria-live") == "polite"


def test_too_much_report_data_is_refused_in_a_sentence(page):
    page.expected.append("/GetQuote")
    page.fill("#report-data", "x" * 65)
    page.click("#quote .primary")
    page.wait_text("#quote-result.error", "64")
    assert not page.one("#verify").is_enabled()


@pytest.mark.parametrize("field, reason", [
    ("pck_revoked", "revoked"), ("collateral_expired", "expired"), ("key_not_vouched", "does not vouch"),
    ("debug_td", "debug mode")])
def test_a_quote_of_a_platform_that_is_bad(page, simulator, field, reason):
    page.unfold("#platform-panel")
    page.click(f"[name={field}]")
    page.click("#platform .primary")
    page.wait_text("#platform-result", "Applies to new quotes")
    assert simulator.call("Simulator.Status")[field] is True
    page.quote()
    kind, headline = page.verdict()
    assert kind == "bad" and "Not valid" in headline
    verdict = page.text("#verdict")
    assert reason in verdict and verdict.count("failed") >= 1 and verdict.count("not reached") == 3
    assert "passed" not in verdict


def test_a_platform_that_is_behind_is_neither_good_nor_bad(page, simulator):
    simulator.call("Simulator.SetPlatform", tcb_status="OutOfDate", advisories=["INTEL-SA-00837"])
    page.wait_text("#platform-badge", "platform: OutOfDate, INTEL-SA-00837")
    assert page.one("#platform-badge").get_attribute("title") == "OutOfDate, INTEL-SA-00837"
    assert page.one("#platform-now").text == "OutOfDate, INTEL-SA-00837"
    page.unfold("#platform-panel")
    assert page.one("#tcb-status").get_property("value") == "OutOfDate"
    page.quote()
    kind, headline = page.verdict()
    assert kind == "caution" and "OutOfDate" in headline
    assert "INTEL-SA-00837" in page.text("#verdict")
    page.click("#platform-in-order")
    page.wait(lambda: not page.one("#platform-badge").is_displayed(), "the platform to be in order")
    page.quote()
    assert page.verdict()[0] == "good"


@pytest.mark.parametrize("field, value, badge, status", [
    ("platform_status", "OutOfDate", "platform OutOfDate", "OutOfDate"),
    ("tdx_module_status", "OutOfDate", "TDX module OutOfDate", "OutOfDate"),
    ("qe_status", "OutOfDate", "QE OutOfDate", "OutOfDate"),
    ("early_tcb_status", "Revoked", "early data set Revoked", "UpToDate")])
def test_a_part_can_be_behind_alone(page, simulator, field, value, badge, status):
    page.unfold("#platform-panel")
    page.click(".parts summary")
    page.choose_text(f"[name={field}]", value)
    page.click("#platform .primary")
    page.wait_text("#platform-result", "Applies to new quotes")
    page.wait_text("#platform-badge", badge)
    assert simulator.call("Simulator.Status")[field] == value
    page.quote()
    assert status in page.verdict()[1] or status == "UpToDate"
    page.click("#platform-in-order")
    page.wait(lambda: page.one(f"[name={field}]").get_property("value") == "UpToDate", "the platform to be in order")


def test_a_tcb_that_recovers(page, simulator):
    """The old quote is still OutOfDate, a new one is not."""
    page.expected.append("Simulator.SetPlatform")
    page.unfold("#platform-panel")
    page.quote()
    page.click("[name=tcb_recovered]")
    page.click("#platform .primary")
    page.wait_text("#platform-badge", "TCB recovered")
    assert simulator.call("Simulator.Status")["tcb_recovered"] is True
    kind, headline = page.verdict()
    assert kind == "caution" and "OutOfDate" in headline
    page.quote()
    assert page.verdict()[0] == "good"
    page.choose_text("#tcb-status", "Revoked")
    page.click("#platform .primary")
    page.wait_text("#platform-result", "no other status goes with it, but the TCB status is Revoked")
    page.click("#platform-in-order")
    page.wait(lambda: not page.one("[name=tcb_recovered]").get_property("checked"), "the platform to be in order")


def test_a_quote_of_version_5(page, simulator):
    page.unfold("#platform-panel")
    page.choose_text("#quote-version", "5-td15")
    page.click("#platform .primary")
    page.wait_text("#platform-result", "Applies to new quotes")
    page.quote()
    assert page.verdict()[0] == "good"
    assert simulator.call("GetQuote")["quote"].startswith("0500")
    page.click("[name=pck_revoked]")
    page.click("#platform .primary")
    page.wait_text("#platform-result", "Applies to new quotes")
    assert simulator.call("Simulator.Status")["quote_version"] == "5-td15"
    page.click("#platform-in-order")
    page.wait(lambda: page.one("#quote-version").get_property("value") == "4", "the version of the start")


# --- going back ---

def test_reset_asks_first(page, simulator):
    page.emit("mine")
    _, number = last_of(simulator)
    page.event(number)
    page.unfold("#state-panel")
    page.click("#reset")
    page.click("#reset-no")
    assert not page.one("dialog").is_displayed() and len(simulator.log()) == number
    page.click("#reset")
    page.click("#reset-yes")
    page.wait(lambda: not page.all(f".event[data-number='{number}']"), "the event to be gone")
    state = simulator.state()
    assert state["event_count"] == number - 1 == page.count(".event")
    page.wait(lambda: page.register("rtmr3") == state["rtmrs"][3], "the register to be back")


def test_a_snapshot_is_gone_back_to(page, simulator):
    page.unfold("#state-panel")
    assert not page.one("#revert").is_enabled()
    page.emit("kept")
    page.click("#snapshot")
    page.wait_text("#snapshots", "snapshot 1")
    kept = simulator.state()["rtmrs"][3]
    page.emit("taken back")
    page.click("#revert")
    page.wait_text("#state-result", "Reverted to snapshot 1")
    page.wait(lambda: page.register("rtmr3") == kept and "kept" in page.text("#rtmr3")
              and "taken back" not in page.text("#rtmr3"), "the state of the snapshot")


# --- the rest ---

def test_faults_are_shown(page, simulator):
    simulator.call("Simulator.SetFault", delay_ms=1)
    page.wait_text("#faults", simulator.state()["faults"][0])
    assert page.text("#set-fault-now") == page.text("#faults-badge") == "1 fault"
    page.click("#clear-faults")
    page.wait(lambda: not page.one("#faults-panel").is_displayed(), "the faults to be gone")
    assert simulator.state()["faults"] == [] and page.text("#set-fault-now") == "none set"


def test_a_fault_is_set_from_the_page(page, simulator):
    page.expected.append("Simulator.SetFault")
    page.unfold("#set-fault-panel")
    page.fill("#fault-method", "GetQuote")
    page.fill("#set-fault [name=times]", "2")
    page.click("#set-fault .primary")
    page.wait_text("#faults li", "GetQuote: fails with 503, 2 more times")
    assert page.text("#faults-badge") == "1 fault"
    page.click("#set-fault option[value=drop]")
    assert not page.one("#set-fault [name=value]").is_enabled()
    page.fill("#fault-method", "Sign")
    page.fill("#set-fault [name=times]", "")
    page.click("#set-fault .primary")
    page.wait_text("#faults", "Sign: dropped")
    page.click("#set-fault option[value=status]")
    page.fill("#set-fault [name=value]", "200")
    page.click("#set-fault .primary")
    page.wait_text("#set-fault-result.error", "not 200")
    page.fill("#set-fault [name=value]", "many")
    page.click("#set-fault .primary")
    page.wait_text("#set-fault-result.error", "status")
    assert simulator.state()["faults"] == ["GetQuote: fails with 503, 2 more times", "Sign: dropped"]


def test_a_hash_can_be_copied(page, simulator):
    page.driver.execute_cdp_cmd("Browser.grantPermissions",
                                {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    page.click("#app-id .copy")
    page.wait_text("#said", "copied")
    copied = page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == simulator.state()["app_id"] == page.text("#app-id .hash")


# --- the OS image ---

def test_the_page_does_not_offer_events_where_apps_cannot_emit_them(blank, start):
    page = blank.open(start("--dstack-os", "0.6").url)
    assert page.one("#os-version").text == "0.6.0"
    assert page.one("#no-emit").text == "Apps cannot emit events since dstack 0.6."
    assert not page.one("#emit").is_displayed()
    assert page.one("#quote").is_displayed()


def test_the_page_offers_events_on_0_5(page):
    assert page.one("#os-version").text == "0.5.11"
    assert not page.one("#no-emit").is_displayed() and page.one("#emit").is_displayed()


# --- health ---

def test_an_instance_leaves_and_comes_back(page, simulator):
    assert not page.one("#health-badge").is_displayed()
    page.wait_text("#health-verdict", "healthy (it asks for no health checks)")
    page.unfold("#health-panel")
    page.choose("#health-state", "starting")
    page.click("#health .primary")
    page.wait_text("#health-result", "Gateways are told that it is starting")
    page.wait_text("#health-verdict", "unhealthy: app: starting (set by hand)")
    page.wait(lambda: page.one("#health-badge").text == "app unhealthy", "the badge")
    assert simulator.state()["health"]["healthy"] is False
    page.choose("#health-state", "")
    page.click("#health .primary")
    page.wait_text("#health-result", "Judged by the rules again")
    page.wait(lambda: not page.one("#health-badge").is_displayed(), "the badge to go")
