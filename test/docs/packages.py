"""What blocks install and need: the pinned packages of the suites in test/clients and test/verifiers,
which are installed here if those suites have not run yet."""

import fcntl
import functools
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / name) for name in ("clients", "verifiers", "support")]

import languages  # noqa: E402
import suites  # noqa: E402


def without(reason):
    """Tools that are missing are said, and with CI=true they fail the test."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


@contextmanager
def installing(build, language):
    """No other run of that suite installs at the same time."""
    build.mkdir(parents=True, exist_ok=True)
    with open(build / f"{language}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        except languages.Missing as missing:
            without(str(missing))


@functools.cache
def javascript():
    with installing(languages.BUILD, "javascript"):
        clients = languages.javascript()[0].directory
    with installing(suites.BUILD, "javascript"):
        verifiers = suites.javascript()[0].directory
    return {"STORY_NODE_MODULES": f"{clients}/node_modules {verifiers}/node_modules"}


@functools.cache
def go():
    with installing(suites.BUILD, "go"):
        return {"STORY_GO_MODULE": str(suites.go()[0].directory), "STORY_GO": shutil.which("go")}


# By the program that a block calls: the variables that programs/ need.
PROVIDERS = {"npm": javascript, "node": javascript, "go": go}
