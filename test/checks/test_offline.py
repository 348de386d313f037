"""`make check`: what needs packages that are not there is skipped by name, and nothing is downloaded."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path):
    """The tests' own programs, without anything that is built or installed."""
    for name in ("scripts", "test"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def run(tree, *command, **environment):
    """Without a proxy that answers, there is no network."""
    nowhere = {name: "http://127.0.0.1:1" for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}
    mine = {key: value for key, value in os.environ.items() if key not in ("CI", "TEST_OFFLINE")}
    return subprocess.run(command, cwd=tree, env={**mine, **nowhere, **environment}, capture_output=True, text=True,
                          timeout=60, check=False)


def built(tree):
    """What is in build/, but for logs."""
    return {path.name for path in (tree / "build").iterdir()} - {"logs"} if (tree / "build").exists() else set()


def test_what_needs_packages_is_skipped(tree):
    absent = tree / "absent"
    absent.mkdir()
    (absent / "pytest.py").write_text("raise ImportError\n")
    done = run(tree, sys.executable, "test/run", "--offline", "format", "checks", PYTHONPATH=str(absent))
    assert done.returncode == 0, done.stdout
    for suite, number in (("format", "1"), ("checks", r"\d\d+")):
        assert re.search(rf"^  {suite} +{number} tests?: nothing is downloaded by make check", done.stdout, re.M), done.stdout
    assert re.search(r"^0 passed, 0 failed, \d+ skipped$", done.stdout, re.M)
    assert built(tree) == set()


@pytest.mark.parametrize("command", [
    ["test/clients/run", "python"], ["test/verifiers/run", "python"],
])
def test_suites_of_packages_are_skipped(tree, command):
    done = run(tree, sys.executable, *command, TEST_OFFLINE="true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped: " in done.stdout and "nothing is downloaded by make check" in done.stdout
    assert not list((tree / "build").glob("*/*/venv"))


def test_tools_of_other_languages_are_not_downloaded(tree):
    """With no Node.js on the PATH."""
    tools = tree / "bin"
    tools.mkdir()
    for name in ("sh", "env"):
        (tools / name).symlink_to(shutil.which(name))
    done = run(tree, sys.executable, "test/clients/run", "javascript", TEST_OFFLINE="true", PATH=str(tools))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing is downloaded by make check" in done.stdout
    assert not list((tree / "build/tools").glob("nodejs*"))


def test_words_are_checked_without_git(tree):
    """As in the tree of an archive."""
    (tree / "docs.md").write_text("a fold" + "er\n")
    done = run(tree, sys.executable, "scripts/check-words")
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["docs.md"]
