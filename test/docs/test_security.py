"""Every promise of SECURITY.md names tests, and they are there."""
import re

from documents import ROOT


def test_promises_have_tests():
    text = (ROOT / "SECURITY.md").read_text()
    rows = re.findall(r"^\| (?!promise|---)(.+) \| (.+) \|$", text, re.M)
    assert len(rows) >= 8
    for promise, tests in rows:
        names = re.findall(r"`(test/[^`]+)`", tests)
        assert names, promise
        for name in names:
            assert (ROOT / name).is_file(), f"{promise}: there is no {name}"
            assert re.search(r"^(def test_|static void )\w+", (ROOT / name).read_text(), re.M), name
