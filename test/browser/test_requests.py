"""The list of recent requests: what a row says, what its details add, and what catches the eye."""

import pytest


def took(micros):
    return f"{micros:,} µs" if micros < 10000 else f"{(micros + 500) // 1000:,} ms"


def part(row, selector):
    return row.find_element("css selector", f"summary {selector}").text


def test_a_row_says_what_was_asked_and_by_whom(page, simulator):
    assert page.one("#no-requests").is_displayed()
    assert page.text("#export") == f"export DSTACK_SIMULATOR_ENDPOINT={simulator.url}"
    simulator.send("/Version", {}, **{"User-Agent": "python-httpx/0.28.1 (test)"})
    (row,) = page.requests(1)
    assert not page.one("#no-requests").is_displayed()
    (request,) = simulator.state()["requests"]
    shown = [part(row, selector) for selector in (".name", ".about", ".status", ".number", ".client")]
    assert shown == ["DstackGuest.Version", "POST /Version", "200", took(request["micros"]), "python-httpx/0.28.1"]
    details = page.details(row)
    assert details.pop("answered")
    assert details == {"request": "POST /Version", "status": "200", "size": f"{request['body_bytes']} B",
                       "client": request["client"], "agent": "python-httpx/0.28.1 (test)"}


@pytest.mark.parametrize("agent, shown", [
    ("curl/8.5.0", "curl/8.5.0"),
    ("dstack-sdk-js/0.5.8 node/22", "dstack-sdk-js/0.5.8"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox/128"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
     "Chrome/120"),
    ("<b>bold</b>", "<b>bold</b>"),
    ("u" * 300, "u" * 95),
    ("", "127.0.0.1"),
])
def test_a_client_has_its_name_and_not_a_port(page, simulator, agent, shown):
    simulator.send("/Version", {}, **({"User-Agent": agent} if agent else {}))
    (row,) = page.requests(1)
    client = row.find_element("css selector", ".client")
    assert client.get_property("textContent") == shown and not client.find_elements("css selector", "b")


def test_a_failed_call_says_why(page, simulator):
    status, body = simulator.send("/GetQuote", {"report_data": "123"})
    assert status == 400
    (row,) = page.requests(1)
    assert part(row, ".status") == "400" and part(row, ".about") == body["error"]
    assert page.details(row)["reason"] == body["error"] == simulator.state()["requests"][0]["reason"]


def test_a_reason_repeats_nothing_of_the_request(page, simulator):
    status, body = simulator.send("/Sign", {"algorithm": "secret-7f3a", "data": "00"})
    assert status == 400 and "secret-7f3a" in body["error"]
    (row,) = page.requests(1)
    assert part(row, ".about").startswith('Unsupported algorithm: "..."; use ')
    page.details(row)
    assert "secret-7f3a" not in page.text("body")


def test_ignored_members_are_named(page, simulator):
    assert simulator.send("/GetQuote", {"reportData": "1234"})[0] == 200
    (row,) = page.requests(1)
    assert part(row, ".about") == "ignored reportData (did you mean report_data?)"
    assert part(row, ".status") == "200"
    assert page.details(row)["ignored"] == "reportData (did you mean report_data?)"


def test_the_page_itself_sends_nothing_that_is_ignored(page, simulator):
    page.emit("mine", "payload")
    page.quote("mine")
    page.verdict()
    page.requests(3)
    assert [request["ignored"] for request in simulator.state()["requests"]] == ["", "", ""]


def colours(page, row):
    """The status' own colours, and those of the text around it."""
    return page.script("""
        const [status, soft] = ['.status', '.number'].map((part) => getComputedStyle(arguments[0].querySelector(part)))
        return [status.color, status.backgroundColor, soft.color, soft.backgroundColor]
    """, row)


def test_only_what_went_wrong_catches_the_eye(page, simulator):
    simulator.send("/Version", {})
    simulator.send("/Nothing", {})
    simulator.call("Simulator.SetFault", delay_ms=20, status=503, times=1)
    simulator.send("/Version", {})
    injected, _, refused, fine = page.requests(4)
    for quiet in fine, injected:
        colour, ground, around, around_ground = colours(page, quiet)
        assert (colour, ground) == (around, around_ground)
    colour, ground, around, around_ground = colours(page, refused)
    assert colour != around and ground != around_ground
    assert part(injected, ".note") == "fault: delayed, failed" and part(injected, ".about") == "a fault is set on it"
    assert [part(row, ".status") for row in (fine, refused, injected)] == ["200", "404", "503"]


STATE_500 = """
const real = window.fetch
window.fetch = async (path, options) => {
  const answer = await real(path, options)
  if (!String(path).endsWith('Dashboard.State')) return answer
  const state = await answer.json()
  for (const request of state.requests) if (request.status === 404) request.status = window.broken ? 500 : 404
  return new Response(JSON.stringify(state), { status: 200, headers: { 'Content-Type': 'application/json' } })
}
"""


def test_a_failure_here_is_told_from_a_refusal(page, simulator):
    """The simulator has no failure of its own that a test could cause, so the page is told of one."""
    page.script(STATE_500)
    simulator.send("/Nothing", {})
    (refused,) = page.requests(1)
    page.script("window.broken = true")
    simulator.send("/Nothing", {})
    failed = page.requests(2)[0]
    assert [part(row, ".status") for row in (failed, refused)] == ["500", "404"]
    assert colours(page, failed)[:2] != colours(page, refused)[:2]
    luminance = page.script("""
        return ['failed', 'refused'].map((kind) => {
          const [r, g, b] = getComputedStyle(document.querySelector(`.status.${kind}`)).backgroundColor.match(/\\d+/g)
          return 0.2126 * r + 0.7152 * g + 0.0722 * b
        })
    """)
    assert luminance[0] < luminance[1] / 2  # filled, so told apart without colours too
