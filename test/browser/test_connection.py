"""The page while the simulator comes and goes, where it may only look, and without JavaScript."""

import json

import pytest

from browser import chromium

# What the page may ask for just when nothing answers.
POLLED = ["Dashboard.State", "Deployments.List"]

# Keeps the delays of the timers that wait, before the page's own scripts run.
WATCH_TIMERS = """
const set = window.setTimeout, clear = window.clearTimeout
window.waiting = new Map()
window.setTimeout = (call, delay) => {
  const id = set(() => { window.waiting.delete(id); call() }, delay)
  window.waiting.set(id, delay)
  return id
}
window.clearTimeout = (id) => { window.waiting.delete(id); clear(id) }
"""
HIDE = """
Object.defineProperty(document, 'hidden', { value: arguments[0], configurable: true })
document.dispatchEvent(new Event('visibilitychange'))
"""


def stop(page, simulator):
    """Stops it once the page has loaded all of its parts: the list of TDs comes last."""
    page.wait(lambda: page.count("#vms-now") and page.text("#vms-now"), "the list of TDs")
    page.expected += POLLED
    simulator.process.stop()


@pytest.fixture
def private_app(tmp_path):
    path = tmp_path / "app-compose.json"
    path.write_text(json.dumps({"name": "private", "public_tcbinfo": False}))
    return path


def test_the_simulator_goes_and_comes_back(page, simulator, start):
    page.emit("before")
    simulator.emit("before that was the page")
    count = simulator.state()["event_count"]
    page.event(count)
    stop(page, simulator)
    page.wait_text("#gone", "does not answer")
    assert page.one("#gone").is_displayed() and page.text("#link") == "no connection"
    page.script("scrollTo(0, document.body.scrollHeight)")
    assert page.script("return document.getElementById('gone').getBoundingClientRect().top") >= 0
    assert page.count(".event") == count  # those that were there last
    assert not page.one("#restarted").is_displayed()
    again = start("--tcb-status", "OutOfDate", at=simulator.address())
    page.wait_text("#link", "live")
    assert not page.one("#gone").is_displayed()
    page.wait(lambda: page.count(".event") == count - 2, "the events of the new TD alone")
    page.wait_text("#platform-badge", "platform: OutOfDate")
    again.emit("after")
    assert "after" in page.event(count - 1).text


def restart(page, simulator, start, *options):
    stop(page, simulator)
    page.wait_text("#link", "no connection")
    again = start(*options, at=simulator.address())
    page.wait_text("#link", "live")
    return again


def test_another_process_is_another_td(page, simulator, start):
    restart(page, simulator, start)
    notice = page.text("#restarted-text")
    assert "The simulator was restarted at " in notice and "another TD with the same identity" in notice
    assert page.one("#restarted").is_displayed()
    assert page.one("#restarted-text").get_attribute("role") == "status"
    page.click("#restarted-seen")
    assert not page.one("#restarted").is_displayed()


def test_another_app_is_told_from_the_same(page, simulator, start, private_app):
    restart(page, simulator, start, "--app-compose", private_app)
    assert "another TD, and another app or instance" in page.text("#restarted-text")


def test_a_reset_is_no_restart(page, simulator):
    generation = simulator.state()["generation"]
    page.emit("mine")
    simulator.call("Simulator.Reset")
    page.wait(lambda: "mine" not in page.text("#rtmr3"), "the event to be gone")
    assert simulator.state()["generation"] != generation
    assert not page.one("#restarted").is_displayed()


def test_an_action_without_a_simulator_says_so(page, simulator):
    page.expected.append("EmitEvent")
    stop(page, simulator)
    page.wait_text("#gone", "does not answer")  # it moves what is below it
    page.fill("#event-name", "lost")
    page.click("#emit .primary")
    page.wait_text("#emit-result.error", "the simulator did not answer")


@pytest.fixture
def blocked(blank, simulator):
    """blocked(*names) is a page that cannot load those files, as when the simulator restarts just then. It is left
    before the simulator stops."""
    def block(*names):
        blank.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": [f"*/{name}" for name in names]})
        blank.expected += names
        return blank
    blank.driver.execute_cdp_cmd("Network.enable", {})
    yield block
    blank.driver.get("about:blank")
    block()
    blank.driver.execute_cdp_cmd("Network.disable", {})


# A sheet that failed has no rules, and one of another origin does not tell them.
STYLES = """
return Array.from(document.styleSheets).filter((sheet) => {
  try { return sheet.cssRules.length } catch { return false }
}).map((sheet) => sheet.href.split('/').pop())
"""


@pytest.mark.parametrize("name", ["vms.js", "deploy.js", "vms.css"])
def test_a_list_of_tds_that_was_not_loaded_is_loaded_later(blocked, simulator, name):
    page = blocked(name)
    page.open(simulator.url)
    asked = "return performance.getEntriesByName(arguments[0]).length"
    page.wait(lambda: page.script(asked, f"{simulator.url}/simulator/{name}"), f"{name} to be asked for")
    assert "vms.css" not in page.script(STYLES)
    blocked()
    page.wait(lambda: page.count("#vms-now") and page.text("#vms-now"), "the list of TDs")
    page.wait(lambda: "vms.css" in page.script(STYLES), "its style sheet")


