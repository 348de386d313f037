"""The command line as people use it."""
import subprocess

import pytest
from conftest import PROGRAM

FULL = "/dev/full"  # every write to it fails for want of space


@pytest.mark.parametrize("options", [["--help"], ["--version"], ["--print-root-ca"], ["--check"]], ids=lambda options: options[0])
def test_a_full_disk_is_an_error(options):
    with open(FULL, "wb") as full:
        done = subprocess.run([PROGRAM, *options], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr == "dstack-simulator: cannot write to stdout: No space left on device\n"
