"""The command line as people use it."""
import subprocess

import pytest
from conftest import PROGRAM
from test_process import run

FULL = "/dev/full"  # every write to it fails for want of space


# --- help ---

def test_help_fits_a_screen():
    lines = run("--help", "--listen", "9").stdout.splitlines()
    assert 10 < len(lines) <= 24 and max(map(len, lines)) <= 80


def test_what_shows_a_text_looks_at_no_environment():
    for option in ("--help", "--version"):
        assert run(option, DSTACK_SIMULATOR_LOG_LEVEL="nonsense").returncode == 0


@pytest.mark.parametrize("options", [["--help"], ["--version"], ["--print-root-ca"], ["--check"]], ids=lambda options: options[0])
def test_a_full_disk_is_an_error(options):
    with open(FULL, "wb") as full:
        done = subprocess.run([PROGRAM, *options], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr == "dstack-simulator: cannot write to stdout: No space left on device\n"
