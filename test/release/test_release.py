"""scripts/release makes everything, and the workflow calls nothing else."""
import hashlib
import os
import re
import shutil
import subprocess

import pytest
import toolchains
from simulator import ROOT
from toolchains import Missing

ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7"
MINUTES = 60  # seconds


def run(*command, directory=ROOT, **environment):
    mine = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "PROGRAM")}
    return subprocess.run(list(map(str, command)), cwd=directory, env={**mine, **environment}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=30 * MINUTES, check=False)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Of a clone of what is committed, with what has been unpacked here."""
    for tool in ("aarch64-linux-gnu-gcc", "buildah", "dh"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} not found: `scripts/setup release` installs it")
    clone = tmp_path_factory.mktemp("release") / "clone"
    assert run("git", "clone", "--quiet", ROOT, clone).returncode == 0
    (clone / "build").mkdir()
    for deps in (ROOT / "build").glob("deps*"):
        shutil.copytree(deps, clone / "build" / deps.name, symlinks=True)
    done = run("scripts/release", "--untagged", directory=clone, DEB_BUILD_OPTIONS="nocheck")
    assert done.returncode == 0, done.stdout + done.stderr
    return clone / "build/released"


def version():
    return re.search(r"^VERSION +:= (\S+)$", (ROOT / "Makefile").read_text(), re.M).group(1)


def test_everything_is_made(released):
    files = {path.name for path in released.iterdir()}
    expected = [rf"dstack-simulator-V-linux-{arch}{kind}" for arch in ("amd64", "arm64") for kind in ("", r"\.spdx\.json")]
    expected += [rf"dstack-simulator-V-image-{arch}\.tar\.gz" for arch in ("amd64", "arm64")]
    expected += [rf"dstack_simulator-V-py3-none-manylinux.*_{machine}\.whl" for machine in ("x86_64", "aarch64")]
    expected += [r"dstack-simulator-V\.tgz", r"dstack-simulator-linux-x64-V\.tgz", r"dstack-simulator-linux-arm64-V\.tgz",
                 r"dstack-simulator-V\.crate", r"dstack-simulator-V-go-proxy\.tar\.gz", r"dstack-simulator-V\.tar\.gz",
                 r"dstack-simulator_V_\w+\.deb", "SHA256SUMS", r"NOTES\.md"]
    patterns = [one.replace("V", re.escape(version())) for one in expected]
    for pattern in patterns:
        assert [name for name in files if re.fullmatch(pattern, name)], f"{pattern} is not in {sorted(files)}"
    assert len(files) == len(patterns), sorted(files)


def test_the_checksums_are_those_of_the_files(released):
    lines = [line.split("  ") for line in (released / "SHA256SUMS").read_text().splitlines()]
    assert {name for _, name in lines} == {path.name for path in released.iterdir()} - {"SHA256SUMS", "NOTES.md"}
    assert all(hashlib.sha256((released / name).read_bytes()).hexdigest() == digest for digest, name in lines)


def test_the_notes_are_those_of_the_changelog(released):
    notes = (released / "NOTES.md").read_text()
    assert notes.strip() in (ROOT / "CHANGELOG.md").read_text() and "### Added" in notes and "## " not in notes.replace("### ", "")


@pytest.mark.parametrize("tag, said", [("v0.0.7", "the Makefile's version is"), ("V", "has no tag V")])
def test_another_tag_is_refused(tmp_path, tag, said):
    clone = tmp_path / "clone"
    assert run("git", "clone", "--quiet", "--no-tags", ROOT, clone).returncode == 0
    tag, said = (text.replace("V", f"v{version()}") if text.startswith(("V", "has no")) else text for text in (tag, said))
    done = run("scripts/release", tag, directory=clone)
    assert done.returncode == 1 and said in done.stderr


def test_what_is_not_committed_is_refused(tmp_path):
    clone = tmp_path / "clone"
    assert run("git", "clone", "--quiet", ROOT, clone).returncode == 0
    (clone / "README.md").write_text("changed\n")
    done = run("scripts/release", "--untagged", directory=clone)
    assert done.returncode == 1 and "not committed" in done.stderr


def test_the_workflow_calls_nothing_else():
    text = (ROOT / ".github/workflows/release.yml").read_text()
    commands = re.findall(r"- run: (.*)$", text, re.M)
    assert commands[-1].startswith("scripts/release ")
    assert all(re.match(r"(apt-get|git config|scripts/setup|scripts/release) ", command) for command in commands)


def test_workflows_are_valid():
    place = ROOT / "build/tools/actionlint"
    try:
        go = toolchains.go((1, 20))
        if not (place / "actionlint").exists():
            done = run(go, "install", ACTIONLINT, GOBIN=str(place), GOMODCACHE=str(place / "cache"), GOFLAGS="-modcacherw")
            if done.returncode:
                raise Missing(f"actionlint cannot be built: {done.stderr[-200:]}")
    except Missing as missing:
        pytest.skip(str(missing))
    done = run(place / "actionlint", "-color=false", *(ROOT / ".github/workflows").glob("*.yml"),
               *(ROOT / "scripts/deploy").glob("github-*.yml"))
    assert done.returncode == 0, done.stdout + done.stderr
