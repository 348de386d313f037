"""The crate, unpacked from its archive, beside the published SDK."""
import shutil
import tarfile
import tomllib

import languages
import pytest
import toolchains
from conftest import alone, examples, run
from simulator import ROOT
from toolchains import Missing

PROJECT = """\
[package]
name = "app"
version = "0.0.0"
edition = "2021"

[dependencies]
dstack-sdk = "{dstack-sdk}"
serde_json = "{serde_json}"
tokio = {{ version = "{tokio}", features = ["macros", "rt", "time"] }}

[dev-dependencies]
dstack-simulator = {{ path = "{place}" }}

[profile.dev]
debug = false
"""

MORE = """
#[test]
fn a_simulator_that_does_not_start_says_why() {
    let error = Simulator::start_with(&["--listen", "x"]).unwrap_err();
    assert!(error.to_string().contains("does not start: dstack-simulator: --listen"), "{error}");
}

#[test]
fn what_is_refused_is_an_error() {
    let simulator = Simulator::start().unwrap();
    assert!(simulator.call("GetKeys", serde_json::json!({})).unwrap_err().to_string().starts_with("GetKeys: "));
    simulator.reset().unwrap();
    assert!(simulator.socket().exists());
}

#[test]
fn a_td_has_booted() {
    let simulator = Simulator::start().unwrap();
    let fault = serde_json::json!({ "method": "Boot", "delay_ms": 200, "times": 1 });
    simulator.call("Simulator.SetFault", fault).unwrap();
    assert!(simulator.td().unwrap().url().starts_with("http://"));
    let fault = serde_json::json!({ "method": "Boot", "status": 500, "message": "no keys", "times": 1 });
    simulator.call("Simulator.SetFault", fault).unwrap();
    let error = simulator.td().unwrap_err();
    assert!(error.to_string().ends_with("does not boot: no keys"), "{error}");
}
"""


@pytest.fixture(scope="module")
def project(built, tmp_path_factory):
    try:
        with alone("rust"):
            languages.rust()
    except Missing as missing:
        pytest.skip(str(missing))
    place = tmp_path_factory.mktemp("rust")
    (archive,) = built("rust").glob("*.crate")
    with tarfile.open(archive) as tar:
        tar.extractall(place)
    pinned = tomllib.loads((ROOT / "test/clients/rust/Cargo.toml").read_text())["dependencies"]
    versions = {name: pin if isinstance(pin, str) else pin["version"] for name, pin in pinned.items()}
    crate = place / archive.name.removesuffix(".crate")
    (place / "Cargo.toml").write_text(PROJECT.format(place=crate, **versions))
    shutil.copy(languages.BUILD / "rust/Cargo.lock", place)  # what has been downloaded
    (place / "src").mkdir()
    (place / "src/lib.rs").touch()
    (place / "tests").mkdir()
    for name, text in examples("rust").items():
        (place / "tests" / name).write_text(text + MORE)
    return place


def test_the_example_works(project):
    """What the suite of the SDK has compiled is used."""
    with alone("rust"):
        said = run(toolchains.cargo((1, 70)), "test", "--offline", "--target-dir", languages.BUILD / "rust/target",
                   "--test", "app", directory=project)
    assert "5 passed; 0 failed" in said
