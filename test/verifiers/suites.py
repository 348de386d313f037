"""What each language's verifier needs before its tests run, and how they are run.

A function per language installs the pinned packages below build/verifiers/ and
returns the suite; it raises Missing when the machine lacks the tools."""

import re
import shutil
import sys
from pathlib import Path

import toolchains
from languages import Missing, Suite, count_junit, count_tap, install
from simulator import ROOT

SOURCES = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "verifiers"

PYTHON_AT_LEAST = (3, 10)
NODE_AT_LEAST = (20,)


def copy_project(language, pins):
    """Copy the tests to the build directory, where the package managers write."""
    directory = BUILD / language
    directory.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(directory / "tests", ignore_errors=True)
    shutil.copytree(SOURCES / language / "tests", directory / "tests")
    for name in pins:
        shutil.copy2(SOURCES / language / name, directory / name)
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
    return Suite("python dcap-qvl", SOURCES / "python", command, lambda output: count_junit(report))


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
    return Suite("javascript @phala/dcap-qvl", directory, command, lambda output: count_tap(report), tests)


def go():
    manifest = (SOURCES / "go" / "go.mod").read_text()
    expected = re.search(r"^go (\S+)", manifest, re.MULTILINE).group(1)
    program = toolchains.go(tuple(map(int, expected.split("."))))
    directory = copy_project("go", ["go.mod", "go.sum"])
    # The vendor directory holds all that the tests import, so that they compile without a proxy.
    local = ["env", "GOTOOLCHAIN=local", "GOFLAGS="]
    install(directory, [directory / "go.mod", directory / "go.sum"], [[*local, program, "mod", "vendor"]])
    command = [*local, "GOPROXY=off", program, "test", "-mod=vendor", "-count=1", "-v"]
    return Suite("go go-tdx-guest", directory, command, count_go, ["./tests"])


def count_go(output):
    """Counts of the tests that hold no others, as the other languages count."""
    results = re.findall(r"^ *--- (PASS|FAIL|SKIP): (\S+)", output, re.MULTILINE)
    parents = {name.rpartition("/")[0] for _, name in results}
    leaves = [result for result, name in results if name not in parents]
    return tuple(leaves.count(result) for result in ("PASS", "FAIL", "SKIP"))


SUITES = {"python": python, "javascript": javascript, "go": go}
