"""The page that shows /openapi.json, which the console of dstack's VMM opens."""

import pytest


@pytest.fixture
def docs(blank, simulator):
    blank.driver.get(f"{simulator.url}/api-docs/docs")
    yield blank
    blank.driver.get("about:blank")


def test_it_lists_what_is_served_and_shows_an_example(docs):
    docs.wait(lambda: docs.count("#list summary"), "the list")
    assert not docs.one("#state").is_displayed()
    shown = docs.script("return [...document.querySelectorAll('#list summary')].map((one) => one.textContent)")
    assert {text.split(" ")[0] for text in shown} >= {
        "POST/prpc/DstackGuest.GetQuote", "POST/prpc/Teepod.CreateVm", "GET/metrics"}
    place = next(i for i, text in enumerate(shown) if text.startswith("POST/prpc/DstackGuest.GetQuote "))
    docs.driver.find_elements("css selector", "#list summary")[place].click()
    docs.wait(lambda: docs.count("#list details[open] pre"), "the example")
    assert "report_data" in docs.text("#list details[open] pre")
    statuses = [one.text for one in docs.all("#list details[open] dl:last-child dt")]
    assert {"200", "400"} <= set(statuses)
