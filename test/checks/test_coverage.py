"""test/coverage/unreached.txt, without the counters that scripts/coverage needs: each row has to stand for
errors that the sources make, so a change of their text is noticed in seconds."""
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COVERAGE = runpy.run_path(str(ROOT / "scripts/coverage"))
ROWS = COVERAGE["read_unreached"]()


@pytest.mark.parametrize("row", ROWS, ids=": ".join)
def test_a_row_stands_for_an_error_and_has_a_reason(row):
    name, part = row
    assert any(part in call for _, _, call in COVERAGE["errors_in"](name)), f"no error of {name} contains {part}"
    assert ROWS[row]