@pytest.mark.parametrize("name", ["verdict.js", "verdict.css"])
def test_a_verdict_that_was_not_loaded_is_loaded_later(blocked, simulator, name):
    page = blocked(name)
    page.open(simulator.url)
    page.wait(lambda: page.count("#vms-now") and page.text("#vms-now"), "the list of TDs")
    page.click("#quote .primary")
    page.wait(lambda: page.one("#verify").is_enabled(), "a quote")
    page.click("#verify")
    if name == "verdict.js":
        page.wait_text("#verify-result.error", name)
    else:
        page.wait(lambda: page.text("#verdict"), "a verdict without its style")
    assert "verdict.css" not in page.script(STYLES)
    blocked()
    page.click("#verify")
    page.wait(lambda: page.text("#verdict"), "a verdict")
    page.wait(lambda: "verdict.css" in page.script(STYLES), "its style sheet")


def test_a_state_that_fails_is_told_in_its_sentence(page, simulator):
    page.expected.append("Dashboard.State")
    simulator.post("/prpc/Simulator.SetFault", {"method": "/prpc/Dashboard.State", "status": 503, "message": "resting"})
    page.wait_text("#gone", "resting")
    simulator.call("Simulator.ClearFaults")
    page.wait_text("#link", "live")


def test_a_page_that_nobody_sees_asks_for_nothing(blank, simulator):
    script = blank.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH_TIMERS})
    try:
        page = blank.open(simulator.url)
        waiting = "return Array.from(waiting.values())"
        page.wait(lambda: page.script(waiting) == [1000], "the timer of the next question")
        page.script(HIDE, True)
        assert page.script(waiting) == []
        page.script(HIDE, False)
        page.wait(lambda: page.script(waiting) == [1000], "the timer to be back")
    finally:
        blank.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_the_public_listener_may_only_look(blank, simulator):
    page = blank.open(simulator.public_url)
    assert page.one("#read-only").is_displayed() and not page.one("#controls").is_displayed()
    simulator.call("Simulator.SetFault", delay_ms=1)
    page.wait_text("#faults", "delayed by 1 ms")
    shown = [button for button in page.all("button:not(.copy)") if button.is_displayed()]
    assert shown == []
    simulator.call("Simulator.SetPlatform", tcb_status="OutOfDate", pck_revoked=True)
    page.wait_text("#platform-notice", "The platform: OutOfDate, PCK revoked")
    assert page.one("#platform-notice").is_displayed()
    simulator.emit("seen from outside")
    state = simulator.state()
    assert "seen from outside" in page.event(state["event_count"]).text
    page.wait(lambda: page.register("rtmr3") == state["rtmrs"][3], "the register")
    assert page.text("#compose-hash .hash") == state["compose_hash"]


def test_a_private_app_is_private_outside(blank, start, private_app):
    simulator = start("--app-compose", private_app)
    page = blank.open(simulator.public_url)
    state = simulator.state()
    assert page.one("#private").is_displayed()
    assert page.text("#app-id .hash") == state["app_id"]
    body = page.text("body")
    for hidden in (state["mrtd"], state["mr_config_id"], *state["rtmrs"], state["compose_hash"], state["os_image_hash"], "system-ready"):
        assert hidden not in body
    assert not any(panel.is_displayed() for panel in page.all(".measured"))
    page.open(simulator.url)
    assert not page.one("#private").is_displayed() and page.register("mrtd") == state["mrtd"]


def test_without_javascript_it_says_so(simulator):
    with chromium(preferences={"profile.managed_default_content_settings.javascript": 2}) as page:
        page.driver.get(simulator.url)
        assert "needs JavaScript" in page.one("noscript").text
        assert not page.one("main").is_displayed()
        page.one("noscript a").click()
        page.wait(lambda: page.driver.current_url.endswith("Dashboard.State"), "the state")
        assert json.loads(page.one("body").text)["app_name"] == simulator.state()["app_name"]


def test_nothing_is_run_or_loaded_but_its_own_files(page, simulator):
    """The policy stops markup, inline scripts and styles, and other hosts, should any slip in."""
    page.expected += ["Content Security Policy", "Trusted", "TrustedHTML", "TrustedScript", "violates"]
    refused = page.driver.execute_async_script("""
        const done = arguments[0], refused = []
        const attempt = (name, action) => { try { action() } catch { refused.push(name) } }
        document.addEventListener('securitypolicyviolation', (event) => {
          refused.push(event.effectiveDirective)
          if (['style-src-attr', 'img-src'].every((one) => refused.includes(one))) done(refused)
        })
        setTimeout(() => { // a task of the page's own: what the driver runs may evaluate text
          attempt('innerHTML', () => { document.body.innerHTML = '<p>' })
          attempt('eval', () => { eval('1') })
          document.body.setAttribute('style', 'color: red')
          document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' }))
        })
    """)
    assert {"innerHTML", "eval"} <= set(refused)
    loaded = page.script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in loaded if not name.startswith(simulator.url)] in ([], ["http://127.0.0.1:9/x.png"])
