"""How the page looks and is used: small screens, both themes, keyboards, screen readers."""

import pytest
from selenium.webdriver.common.keys import Keys

LONG = "long-" * 51
WIDTHS = [320, 360, 640, 641, 1000, 1280, 1920]

# Text without enough contrast (WCAG 2.2, 1.4.3), with the ratio.
FAINT = """
const channel = (value) => value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4
const parse = (colour) => colour.match(/[\\d.]+/g).map(Number)
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
const ground = (node) => {
  for (; node; node = node.parentElement) {
    const colour = parse(getComputedStyle(node).backgroundColor)
    if (colour.length === 3 || colour[3] === 1) return colour
  }
  return [255, 255, 255]
}
const faint = []
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement
  if (!walker.currentNode.data.trim() || !node.checkVisibility({ visibilityProperty: true })) continue
  if (node.closest(':disabled, .visually-hidden, noscript, option')) continue
  const style = getComputedStyle(node)
  const [light, dark] = [luminance(parse(style.color)), luminance(ground(node))].sort((a, b) => b - a)
  const ratio = (light + 0.05) / (dark + 0.05)
  const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700)
  if (ratio < (isLarge ? 3 : 4.5)) faint.push(`${walker.currentNode.data.trim()}: ${ratio.toFixed(2)}`)
}
return faint
"""

# What extends past the right edge of the window, unless its box scrolls or clips it.
OVERFLOWING = """
const inner = (node) => {
  for (let up = node.parentElement; up; up = up.parentElement) {
    if (getComputedStyle(up).overflowX !== 'visible' && up !== document.body) return true
  }
  return false
}
return Array.from(document.body.querySelectorAll('*'))
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5 && !inner(node))
  .map((node) => node.outerHTML.slice(0, 80))
"""

UNNAMED = """
return Array.from(document.querySelectorAll('button, input, select, a[href], [role=region]'))
  .filter((node) => !(node.textContent.trim() || node.labels?.length || node.ariaLabel ||
    node.getAttribute('aria-labelledby')))
  .map((node) => node.outerHTML)
"""

FOCUS = """
const node = document.activeElement
const shown = node.matches('.switch input') ? node.nextElementSibling : node
const style = getComputedStyle(shown)
return { id: node.id || (node.matches('summary') && node.parentElement.id) || node.value || node.textContent, isSeen: style.outlineStyle !== 'none' && style.outlineWidth !== '0px' }
"""


@pytest.fixture
def busy(page, simulator):
    """A page with something of everything on it."""
    simulator.emit(LONG, bytes(range(256)))
    simulator.emit("short", b"text")
    simulator.post("/prpc/Simulator.SetFault", {"method": "Sign", "status": 503, "message": "m" * 200})
    simulator.call("Simulator.SetPlatform", tcb_status="ConfigurationAndSWHardeningNeeded",
                   advisories=[f"INTEL-SA-{number:05}" for number in range(8)])
    page.quote("x" * 64)
    page.verdict()
    row = page.event(simulator.state()["event_count"])
    page.hashes(row)
    page.click("#register-rtmr0 .fold summary")
    page.wait_text("#requests", "Verifier.verify")
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_reaches_over_the_edge(busy, width):
    busy.resize(width)
    assert busy.script("return innerWidth") == width
    assert busy.script(OVERFLOWING) == []
    assert busy.script("return document.documentElement.scrollWidth") <= width


def test_many_problems_leave_the_head_in_order(page, simulator):
    simulator.call("Simulator.SetPlatform", tcb_status="OutOfDate", pck_revoked=True,
                   advisories=["INTEL-SA-00837", "INTEL-SA-00828"])
    simulator.call("Simulator.SetFault", delay_ms=1)
    page.wait_text("#faults-badge", "1 fault")
    assert page.text("#platform-badge") == "platform: OutOfDate, PCK revoked, INTEL-SA-00837, INTEL-SA-00828"
    places = [badge.rect for badge in page.all(".badge") if badge.is_displayed()]
    logo = page.one(".top img").rect
    assert len(places) == 3 and len({place["y"] for place in places}) == 1
    assert logo["y"] < places[0]["y"] < logo["y"] + logo["height"] and len({place["height"] for place in places}) == 1


def test_a_note_leaves_the_columns_of_the_requests_as_they_are(page, simulator):
    def widths(row):
        return [row.find_element("css selector", f"summary > {part}").rect["width"] for part in (".method", ".number", ".client")]

    simulator.post("/GetQuote", {})
    plain = page.requests(1)[0]
    before = widths(plain)
    simulator.post("/prpc/Simulator.SetFault", {"method": "Version", "delay_ms": 1})
    simulator.call("DstackGuest.Version")
    noted = page.requests(3)[0]
    assert widths(noted) == widths(plain) == before
    assert [row.rect["height"] < 60 for row in (noted, plain)] == [True, True]


def test_a_list_that_scrolls_ends_in_a_row_that_is_cut(page, simulator):
    for _ in range(30):
        simulator.call("DstackGuest.Version")
    last = page.requests(30)[-1]
    box = page.one("#requests")
    assert page.script("return arguments[0].scrollHeight - arguments[0].clientHeight", box) > 100
    page.script("arguments[0].scrollTop = 1e6", box)
    ends = [part.rect["y"] + part.rect["height"] for part in (last, box)]
    assert ends[0] <= ends[1] - 28 + 1, ends  # the fade does not cover it; places are rounded to pixels


