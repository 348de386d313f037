"""Where things are: on a desk and on a phone, and large enough to be hit."""

import pytest

DESK, PHONE = (1280, 900), (375, 812)
LEAST = 44  # pixels (WCAG 2.2, 2.5.5)

# What can be pressed or filled in, by the area that reacts: a label is part of its field.
TARGETS = """
const rows = []
for (const node of document.querySelectorAll('a[href], button, input, select, summary, textarea')) {
  if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
  if (node.closest('noscript, dialog:not([open])')) continue
  const area = node.type === 'radio' || node.type === 'checkbox' ? node.labels[0] : node
  const { left, top, width, height } = area.getBoundingClientRect()
  const list = node.closest('.scroll, #rtmr3 .chain')?.getBoundingClientRect() // what it has scrolled out is not there
  rows.push({ name: node.outerHTML.slice(0, 90), width, height, left, right: left + width,
    top: Math.max(top, list?.top ?? top), bottom: Math.min(top + height, list?.bottom ?? top + height) })
}
return rows
"""


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def busy(page, simulator, request):
    """Everything that can be pressed is there."""
    page.resize(*request.param)
    simulator.emit("mine", b"payload")
    simulator.call("Simulator.SetFault", delay_ms=1)
    simulator.call("Teepod.CreateVm", name="another", image="dstack-0.5.11", vcpu=1, memory=2048, stopped=True,
                   compose_file='{"manifest_version":2,"name":"another","runner":"docker-compose"}')
    row = page.event(simulator.state()["event_count"])
    page.hashes(row)
    page.requests(3)
    for fold in "#platform-panel", "#health-panel", "#set-fault-panel", "#state-panel", ".parts", "#more-identity", "#register-rtmr0 .fold":
        page.unfold(fold)
    page.wait(lambda: page.count(".vm") == 2, "both TDs")
    for fold in "#vms", ".vm:nth-child(2) details", "#deploy-fold":
        page.unfold(fold)
    page.click(".vm:nth-child(2) .logs")
    page.script("document.getElementById('restarted').hidden = false")
    return page


def test_targets_are_large_enough(busy):
    targets = busy.script(TARGETS)
    assert len(targets) > 50
    assert [target for target in targets if min(target["width"], target["height"]) < LEAST - 0.01] == []


def test_targets_do_not_overlap(busy):
    targets = busy.script(TARGETS)
    overlapping = [(one["name"], other["name"]) for at, one in enumerate(targets) for other in targets[:at]
                   if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 0.5
                   and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 0.5
                   and "<a href" not in one["name"] + other["name"]]  # the bar of links is above the page
    assert overlapping == []


def test_controls_are_in_the_order_of_use(page):
    titles = [title.text for title in page.all("#controls h2")]
    assert titles == ["Emit an event", "Quote and verify", "Platform", "App health", "Make calls fail", "State"]
    folded = [panel.get_attribute("id") for panel in page.all("#controls > details:not([open])")]
    assert folded == ["platform-panel", "health-panel", "set-fault-panel", "state-panel"]
    assert page.one("#emit").is_displayed() and page.one("#quote").is_displayed()
    assert not page.one("#platform").is_displayed()
    assert [page.one(f"#{name}-now").text for name in ("platform", "set-fault", "state")] == [
        "UpToDate", "none set", "no snapshots"]
    page.unfold("#platform-panel")
    assert page.one("#platform").is_displayed()


SEEN = """
const bounds = (node) => node.getBoundingClientRect()
const part = (node) => Math.max(0, Math.min(bounds(node).bottom, innerHeight) - Math.max(bounds(node).top, 0))
const columns = ['main > section', '#controls > *']
return columns.map((rows) => Array.from(document.querySelectorAll(rows)).reduce((sum, row) => sum + part(row), 0))
"""


@pytest.mark.parametrize("unfolded", [(), ("#platform-panel", "#set-fault-panel", "#state-panel")],
                         ids=["folded", "unfolded"])
def test_no_half_of_the_page_is_empty(page, simulator, unfolded):
    """Wherever the page is scrolled to, both columns show something, and all of it comes by."""
    page.resize(*DESK)
    for _ in range(12):
        simulator.call("DstackGuest.Version")
    page.requests(12)
    for panel in unfolded:
        page.unfold(panel)
    bottom = page.script("return document.documentElement.scrollHeight - innerHeight")
    reached = set()
    for at in range(0, bottom + 100, 100):
        page.script("scrollTo(0, arguments[0])", min(at, bottom))
        data, controls = page.script(SEEN)
        assert data > DESK[1] / 2 and controls > DESK[1] / 2, (at, data, controls)
        reached |= set(page.script("""
            return Array.from(document.querySelectorAll('#controls button, main h2'))
              .filter((node) => node.checkVisibility())
              .filter((node) => node.getBoundingClientRect().top >= 0 && node.getBoundingClientRect().bottom <= innerHeight)
              .map((node) => node.textContent)
        """))
    everything = page.script("""
        return Array.from(document.querySelectorAll('#controls button, main h2')).filter((node) => node.checkVisibility())
          .map((node) => node.textContent)
    """)
    assert reached == set(everything)


def test_controls_are_one_step_away_on_a_phone(page, simulator):
    for number in range(40):
        simulator.emit(f"event {number}")
    page.event(simulator.state()["event_count"])
    page.resize(*PHONE)
    for start in 0, 1e6, 700:
        page.script("scrollTo(0, arguments[0])", start)
        link = page.one("#to-controls")
        assert link.is_displayed()
        top = page.script("return arguments[0].getBoundingClientRect().top", link)
        assert 0 <= top < 60
    link.click()
    places = page.script("""
        return ['.jumps', '#emit', '#emit .primary'].map((node) => document.querySelector(node).getBoundingClientRect().toJSON())
    """)
    assert places[0]["bottom"] <= places[1]["top"] and places[2]["bottom"] <= PHONE[1]
    assert page.script("return document.activeElement.id") == "controls"


@pytest.mark.parametrize("link, target", [("Events", "events"), ("Requests", "requests-panel"),
                                          ("Machine", "machine-panel")])
def test_links_lead_to_what_they_name(page, link, target):
    page.resize(*PHONE)
    page.one(f".jumps a[href='#{target}']").click()
    assert page.one(f".jumps a[href='#{target}']").text == link
    top, bar = page.script("""
        return [document.getElementById(arguments[0]).getBoundingClientRect().top,
          document.querySelector('.jumps').getBoundingClientRect().bottom]
    """, target)
    assert top >= bar
