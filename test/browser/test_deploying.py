"""The list of TDs: deploy one, open it, use it, stop, start and remove it, read its console."""

import subprocess

import pytest
from selenium.webdriver.common.keys import Keys

from simulator import PROGRAM

DOCKER_COMPOSE = "services:\n  web:\n    image: nginx\n"
APP_COMPOSE = '{"manifest_version":2,"name":"mine","runner":"docker-compose"}'


@pytest.fixture
def listing(page):
    """The list of TDs and the form are unfolded."""
    page.wait(lambda: page.count(".vm") == 1, "the first TD")
    page.unfold("#vms")
    return page


def send(page, **fields):
    """Fills these fields of the form, leaves the others, and sends it."""
    page.unfold("#deploy-fold")
    page.wait(lambda: page.all("#deploy [name=image] option"), "the images")
    for field, text in fields.items():
        page.fill(f"#deploy [name={field}]", text)
    page.click("#deploy .primary")


def deploy(page, compose=DOCKER_COMPOSE, name=""):
    """The row of a new TD, once it is there."""
    send(page, compose=compose, name=name)
    page.wait_text("#deploy-result", f"{name or 'mine'} is deployed")
    return row_of(page, name or "mine")


def row_of(page, name):
    rows = [row for row in page.all(".vm") if row.find_element("css selector", ".name").text.startswith(name)]
    assert len(rows) == 1, [row.text for row in page.all(".vm")]
    return rows[0]


def press(page, row, button):
    page.script("arguments[0].scrollIntoView({ block: 'center' })", row)
    button_of(page, row, button).click()


def button_of(page, row, button):
    """An unfolded row has its buttons a moment later."""
    return page.wait(lambda: row.find_elements("css selector", f".{button}"), f"the button {button}")[0]


def wait_state(page, row, word):
    page.wait(lambda: row.find_element("css selector", ".badge").text == word, word)


def told(simulator, name):
    return next(vm for vm in simulator.call("Teepod.Status")["vms"] if vm["name"] == name)


# --- deploying ---

def test_a_deployment_appears_with_what_to_call_next(listing, simulator):
    row = deploy(listing, name="web")
    vm = told(simulator, "web")
    wait_state(listing, row, "running")
    assert vm["configuration"]["image"] in row.text
    assert [code.get_property("textContent") for code in row.find_elements("css selector", ".details .hash")] == [
        vm["id"], vm["app_id"], vm["instance_id"]]
    command = row.find_element("css selector", ".calls code").text
    socket = simulator.process.sockets / "vms" / vm["id"] / "dstack.sock"
    assert command == f"export DSTACK_SIMULATOR_ENDPOINT={socket.resolve()}" and socket.exists()
    assert "2 running" in listing.text("#vms-now")


def test_it_deploys_what_the_command_deploys(listing, simulator, tmp_path):
    """The same docker-compose file is the same app."""
    deploy(listing, name="web")
    path = tmp_path / "web.yml"
    path.write_text(DOCKER_COMPOSE)
    done = subprocess.run([PROGRAM, "deploy", path, "--name", "web", "--socket-dir", simulator.process.sockets],
                          capture_output=True, text=True, timeout=60, check=True)
    vms = [vm for vm in simulator.call("Teepod.Status")["vms"] if vm["name"] == "web"]
    assert len(vms) == 2 and vms[0]["app_id"] == vms[1]["app_id"] and vms[0]["app_id"] in done.stdout
    listing.wait(lambda: listing.count(".vm") == 3, "what the command deployed")


def test_an_app_compose_is_deployed_as_it_is(listing, simulator):
    deploy(listing, APP_COMPOSE)
    listing.choose_text("#deploy [name=image]", "dstack-0.6.0")
    listing.fill("#deploy [name=vcpu]", "3")
    listing.fill("#deploy [name=memory]", "4096")
    deploy(listing, APP_COMPOSE, "larger")
    shown = told(simulator, "mine")["configuration"], told(simulator, "larger")["configuration"]
    assert [one["compose_file"] for one in shown] == [APP_COMPOSE] * 2
    assert (shown[1]["image"], shown[1]["vcpu"], shown[1]["memory"]) == ("dstack-0.6.0", 3, 4096)


@pytest.mark.parametrize("compose, reason", [
    ('{"name":', "Invalid compose file: "), ('{"manifest_version":"x"}', "manifest_version")])
def test_a_bad_file_is_refused_with_its_reason(listing, simulator, compose, reason):
    listing.expected.append("Teepod.GetComposeHash")
    send(listing, compose=compose)
    listing.wait_text("#deploy-result.error", reason)
    assert len(simulator.call("Teepod.Status")["vms"]) == 1 and listing.count(".vm") == 1


def test_a_size_is_refused_with_its_reason(listing, simulator):
    listing.expected.append("Teepod.GetComposeHash")
    send(listing, compose=APP_COMPOSE, memory="much")
    listing.wait_text("#deploy-result.error", "memory")
    assert len(simulator.call("Teepod.Status")["vms"]) == 1


