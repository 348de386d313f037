"""`make static` gives the same bytes in two directories at two times."""
import os
import subprocess
import time
from pathlib import Path

import pytest
from simulator import ROOT

SOURCES = ("Makefile", "crypto", "fixtures", "scripts", "sim")


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy, because the tree may change while it is built."""
    place = tmp_path_factory.mktemp("sources")
    for source in SOURCES:
        subprocess.run(["cp", "-a", ROOT / source, place], check=True)
    return place


def build(sources, tree, when, *arguments):
    """As if the sources were of that time."""
    tree.parent.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", sources, tree], check=True)
    (tree / "build").mkdir()
    for deps in (ROOT / "build").glob("deps*"):
        (tree / "build" / deps.name).symlink_to(deps)
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink() and "build" not in path.relative_to(tree).parts[:1]:
            os.utime(path, (when, when))
    flags = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "PROGRAM", "CC", "CFLAGS", "CPPFLAGS", "LDFLAGS")
    mine = {key: value for key, value in os.environ.items() if key not in flags}
    done = subprocess.run(["make", "--no-print-directory", *arguments, "REV=0", "static"], cwd=tree, capture_output=True,
                          env={**mine, "CCACHE_DISABLE": "1"}, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (program,) = tree.glob("build/static/*/dstack-simulator")
    return program.read_bytes()


@pytest.mark.parametrize("arch", ["amd64", "arm64"])
def test_the_same_bytes_anywhere_and_at_any_time(sources, tmp_path, arch):
    machine = {"amd64": "x86_64", "arm64": "aarch64"}[arch]
    if os.uname().machine != machine and not any(
            Path(place, f"{machine}-linux-gnu-gcc").exists() for place in os.environ["PATH"].split(":")):
        pytest.skip(f"{machine}-linux-gnu-gcc not found: `scripts/setup release` installs it")
    first = build(sources, tmp_path / "a", time.time() - 86400 * 400, f"ARCH={arch}", "JOBS=1")
    second = build(sources, tmp_path / "much" / "longer", time.time() - 5, f"ARCH={arch}", "JOBS=2")
    assert first == second
    assert str(tmp_path).encode() not in first
