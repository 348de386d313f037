"""The Go module, from the files of a module proxy, beside the published SDK."""
import subprocess
from pathlib import Path

import languages
import pytest
import toolchains
from conftest import examples, run
from simulator import ROOT
from toolchains import Missing

SDK = "github.com/Dstack-TEE/dstack/sdk/go@v0.1.0"
GO_AT_LEAST = (1, 24)


@pytest.fixture(scope="module")
def go():
    try:
        return toolchains.go(GO_AT_LEAST)
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def sdk(go):
    """A directory with the SDK as a module proxy has it."""
    place = languages.BUILD / "go"
    place.mkdir(parents=True, exist_ok=True)
    (place / "go.mod").write_text("module sdk\n\ngo 1.20\n")
    (place / "sdk.go").write_text(f'package sdk\n\nimport _ "{SDK.partition("@")[0]}/dstack"\n')
    environment = ["env", f"GOMODCACHE={place}/cache", f"GOCACHE={place}/objects", "GOFLAGS=-modcacherw -mod=mod"]
    try:
        languages.install(place, [SDK.encode()], [[*environment, go, "get", SDK], [*environment, go, "build", "./..."]])
    except Missing as missing:
        pytest.skip(str(missing))
    return place


@pytest.fixture(scope="module")
def project(go, sdk, built, tmp_path_factory):
    place = tmp_path_factory.mktemp("go")
    (place / "go.mod").write_text("module app\n\ngo 1.20\n")
    for name, text in examples("go").items():
        (place / name).write_text(text)
    settings = {"GOPROXY": f"file://{built('go')},file://{sdk}/cache/cache/download", "GONOSUMDB": "*", "GONOSUMCHECK": "1",
                "GOFLAGS": "-modcacherw -mod=mod", "GOMODCACHE": str(place / "cache"), "GOCACHE": str(sdk / "objects"),
                "GOTOOLCHAIN": "local", "GOSUMDB": "off"}
    run(go, "get", SDK, "github.com/Dstack-TEE/dstack-simulator/packages/go", directory=place, **settings)
    return place, settings


def test_the_example_works(go, project):
    place, settings = project
    said = run(go, "test", "-count=1", "-v", "./...", directory=place, **settings)
    assert said.count("--- PASS: TestApp") == 3


MORE = """\
package app

import (
	"fmt"
	"testing"

	simulator "github.com/Dstack-TEE/dstack-simulator/packages/go"
)

func TestWrong(t *testing.T) {
	_, err := simulator.New("--listen", "x")
	fmt.Println(err)
}

func TestSlow(t *testing.T) {
	s := simulator.Start(t)
	fault := map[string]any{"method": "Boot", "delay_ms": 200, "times": 1}
	if err := s.Call("Simulator.SetFault", fault, nil); err != nil {
		t.Fatal(err)
	}
	td, err := s.Deploy(simulator.Settings{})
	if err != nil || td.URL == "" {
		t.Fatal(err, td)
	}
	fault = map[string]any{"method": "Boot", "status": 500, "message": "no keys", "times": 1}
	if err := s.Call("Simulator.SetFault", fault, nil); err != nil {
		t.Fatal(err)
	}
	_, err = s.Deploy(simulator.Settings{Name: "mine"})
	fmt.Println(err)
}
"""


def test_a_simulator_that_does_not_start_says_why(go, project):
    place, settings = project
    (place / "more_test.go").write_text(MORE)
    assert "the simulator does not start: dstack-simulator: --listen" in run(
        go, "test", "-count=1", "-v", "-run", "TestWrong", "./...", directory=place, **settings)


def test_it_is_vetted_and_formatted(go, project):
    place, settings = project
    run(go, "vet", "github.com/Dstack-TEE/dstack-simulator/packages/go", directory=place, **settings)
    gofmt = subprocess.run([go, "fmt", "-n"], cwd=ROOT / "packages/go", capture_output=True, text=True, timeout=60, check=False)
    assert gofmt.returncode == 0
    listed = subprocess.run([Path(go).resolve().parent / "gofmt", "-l", "."], cwd=ROOT / "packages/go", capture_output=True,
                            text=True, timeout=60, check=True)
    assert listed.stdout == ""


def test_a_td_has_booted(go, project):
    place, settings = project
    (place / "more_test.go").write_text(MORE)
    assert "mine does not boot: no keys" in run(go, "test", "-count=1", "-v", "-run", "TestSlow", "./...", directory=place,
                                                **settings)