def test_a_boot_that_fails_says_why(listing, simulator):
    simulator.post("/prpc/Simulator.SetFault", {"method": "Boot", "status": 500, "message": "no keys today"})
    send(listing, compose=APP_COMPOSE)
    listing.wait_text("#deploy-result.error", "mine does not boot: no keys today")
    listing.wait(lambda: listing.count(".vm") == 2, "its row")
    row = row_of(listing, "mine")
    wait_state(listing, row, "boot failed")
    row.find_element("css selector", "summary").click()
    listing.wait(lambda: "no keys today" in row.text, "the reason in its row")
    assert not row.find_elements("css selector", ".calls code")


def test_without_sockets_it_says_how_to_have_them(blank, start):
    page = blank.open(start("--socket-dir", "none").url)
    page.wait(lambda: page.count(".vm") == 1, "the first TD")
    page.unfold("#vms")
    row = deploy(page, name="web")
    assert "--vm-ports" in row.find_element("css selector", ".calls").text
    page.open(start("--socket-dir", "none", "--vm-ports").url)
    page.wait(lambda: page.count(".vm") == 1, "the first TD")
    page.unfold("#vms")
    row = deploy(page, name="web")
    assert row.find_element("css selector", ".calls code").text.startswith("export DSTACK_SIMULATOR_ENDPOINT=http://127.0.0.1:")


# --- its page ---

def test_each_td_has_its_page(listing, simulator):
    row = deploy(listing, name="web")
    vm = told(simulator, "web")
    before = simulator.state()
    press(listing, row, "page")
    listing.wait_text("#app-name", "web")
    assert listing.driver.current_url.endswith(f"?td={vm['id']}")
    listing.wait(lambda: listing.text("#app-id .hash") == vm["app_id"], "its app id")
    listing.emit("of-web")
    listing.wait(lambda: "of-web" in listing.text("#rtmr3"), "its event")
    listing.quote("its data")
    assert listing.verdict()[0] == "good"
    assert vm["app_id"] in listing.text("#verdict")
    state = simulator.state()
    assert state["rtmrs"] == before["rtmrs"] and state["event_count"] == before["event_count"]
    listing.driver.back()
    listing.wait_text("#app-name", before["app_name"])
    listing.wait(lambda: listing.register("rtmr3") == before["rtmrs"][3], "the registers of the first TD")
    assert "of-web" not in listing.text("#rtmr3") and not listing.all(".verdict") and listing.text("#emit-result") == ""
    assert not listing.one("#verify").is_enabled()
    summary = row_of(listing, before["app_name"]).find_element("css selector", "summary")
    listing.wait(lambda: summary.get_attribute("aria-current"), "the mark in the list")


def test_its_address_can_be_kept(listing, simulator):
    deploy(listing, name="web")
    vm = told(simulator, "web")
    listing.driver.get("about:blank")
    listing.open(f"{simulator.url}/?td={vm['id']}")
    listing.wait(lambda: listing.text("#app-id .hash") == vm["app_id"], "its app id")
    listing.wait(lambda: listing.count(".vm.shown") == 1, "the mark in the list")
    assert listing.one(".vm.shown").get_attribute("data-id") == vm["id"]


def test_an_unknown_address_says_so_and_leads_on(listing, simulator):
    listing.expected.append("Dashboard.State")
    listing.driver.get(f"{simulator.url}/?td=00000000-0000-4000-8000-000000000000")
    listing.wait_text("#gone", "VM not found")
    assert not listing.one("main").is_displayed()
    listing.wait(lambda: listing.count("#vms-now") and listing.text("#vms-now"), "the list")
    listing.unfold("#vms")
    row = listing.wait(lambda: listing.all(".vm"), "the list")[0]
    row.find_element("css selector", "summary").click()
    press(listing, row, "page")
    listing.wait_text("#link", "live")
    assert listing.one("main").is_displayed() and "td=" not in listing.driver.current_url


# --- its life ---

def test_stop_start_and_remove(listing, simulator):
    listing.expected.append("Dashboard.State")
    row = deploy(listing, name="web")
    press(listing, row, "page")
    listing.wait_text("#app-name", "web")
    press(listing, row, "power")
    wait_state(listing, row, "stopped")
    listing.wait_text("#gone", "this TD is stopped")
    assert told(simulator, "web")["status"] == "stopped" and not row.find_elements("css selector", ".calls code")
    press(listing, row, "power")
    wait_state(listing, row, "running")
    listing.wait_text("#link", "live")
    press(listing, row, "remove")
    assert listing.text("#remove-title") == "Remove web?" and listing.count(".vm") == 2
    listing.click("#remove-yes")
    listing.wait(lambda: listing.count(".vm") == 1, "it to be gone")
    listing.wait(lambda: listing.text("#app-name") == simulator.state()["app_name"], "the page of the first TD")
    assert listing.text("#link") == "live"
    assert [vm["name"] for vm in simulator.call("Teepod.Status")["vms"]] == [simulator.state()["app_name"]]


def test_the_first_td_stops_and_starts_and_stays(listing, simulator):
    row = listing.one(".vm")
    row.find_element("css selector", "summary").click()
    assert not button_of(listing, row, "remove").is_displayed()
    press(listing, row, "power")
    wait_state(listing, row, "stopped")
    press(listing, row, "power")
    wait_state(listing, row, "running")
    assert simulator.post("/Info", {})["app_name"] == simulator.state()["app_name"]


