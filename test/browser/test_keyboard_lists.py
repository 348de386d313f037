"""Lists by keyboard: one stop for Tab, the arrow keys within, and a ring that can be seen."""

import pytest
from selenium.webdriver.common.keys import Keys

STOPS = "return Array.from(document.querySelectorAll(arguments[0]), (node) => node.tabIndex)"
FOCUSED = "return document.activeElement.closest('li')?.dataset.number ?? document.activeElement.id"

# How much of the ring around the focused row its scrolling list leaves to be seen, in pixels on each side.
RING = """
const node = document.activeElement, style = getComputedStyle(node)
const reach = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth)
let { top, right, bottom, left } = node.getBoundingClientRect()
for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) {
  const own = getComputedStyle(up)
  if (own.overflowY === 'visible' && own.contentVisibility !== 'auto') continue
  const box = up.getBoundingClientRect()
  top = Math.max(top - reach, box.top) + reach
  left = Math.max(left - reach, box.left) + reach
  bottom = Math.min(bottom + reach, box.bottom) - reach
  right = Math.min(right + reach, box.right) - reach
}
const box = node.getBoundingClientRect()
return { style: style.outlineStyle, width: parseFloat(style.outlineWidth),
  clipped: [top - box.top, box.right - right, box.bottom - bottom, left - box.left].some((cut) => cut > 0.5) }
"""


@pytest.fixture
def listed(page, simulator):
    """A page with four requests, the newest of which is number 4."""
    for _ in range(4):
        simulator.call("DstackGuest.Version")
    page.requests(4)
    return page


def press(page, *keys):
    for key in keys:
        page.driver.switch_to.active_element.send_keys(key)
    return page.script(FOCUSED)


def focus(page, selector):
    page.script("document.querySelector(arguments[0]).focus()", selector)


@pytest.mark.parametrize("rows", ["#requests summary", "#rtmr3 .chain summary", "#register-rtmr0 .chain summary"])
def test_a_list_is_one_stop(listed, rows):
    stops = listed.script(STOPS, rows)
    assert len(stops) > 2 and stops.count(0) == 1 and stops[0] == 0 and set(stops) == {0, -1}


def test_tab_enters_and_leaves_a_list(listed):
    focus(listed, "#rtmr3 .register .copy")
    newest = press(listed, Keys.TAB)
    assert newest == listed.one("#rtmr3 .event").get_attribute("data-number")
    assert press(listed, Keys.TAB) == "4"  # the newest request
    assert "copy" in press(listed, Keys.TAB) or listed.script("return document.activeElement.className") == "copy"
    listed.driver.switch_to.active_element.send_keys(Keys.SHIFT, Keys.TAB)
    assert listed.script(FOCUSED) == "4"


def test_arrows_move_within_a_list(listed):
    focus(listed, "#requests summary")
    moves = [(Keys.ARROW_UP, "4"), (Keys.ARROW_DOWN, "3"), (Keys.ARROW_DOWN, "2"), (Keys.END, "1"),
             (Keys.ARROW_DOWN, "1"), (Keys.ARROW_UP, "2"), (Keys.HOME, "4"), (Keys.ARROW_DOWN, "3")]
    assert [press(listed, key) for key, _ in moves] == [expected for _, expected in moves]
    stops = listed.script(STOPS, "#requests summary")
    assert stops == [-1, 0, -1, -1]  # Tab comes back to where it was left


def test_arrows_pass_over_the_end_of_the_boot(page, simulator):
    count = simulator.state()["event_count"]
    simulator.emit("mine")
    page.event(count + 1)
    assert page.all("#rtmr3 .divider")
    focus(page, "#rtmr3 .event summary")
    assert press(page, Keys.ARROW_DOWN) == str(count)
    assert press(page, Keys.ARROW_UP) == str(count + 1)


def test_a_row_opens_and_its_buttons_come_next(page, simulator):
    row = page.event(simulator.state()["event_count"])
    focus(page, "#rtmr3 .event summary")
    press(page, Keys.ENTER)
    page.wait(lambda: row.find_elements("css selector", ".details .copy"), "its details")
    press(page, Keys.TAB)
    assert page.script("return document.activeElement.matches('.details .copy')")
    assert press(page, Keys.ARROW_DOWN) == row.get_attribute("data-number")  # arrows are for the rows alone


def test_news_leaves_the_stop_where_it_is(listed, simulator):
    focus(listed, "#requests summary")
    press(listed, Keys.ARROW_DOWN)
    simulator.call("DstackGuest.Version")
    listed.requests(5)
    assert listed.script(FOCUSED) == "3"
    assert listed.script(STOPS, "#requests summary") == [-1, -1, 0, -1, -1]


def test_a_list_that_starts_again_has_a_stop(listed, simulator):
    focus(listed, "#requests summary")
    press(listed, Keys.END)
    simulator.call("Simulator.Reset")
    listed.requests(5)
    assert listed.script(STOPS, "#requests summary") == [0, -1, -1, -1, -1]
    assert listed.script(STOPS, "#rtmr3 .chain summary").count(0) == 1


@pytest.mark.parametrize("rows", ["#requests", "#rtmr3 .chain"])
@pytest.mark.parametrize("key", [Keys.HOME, Keys.ARROW_DOWN, Keys.END])
def test_the_ring_of_a_row_is_whole(listed, rows, key):
    focus(listed, f"{rows} summary")
    press(listed, key)
    ring = listed.script(RING)
    assert ring["style"] == "solid" and ring["width"] >= 2 and not ring["clipped"], ring
