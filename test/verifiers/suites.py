"""What each language's verifier needs before its tests run, and how they are run.

A function per language installs the pinned packages below build/verifiers/ and
returns its suites; it raises Missing when the machine lacks the tools."""

import re
import shutil
import sys
from pathlib import Path

import toolchains
from languages import Missing, Suite, count_cargo, count_junit, count_tap, install
from simulator import ROOT

SOURCES = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "verifiers"

PYTHON_AT_LEAST = (3, 10)
NODE_AT_LEAST = (20,)


def copy_project(language, pins, name=None):
    """Copy the tests to the build directory, where the package managers write."""
    directory = BUILD / (name or language)
    directory.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(directory / "tests", ignore_errors=True)
    shutil.copytree(SOURCES / language / "tests", directory / "tests")
    for pin in pins:
        shutil.copy2(SOURCES / language / pin, directory / Path(pin).name)
    return directory


def fresh_report(directory, name):
    report = directory / name
    report.unlink(missing_ok=True)
    return report


def python():
    if sys.version_info < PYTHON_AT_LEAST:
        raise Missing(f"python {sys.version.split()[0]} is older than {'.'.join(map(str, PYTHON_AT_LEAST))}")
    directory = BUILD / "python"
    directory.mkdir(parents=True, exist_ok=True)
    requirements = SOURCES / "python" / "requirements.txt"
    interpreter = directory / "venv" / "bin" / "python"
    install(directory, [requirements, sys.version.encode()], [
        [sys.executable, "-m", "venv", "--clear", directory / "venv"],
        [interpreter, "-m", "pip", "install", "--disable-pip-version-check", "-r", requirements],
    ])
    report = fresh_report(directory, "report.xml")
    command = [interpreter, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    return [Suite("python", SOURCES / "python", command, lambda output: count_junit(report))]


def javascript():
    node, npm = toolchains.node(NODE_AT_LEAST)
    directory = copy_project("javascript", ["package.json"])
    install(directory, [directory / "package.json"], [
        [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"],
    ])
    report = fresh_report(directory, "report.tap")
    command = [node, "--test", "--test-concurrency=1",
               "--test-reporter=spec", "--test-reporter-destination=stdout",
               "--test-reporter=tap", f"--test-reporter-destination={report}"]
    tests = sorted((directory / "tests").glob("*.test.mjs"))
    return [Suite("javascript", directory, command, lambda output: count_tap(report), tests)]


def go_module(name, pins, column, arguments):
    """The tests with one version of go-tdx-guest, whose verdicts are in that column of the table."""
    manifest = (SOURCES / "go" / pins[0]).read_text()
    expected = re.search(r"^go (\S+)", manifest, re.MULTILINE).group(1)
    program = toolchains.go(tuple(map(int, expected.split("."))))
    directory = copy_project("go", pins, name)
    # The vendor directory holds all that the tests import, so that they compile without a proxy.
    local = ["env", "GOTOOLCHAIN=local", "GOFLAGS="]
    install(directory, [directory / "go.mod", directory / "go.sum"], [[*local, program, "mod", "vendor"]])
    command = [*local, "GOPROXY=off", f"VERIFIER_TEST_COLUMN={column}",
               program, "test", "-mod=vendor", "-count=1", "-v", *arguments]
    return Suite(name, directory, command, count_go, ["./tests"])


def go():
    """All tests with the newest source, and the scenarios with the last tagged version too."""
    return [
        go_module("go", ["go.mod", "go.sum"], "go_tdx_guest", []),
        go_module("go-published", ["published/go.mod", "published/go.sum"], "go_tdx_guest_0_3_1",
                  ["-run", "^TestPlatform"]),
    ]


def count_go(output):
    """Counts of the tests that hold no others, as the other languages count."""
    results = re.findall(r"^ *--- (PASS|FAIL|SKIP): (\S+)", output, re.MULTILINE)
    parents = {name.rpartition("/")[0] for _, name in results}
    leaves = [result for result, name in results if name not in parents]
    return tuple(leaves.count(result) for result in ("PASS", "FAIL", "SKIP"))


def rust():
    manifest = (SOURCES / "rust" / "Cargo.toml").read_text()
    expected = re.search(r'^rust-version = "(.*)"', manifest, re.MULTILINE).group(1)
    cargo = toolchains.cargo(tuple(map(int, expected.split("."))))
    directory = copy_project("rust", ["Cargo.toml"])
    install(directory, [directory / "Cargo.toml"], [[cargo, "fetch"]])
    command = [cargo, "test", "--offline", "--no-fail-fast", "--target-dir", directory / "target", "--tests", "--"]
    return [Suite("rust", directory, command, count_cargo)]


SUITES = {"python": python, "javascript": javascript, "go": go, "rust": rust}