def test_its_console_is_followed(listing, simulator):
    row = deploy(listing, name="web")
    press(listing, row, "logs")
    console = row.find_element("css selector", ".console")
    listing.wait(lambda: "dstack-prepare: done" in console.get_property("textContent"), "the boot")
    simulator.call("Teepod.StopVm", id=told(simulator, "web")["id"])
    listing.wait(lambda: "the VM has stopped" in console.get_property("textContent"), "the end")
    assert "dstack-prepare: done\n" in console.get_property("textContent")
    press(listing, row, "logs")
    assert not console.is_displayed()
    press(listing, row, "logs")
    listing.wait(lambda: "the VM has stopped" in console.get_property("textContent"), "all of it again")


# --- by keyboard, and for other eyes ---

def test_the_list_is_one_stop_with_arrows(listing):
    deploy(listing, name="a")
    deploy(listing, name="b")
    listing.script("document.querySelector('.vm summary').focus()")
    at = "return Array.from(document.querySelectorAll('.vm')).indexOf(document.activeElement.closest('.vm'))"
    for key, place in (Keys.ARROW_DOWN, 1), (Keys.END, 2), (Keys.ARROW_DOWN, 2), (Keys.HOME, 0):
        listing.driver.switch_to.active_element.send_keys(key)
        assert listing.script(at) == place
    assert listing.script("return Array.from(document.querySelectorAll('.vm summary'), (one) => one.tabIndex)") == [0, -1, -1]


def test_names_stay_text(listing, simulator):
    listing.expected.append("Teepod.CreateVm")
    send(listing, compose=APP_COMPOSE, name="<b>x</b>")
    listing.wait_text("#deploy-result.error", "Invalid name")
    assert not listing.all("b")


# --- where there is no VMM, or one alone, or a token ---

def test_without_the_vmm_there_is_no_list(blank, simulator, start):
    page = blank.open(simulator.public_url)
    page.wait_text("#requests-total", "0")
    assert not page.all("#vms") and not page.one("#to-vms").is_displayed()
    page.open(start("--no-control").url)
    page.wait_text("#requests-total", "0")
    assert not page.all("#vms")


@pytest.mark.parametrize("path", ["/", "/v1", "/beta"])
def test_a_listener_of_the_vmm_shows_it_and_deploys(blank, start, path):
    simulator = start("--listen", "127.0.0.1:0=vmm")
    page = blank.open(simulator.process.endpoints[2]["url"] + path)
    page.wait(lambda: page.count(".vm") == 1, "the list")
    page.unfold("#vms")
    row = deploy(page, name="web")
    press(page, row, "page")
    page.wait_text("#app-name", "web")
    assert page.one("#read-only").is_displayed() and not page.one("#controls").is_displayed()


def test_the_token_is_asked_for_and_kept_for_the_page_alone(blank, start):
    simulator = start("--vmm-token", "Eeshah7u")
    blank.expected += ["Deployments.List", "Dashboard.State"]
    page = blank.open(simulator.url)
    page.wait(lambda: page.all("#vms-now") and page.text("#vms-now") == "a token is needed", "the word of it")
    assert not page.all(".vm") and not page.one("#token-form").is_displayed() and page.one("main").is_displayed()
    page.unfold("#vms")
    assert page.one("#token-form").is_displayed() and page.text("#token-form .result") == ""
    page.fill("#vmm-token", "wrong")
    page.click("#token-form .primary")
    page.wait_text("#token-form .error", "This is not the token")
    page.fill("#vmm-token", "Eeshah7u")
    page.click("#token-form .primary")
    page.wait(lambda: page.count(".vm") == 1, "the list")
    assert not page.one("#token-form").is_displayed()
    row = deploy(page, name="web")
    press(page, row, "logs")
    page.wait(lambda: "done" in row.find_element("css selector", ".console").text, "its console")
    press(page, row, "page")
    page.wait_text("#app-name", "web")
    page.emit("with-a-token")
    assert page.script("return [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    page.driver.refresh()
    page.wait(lambda: page.all("#token-form") and page.one("#token-form").is_displayed(), "the question again")
    page.fill("#vmm-token", "Eeshah7u")
    page.click("#token-form .primary")
    page.wait_text("#link", "live")
    page.wait(lambda: "with-a-token" in page.text("#rtmr3"), "the page that it was about")


def test_where_the_browser_has_the_token_nothing_is_asked(blank, start):
    """A listener of the VMM alone asks for it before there is a page."""
    simulator = start("--vmm-token", "Eeshah7u", "--listen", "127.0.0.1:0=vmm")
    url = simulator.process.endpoints[2]["url"]
    blank.expected += ["Dashboard.State", "icon.svg", "Deployments.List"]
    blank.driver.get(url.replace("http://", "http://x:Eeshah7u@"))
    page = blank.open(url)
    page.wait(lambda: page.count(".vm") == 1, "the list")
    assert not page.one("#token-form").is_displayed()
