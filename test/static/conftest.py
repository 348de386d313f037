"""The program that is linked statically, in a root that is empty but for it."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from empty_root import EmptyRoot  # noqa: E402
from simulator import PROGRAM  # noqa: E402


@pytest.fixture
def root(tmp_path):
    with EmptyRoot(tmp_path / "root", PROGRAM) as made:
        yield made