def test_a_register_of_zeros_is_0_and_all_of_a_row_is_in_line(page):
    first = page.all("#rtmr3 .event")[-1]
    assert first.find_element("css selector", ".before").text == "0"
    middles = page.script("""
        const middle = (node) => { const box = node.getBoundingClientRect(); return (box.top + box.bottom) / 2 }
        const [row, ...parts] = arguments
        const dot = getComputedStyle(row, '::after')
        return [row.getBoundingClientRect().top + parseFloat(dot.top) + parseFloat(dot.height) / 2,
          ...parts.map(middle)]
    """, first, *(first.find_element("css selector", part) for part in (".name bdi", ".before", ".arrow", ".after")))
    assert max(middles) - min(middles) <= 1.5, middles


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scenario", [{}, {"tcb_status": "OutOfDate"}, {"pck_revoked": True}],
                         ids=["good", "caution", "bad"])
def test_text_can_be_read_in_both_themes(busy, simulator, theme, scenario):
    simulator.call("Simulator.SetPlatform", **scenario)
    busy.theme(theme)
    busy.quote()
    busy.verdict()
    busy.script("for (const animation of document.getAnimations()) animation.finish()")
    assert busy.script(FAINT) == []


def test_the_themes_differ(page):
    def ground():
        return page.script("return getComputedStyle(document.body).backgroundColor")

    light = ground()
    page.theme("dark")
    assert ground() != light


def test_no_control_is_without_a_name(busy):
    assert busy.script(UNNAMED) == []
    assert busy.all("[tabindex]:not([tabindex='0'], [tabindex='-1'])") == []
    levels = [int(heading.tag_name[1]) for heading in busy.all("h1, h2, h3")]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    assert len(busy.all("h1")) == 1


def test_the_page_has_landmarks(page):
    """One of each, side by side, with names where there is more than one way to read them."""
    page.wait(lambda: page.count(".vm") == 1, "the list of TDs")
    places = page.script("""
        return Array.from(document.querySelectorAll('nav, header, main, aside, footer'),
          (node) => [node.localName, node.ariaLabel, node.parentElement.closest('nav, header, main, aside, footer') === null])
    """)
    assert places == [["nav", "On this page", True], ["header", None, True], ["main", None, True],
                      ["aside", "Controls", True], ["footer", None, True]]
    outside = page.script("""
        const landmarks = 'nav, header, main, aside, footer, [role=region][aria-label], noscript, dialog, [role=alert], [role=status]'
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
        const outside = []
        while (walker.nextNode()) {
          const node = walker.currentNode
          if (node.data.trim() && node.parentElement.checkVisibility() && !node.parentElement.closest(landmarks)) {
            outside.push(node.data.trim())
          }
        }
        return outside
    """)
    assert outside == []


def test_what_is_told_good_from_bad_is_told_by_words_too(busy):
    for step in busy.all(".steps li"):
        assert step.find_element("css selector", ".word").text
    assert busy.text(".verdict h3 .mark") != "" and busy.text("#link") == "live"


class Keyboard:
    def __init__(self, page):
        self.page = page
        self.order = []

    def press(self, *keys):
        self.page.driver.switch_to.active_element.send_keys(*keys)

    def tab_to(self, name, most=120):
        """Presses Tab until that has the focus, which has to be visible at every stop."""
        for _ in range(most):
            self.press(Keys.TAB)
            focus = self.page.script(FOCUS)
            assert focus["isSeen"], focus
            self.order.append(focus["id"])
            if focus["id"] == name:
                return
        raise AssertionError(f"{name} is not reached: {self.order}")


def test_everything_is_done_by_keyboard(page, simulator):
    keyboard = Keyboard(page)
    keyboard.press(Keys.TAB)
    skip = page.driver.switch_to.active_element
    assert skip.text == "Controls" and skip.is_displayed() and skip.rect["y"] >= 0
    assert page.script("return getComputedStyle(document.querySelector('.jumps')).opacity") == "1"
    keyboard.press(Keys.ENTER)
    assert page.script("return document.activeElement.id") == "controls"

    keyboard.tab_to("event-name")
    keyboard.press("by keyboard")
    keyboard.tab_to("text")
    keyboard.press(Keys.ARROW_RIGHT)
    assert page.script("return document.activeElement.value") == "hex"
    keyboard.tab_to("event-payload")
    keyboard.press("c0ffee", Keys.ENTER)
    page.wait_text("#emit-result", "by keyboard")
    assert (simulator.log()[-1]["event"], simulator.log()[-1]["event_payload"]) == ("by keyboard", "c0ffee")

    keyboard.tab_to("report-data")
    keyboard.press("mine", Keys.ENTER)
    page.wait_text("#quote-result", "A quote of")
    keyboard.tab_to("verify")
    keyboard.press(Keys.SPACE)
    page.wait_text("#verdict h3", "Valid")

    keyboard.tab_to("state-panel")
    keyboard.press(Keys.ENTER)
    keyboard.tab_to("reset")
    keyboard.press(Keys.ENTER)
    assert page.script("return document.activeElement.id") == "reset-no"
    keyboard.press(Keys.ESCAPE)
    assert not page.one("dialog").is_displayed()
    assert page.script("return document.activeElement.id") == "reset"
    keyboard.press(Keys.ENTER)
    keyboard.tab_to("reset-yes")
    keyboard.press(Keys.ENTER)
    page.wait_text("#state-result", "initial state")
    assert "by keyboard" not in [event["event"] for event in simulator.log()]


def test_what_is_asked_for_stays_as_news_comes_in(page, simulator):
    """An open event stays open, and the focus where it is."""
    count = simulator.state()["event_count"]
    row = page.event(count)
    page.hashes(row)
    page.fill("#event-name", "half a na")
    simulator.emit("news")
    page.event(count + 1)
    assert row.find_element("css selector", "details").get_attribute("open")
    assert page.script("return document.activeElement.id") == "event-name"
    assert page.one("#event-name").get_property("value") == "half a na"
