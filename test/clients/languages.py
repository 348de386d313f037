"""What each language needs before its tests run, and how they are run.

A function per language installs the pinned packages below build/clients/ and
returns the suites to run; it raises Missing when the machine lacks the tools."""

import hashlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import progress
import toolchains
from offline import REASON, is_offline
from simulator import ROOT
from toolchains import Missing

SOURCES = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "clients"

PYTHON_SDKS = ("0.5.4", "0.5.3")
PYTHON_AT_LEAST = (3, 10)
NODE_AT_LEAST = (20,)


class Suite:
    """A test command, where it runs, and how its output is counted. The user's
    own arguments go between the command and its targets."""

    def __init__(self, name, directory, command, count, targets=()):
        self.name = name
        self.directory = directory
        self.command = list(map(str, command))
        self.targets = list(map(str, targets))
        self.count = count


def install(directory, pins, commands):
    """Run the commands in directory, unless they have already run with the same pins."""
    stamp = directory / "installed"
    key = hashlib.sha256(b"".join(pin if isinstance(pin, bytes) else pin.read_bytes() for pin in pins))
    if stamp.exists() and stamp.read_text() == key.hexdigest():
        return
    if is_offline():
        raise Missing(REASON)
    stamp.unlink(missing_ok=True)
    log = directory / "install.log"
    with open(log, "wb") as out, progress.installing(str(directory.relative_to(ROOT)), directory):
        for command in commands:
            code = subprocess.run(list(map(str, command)), cwd=directory, stdout=out, stderr=out).returncode
            if code != 0:
                raise Missing(f"packages not installed, see {log.relative_to(ROOT)}: their registry has to be reachable")
    stamp.write_text(key.hexdigest())


def copy_project(language, names):
    """Copy sources to the build directory, where the package managers write."""
    directory = BUILD / language
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        source, target = SOURCES / language / name, directory / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    return directory


def python():
    if sys.version_info < PYTHON_AT_LEAST:
        raise Missing(f"python {sys.version.split()[0]} is older than the SDK asks for")
    return [python_suite(version) for version in PYTHON_SDKS]


def python_suite(version):
    directory = BUILD / f"python-{version}"
    directory.mkdir(parents=True, exist_ok=True)
    requirements = SOURCES / "python" / f"requirements-{version}.txt"
    interpreter = directory / "venv" / "bin" / "python"
    install(directory, [requirements, sys.version.encode()], [
        [sys.executable, "-m", "venv", "--clear", directory / "venv"],
        [interpreter, "-m", "pip", "install", "--disable-pip-version-check", "-r", requirements],
    ])
    report = directory / "report.xml"
    report.unlink(missing_ok=True)
    command = [interpreter, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider",
               "-W", "ignore::DeprecationWarning", f"--junitxml={report}"]
    return Suite(f"python {version}", SOURCES / "python", command, lambda output: count_junit(report))


def count_junit(report):
    if not report.exists():
        return 0, 1, 0
    suites = list(xml.parse(report).getroot().iter("testsuite"))
    total, failures, errors, skipped = (
        sum(int(suite.get(name)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


def javascript():
    node, npm = toolchains.node(NODE_AT_LEAST)
    directory = copy_project("javascript", ["package.json", "tests"])
    install(directory, [directory / "package.json"], [
        [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"],
    ])
    report = directory / "report.tap"
    report.unlink(missing_ok=True)
    tests = sorted((directory / "tests").glob("*.test.mjs"))
    command = [node, "--test", "--test-concurrency=1",
               "--test-reporter=spec", "--test-reporter-destination=stdout",
               "--test-reporter=tap", f"--test-reporter-destination={report}"]
    return [Suite("javascript", directory, command, lambda output: count_tap(report), tests)]


def count_tap(report):
    if not report.exists():
        return 0, 1, 0
    counted = dict(re.findall(r"^# (\w+) (\d+)$", report.read_text(), re.MULTILINE))
    passed, failed, cancelled, skipped, todo = (
        int(counted[name]) for name in ("pass", "fail", "cancelled", "skipped", "todo")
    )
    return passed, failed + cancelled, skipped + todo


def rust():
    manifest = (SOURCES / "rust" / "Cargo.toml").read_text()
    expected = re.search(r'^rust-version = "(.*)"', manifest, re.MULTILINE).group(1)
    cargo = toolchains.cargo(tuple(map(int, expected.split("."))))
    directory = copy_project("rust", ["Cargo.toml", "src", "tests"])
    install(directory, [directory / "Cargo.toml"], [[cargo, "fetch"]])
    # One thread: the tests change and compare the same event log.
    command = [cargo, "test", "--offline", "--no-fail-fast", "--target-dir", directory / "target",
               "--tests", "--", "--test-threads=1"]
    return [Suite("rust", directory, command, count_cargo)]


def count_cargo(output):
    line = r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored"
    results = re.findall(line, output, re.MULTILINE)
    if not results:
        return 0, 1, 0
    return tuple(sum(map(int, column)) for column in zip(*results))


LANGUAGES = {"python": python, "javascript": javascript, "rust": rust}
