"""`make help` lists every target that is not a file."""
import re
import subprocess

import pytest

from conftest import ROOT


def make(*arguments):
    try:
        return subprocess.run(["make", "-C", ROOT, "--no-print-directory", *arguments], capture_output=True,
                              text=True, timeout=60, check=True).stdout
    except FileNotFoundError:
        pytest.skip("make not found")


def test_help_describes_every_target():
    described = re.findall(r"^  make ([a-z-]+) +\S.*$", make("help"), re.M)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert described == phony.split()
