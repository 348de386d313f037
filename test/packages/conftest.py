"""The packages as they are published: built, installed in empty environments without a network, and used
beside the published SDK. The examples in their READMEs are the tests."""
import contextlib
import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TEST = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "support"), str(TEST / "clients")]

import languages  # noqa: E402
from simulator import ROOT  # noqa: E402

WITHOUT_NETWORK = TEST / "support/without_network.py"
SECONDS = 3600  # only ends what hangs: compilers run in this time


@contextlib.contextmanager
def alone(language):
    """While the suite of the SDK does not use its project: test/clients/run has the same lock."""
    languages.BUILD.mkdir(parents=True, exist_ok=True)
    with open(languages.BUILD / f"{language}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(*command, directory, **environment):
    """Without a network, and without settings of a simulator; returns what it prints."""
    words = [sys.executable, WITHOUT_NETWORK, *command]
    mine = {key: value for key, value in os.environ.items()
            if not key.startswith(("DSTACK_", "TAPPD_", "PYTEST_")) and not key.lower().endswith("_proxy")}
    done = subprocess.run(list(map(str, words)), cwd=directory, env={**mine, **environment}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
    if done.returncode == 77:
        pytest.skip("cutting off the network needs root, or a kernel that lets users make namespaces")
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The files of one language, from the program of `make static` for this machine."""
    out = tmp_path_factory.mktemp("packages")

    def build(language):
        subprocess.run([ROOT / "packages/build", "--out", out, language], check=True, timeout=SECONDS)
        return out / language
    return build


def examples(language):
    """The examples of a package's README that are files: {name: text}."""
    readme = (ROOT / "packages" / language / "README.md").read_text()
    blocks = re.findall(r"^```[\w,]+\n(?:#|//) ([\w.]+)\n(.*?)^```$", readme, re.M | re.S)
    assert blocks
    return dict(blocks)


def printed(text):
    """What an example says that it prints."""
    return re.findall(r"^\s*(?:print\w*!?|console\.log|fmt\.Println)\(.*\s(?:#|//) (.*)$", text, re.M)
