"""packages/build: the same files give the same packages, all with the version of the Makefile."""
import hashlib
import os
import re
import subprocess
import tarfile

import pytest
from conftest import SECONDS
from simulator import ROOT


def build(out, **environment):
    subprocess.run([ROOT / "packages/build", "--out", out], check=True, timeout=SECONDS, env={**os.environ, **environment})
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    out = tmp_path_factory.mktemp("once")
    return out, build(out, SOURCE_DATE_EPOCH="1700000000")


def test_the_same_files_give_the_same_bytes(packages, tmp_path):
    assert packages[1] == build(tmp_path / "again", SOURCE_DATE_EPOCH="1700000000", TZ="Asia/Tokyo")


def test_each_has_the_version_of_the_makefile(packages):
    version = re.search(r"^VERSION +:= (\S+)$", (ROOT / "Makefile").read_text(), re.M).group(1)
    named = [name for name in packages[1] if name.endswith((".whl", ".tgz", ".crate", ".zip", ".mod", ".info"))]
    assert len(named) >= 7
    assert all(version in name for name in named), named
    assert not any("0.0.0" in name for name in packages[1])


def test_programs_can_be_run(packages):
    out, names = packages
    for name in names:
        if name.endswith(".tgz") and "-linux-" in name:
            with tarfile.open(out / name) as tar:
                assert tar.getmember("package/bin/dstack-simulator").mode == 0o755
