"""The worked examples of other programs: workflows are linted, and programs compiled with the libraries that they use."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import toolchains
from simulator import ROOT
from toolchains import Missing

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))

import languages  # noqa: E402

SOURCES = ROOT / "scripts/deploy/testcontainers"
GO, JAVA, NPM, PYPI = "v0.40.0", "1.21.4", "11.0.0", "4.13.0"
POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>0</version>
  <properties><maven.compiler.source>11</maven.compiler.source><maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencies><dependency><groupId>org.testcontainers</groupId><artifactId>testcontainers</artifactId>
    <version>{JAVA}</version></dependency></dependencies>
</project>
"""


def run(*command, directory, **environment):
    done = subprocess.run(list(map(str, command)), cwd=directory, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=600, check=False)
    return done.returncode, done.stdout + done.stderr


def expect(*command, directory, **environment):
    code, said = run(*command, directory=directory, **environment)
    assert code == 0, said


def get(*command, directory, **environment):
    """What downloads: without a network, the test is skipped."""
    code, said = run(*command, directory=directory, **environment)
    if code:
        pytest.skip(f"{command[0]} cannot download what the example uses: {said[-200:]}")


def test_python(tmp_path):
    get(sys.executable, "-m", "venv", "venv", directory=tmp_path)
    get("venv/bin/pip", "install", "-q", "--disable-pip-version-check", f"testcontainers=={PYPI}", directory=tmp_path)
    shutil.copy(SOURCES / "simulator_container.py", tmp_path)
    expect("venv/bin/python", "-c", "from simulator_container import simulator, endpoint", directory=tmp_path)


def test_javascript(tmp_path):
    try:
        node, npm = toolchains.node(languages.NODE_AT_LEAST)
    except Missing as missing:
        pytest.skip(str(missing))
    (tmp_path / "package.json").write_text('{"private": true}')
    get(npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", f"testcontainers@{NPM}", directory=tmp_path)
    shutil.copy(SOURCES / "simulator.mjs", tmp_path)
    expect(node, "--input-type=module", "-e", "import { startSimulator } from './simulator.mjs'", directory=tmp_path)


def test_java(tmp_path):
    if shutil.which("mvn") is None:
        pytest.skip("mvn not found")
    place = tmp_path / "src/main/java"
    place.mkdir(parents=True)
    (tmp_path / "pom.xml").write_text(POM)
    get("mvn", "-q", "-B", "dependency:resolve", "compile", directory=tmp_path)
    shutil.copy(SOURCES / "SimulatorContainer.java", place)
    expect("mvn", "-q", "-B", "-o", "compile", directory=tmp_path)
    assert list(tmp_path.glob("target/classes/SimulatorContainer.class"))


def test_go(tmp_path):
    try:
        go = toolchains.go((1, 24))
    except Missing as missing:
        pytest.skip(str(missing))
    (tmp_path / "go.mod").write_text("module example\n\ngo 1.24\n")
    settings = {"GOMODCACHE": str(tmp_path.parent / "cache"), "GOFLAGS": "-modcacherw -mod=mod"}
    get(go, "get", f"github.com/testcontainers/testcontainers-go@{GO}", directory=tmp_path, **settings)
    shutil.copy(SOURCES / "simulator.go", tmp_path)
    expect(go, "vet", ".", directory=tmp_path, **settings)


def test_each_program_is_compiled():
    tested = re.findall(r"SOURCES / \"([\w.]+)\"", Path(__file__).read_text())
    assert set(tested) == {path.name for path in SOURCES.iterdir()}
