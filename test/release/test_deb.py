"""`make dist` and `make deb`, of what is committed."""
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from simulator import ROOT

MINUTES = 60  # seconds
NAMES = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "PROGRAM", "CC", "CFLAGS", "CPPFLAGS", "LDFLAGS")


def run(*command, directory=ROOT, minutes=20):
    mine = {key: value for key, value in os.environ.items() if key not in NAMES}
    done = subprocess.run(list(map(str, command)), cwd=directory, env=mine, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=minutes * MINUTES, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def version():
    return re.search(r"^VERSION +:= (\S+)$", (ROOT / "Makefile").read_text(), re.M).group(1)


def revision():
    return run("git", "rev-parse", "--short=12", "HEAD").strip()


@pytest.fixture(scope="module")
def archive():
    if not (ROOT / ".git").exists():
        pytest.skip("an archive is made of what git has")
    run("make", "dist")
    return ROOT / "build/dist" / f"dstack-simulator-{version()}.tar.gz"


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    place = tmp_path_factory.mktemp("dist")
    with tarfile.open(archive) as tar:
        tar.extractall(place)
    return place / f"dstack-simulator-{version()}"


def test_the_archive_is_the_same_each_time(archive):
    first = archive.read_bytes()
    run("make", "dist")
    assert archive.read_bytes() == first


def test_the_archive_builds_without_git(unpacked):
    run("make", "-j2", "CFLAGS=-O0", directory=unpacked)
    assert run("./dstack-simulator", "--version", directory=unpacked) == f"dstack-simulator {version()} ({revision()})\n"


def test_the_archive_in_another_repository_keeps_its_revision(unpacked):
    run("git", "init", "-q", directory=unpacked)
    run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "a", directory=unpacked)
    assert f"REV={revision()}" in run("make", "--no-print-directory", "--eval", "show: ; @echo REV=$(REV)", "show", directory=unpacked)


def test_the_changelog_of_the_package_is_fresh():
    said = run("scripts/debian-changelog")
    assert (ROOT / "debian/changelog").read_text() == said, "debian/changelog is out of date: run `make docs` and commit it"
    assert said.startswith(f"dstack-simulator ({version()}) ")


@pytest.fixture(scope="module")
def package():
    for tool in ("dh", "lintian", "dpkg-buildpackage"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} not found: `scripts/setup release` installs it")
    run(sys.executable, Path(__file__).resolve().parents[1] / "support/without_network.py", "make", "deb")
    (found,) = (ROOT / "build/deb").glob(f"dstack-simulator_{version()}_*.deb")
    return found


def test_lintian_has_nothing_to_say(package):
    (changes,) = package.parent.glob("*.changes")
    assert run("lintian", "--allow-root", "--fail-on", "error,warning", changes) == ""


def test_the_package_has_its_parts(package):
    listed = {line.split()[-1].removeprefix(".") for line in run("dpkg-deb", "--contents", package).splitlines()}
    assert {"/usr/bin/dstack-simulator", "/usr/share/man/man1/dstack-simulator.1.gz",
            "/usr/share/bash-completion/completions/dstack-simulator", "/usr/share/zsh/vendor-completions/_dstack-simulator",
            "/usr/share/fish/vendor_completions.d/dstack-simulator.fish"} <= listed
    assert {Path(name).name for name in listed if "systemd" in name and not name.endswith("/")} == {
        "dstack-simulator.service", "dstack-simulator.socket"}


def test_the_packaged_unit_starts_the_packaged_program(package, tmp_path):
    run("dpkg-deb", "--extract", package, tmp_path)
    (unit,) = tmp_path.rglob("dstack-simulator.service")
    assert "\nExecStart=/usr/bin/dstack-simulator\n" in unit.read_text()
    said = run(tmp_path / "usr/bin/dstack-simulator", "--version")
    assert said == f"dstack-simulator {version()} ({revision()})\n"
