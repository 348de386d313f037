"""In place of dstack's own simulator: its dstack.toml, its options, and the files of its directory."""
import json
import os
import pathlib
import shutil
import subprocess

import pytest
from conftest import PROGRAM, ROOT
from test_process import ask, assert_refused, run
from wire import get, wait_until

KEYS = ROOT / "fixtures/vectors/appkeys.json"
COMPOSE = ROOT / "fixtures/app-compose.json"
SYS_CONFIG = {"vm_config": json.dumps({"os_image_hash": "00" * 32, "cpu_count": 2, "memory_size": 4 << 30})}

TOML = """
[default]
workers = 8
ident = "dstack Guest Agent"  # of its HTTP server

[default.core]
keys_file = "appkeys.json"
compose_file = "app.json"
sys_config_file = "sys.json"
data_disks = ["/"]

[default.core.simulator]
enabled = true
attestation_file = "attestation.bin"
patch_report_data = true

[internal-v0]
address = "unix:./old.sock"
reuse = true

[internal]
address = "unix:{directory}/new.sock"

[external]
address = "127.0.0.1"
port = 0

[guest-api]
address = "vsock:4294967295"
port = 8000
"""


@pytest.fixture
def place(directory):
    """A directory with what the files of a dstack.toml name."""
    place = pathlib.Path(directory)
    shutil.copy(KEYS, place / "appkeys.json")
    (place / "app.json").write_bytes(COMPOSE.read_bytes() + b"\n")
    (place / "sys.json").write_text(json.dumps(SYS_CONFIG))
    return place


class Started:
    """The program, started in a directory; what it serves, prints and logs."""

    def __init__(self, place, *options, **environment):
        self.place = place
        clean = {k: v for k, v in os.environ.items() if not k.startswith("DSTACK_")}
        with open(place / "stdout", "wb") as out, open(place / "stderr", "wb") as errors:
            self.process = subprocess.Popen([PROGRAM, *options, "--ready-file", "ready"], cwd=place, stdout=out,
                                            stderr=errors, env={**clean, **environment})

    def __enter__(self):
        wait_until(lambda: (self.place / "ready").exists() or self.process.poll() is not None, "the ready file")
        assert self.process.poll() is None, self.stderr()
        endpoints = json.loads((self.place / "ready").read_text())["endpoints"]
        self.addresses = [e.get("url") or os.path.relpath(e["path"], os.path.realpath(self.place)) for e in endpoints]
        return self

    def __exit__(self, *exception):
        self.process.terminate()
        assert self.process.wait(30) == 0

    def ask(self, path, address="dstack.sock"):
        return ask(str(self.place / address), get(path))

    def stdout(self):
        return (self.place / "stdout").read_text()

    def stderr(self):
        return (self.place / "stderr").read_text()


def write(place, text, name="dstack.toml"):
    (place / name).write_text(text.replace("{directory}", str(place)))


# --- dstack.toml ---

def test_its_addresses_and_files(place, own):
    write(place, TOML)
    with Started(place, "-c", "dstack.toml") as simulator:
        new, old, external, guest = simulator.addresses
        assert (new, old, guest) == ("new.sock", "old.sock", "guest.sock")
        assert external.startswith("http://127.0.0.1:")
        assert simulator.ask("/prpc/Tappd.Version", "old.sock").status == 200
        host, _, port = external.removeprefix("http://").partition(":")
        assert ask((host, int(port)), get("/prpc/Worker.Version")).status == 200
        assert ask((host, int(port)), get("/GetKey?path=a")).status == 404
        info = simulator.ask("/Info", "new.sock").json()
        assert json.loads(info["tcb_info"])["app_compose"].encode() == (place / "app.json").read_bytes()
        assert json.loads(info["vm_config"])["cpu_count"] == 2
        found = simulator.ask("/GetKey?path=a", "new.sock").json()["key"]
    own.start("--app-keys", KEYS)
    assert ask(own.unix, get("/GetKey?path=a")).json()["key"] == found


def line_of(warning):
    return int(warning.split(": line ")[1].split(":")[0])


def test_a_line_for_each_setting_without_effect(place):
    write(place, TOML)
    with Started(place, "--config=dstack.toml") as simulator:
        said = [line for line in simulator.stderr().splitlines() if "no effect" in line]
    at = {number: line.split(" = ")[0] for number, line in enumerate(TOML.splitlines(), 1)}
    expected = ["workers", "ident", "data_disks", "enabled", "attestation_file", "patch_report_data", "reuse", "address"]
    assert [at[number] for number in sorted(map(line_of, said))] == expected
    assert "default.core.simulator.attestation_file has no effect here: quotes are computed" in "\n".join(said)
    assert "guest-api.address has no effect here: " in "\n".join(said)


def test_no_tcp_unless_the_file_has_it(place):
    write(place, '[internal]\naddress = "unix:new.sock"\n')
    with Started(place, "-c", "dstack.toml") as simulator:
        assert simulator.addresses == ["new.sock", "tappd.sock", "external.sock", "guest.sock"]
        done = run("-c", "dstack.toml", "--healthcheck", cwd=place)
        assert done.returncode == 0, done.stderr
    with Started(place, "-c", "dstack.toml", "-l", "127.0.0.1:0") as simulator:
        assert simulator.addresses[0].startswith("http://127.0.0.1:")


def test_options_take_precedence(place):
    write(place, TOML.replace('"app.json"', '"absent.json"'))
    (place / "sockets").mkdir()
    options = ["-c", "dstack.toml", "--app-compose", "app.json", "--socket-dir", "sockets"]
    with Started(place, *options) as simulator:
        assert simulator.addresses[:4] == [f"sockets/{name}.sock" for name in ("dstack", "tappd", "external", "guest")]
        assert "internal.address has no effect here: --socket-dir is given" in simulator.stderr()
    write(place, '[default.core]\ncompose_file = "absent.json"\n')
    assert_refused(run("--check", "-c", "dstack.toml", cwd=place), "default.core.compose_file of --config: ", "absent.json")


def test_the_variable_of_the_configuration(place):
    write(place, '[internal]\naddress = "unix:new.sock"\n')
    with Started(place, DSTACK_SIMULATOR_CONFIG="dstack.toml") as simulator:
        assert simulator.addresses[0] == "new.sock"


def test_the_private_socket_stays_private(place):
    write(place, '[guest-api]\naddress = "unix:g.sock"\n[internal]\naddress = "unix:new.sock"\n')
    with Started(place, "-c", "dstack.toml"):
        assert [oct((place / name).stat().st_mode & 0o777) for name in ("g.sock", "new.sock")] == ["0o600", "0o777"]


def test_the_root_ca_follows_from_the_addresses(place):
    write(place, '[external]\naddress = "127.0.0.2"\nport = 9\n')
    expected = run("--print-root-ca", "--public-url", "http://127.0.0.2:9").stdout
    assert run("--print-root-ca", "-c", "dstack.toml", cwd=place).stdout == expected


@pytest.mark.parametrize("text, words", [
    ("[default.core]\nkeys_file = 1\n", ["line 2: ", "default.core.keys_file must be a string"]),
    ("[default.core]\nkeys_file = ''\n", ["line 2: ", "keys_file", "must not be empty"]),
    ("[default.core]\nkeys_file = 'absent'\n", ["default.core.keys_file of --config: cannot read absent"]),
    ("[internal]\naddress = 1\n", ["line 2: ", "internal.address must be a string"]),
    ("[internal]\naddress = 'unix:'\n", ["line 2: internal.address: the path of a Unix socket has 1 to 107 bytes"]),
    ("[internal]\naddress = 'a b'\n", ["line 2: internal.address: "]),
    ("[internal]\nport = 65536\n", ["line 2: ", "internal.port must be a whole number from 0 to 65535"]),
    ("[internal]\nport = '1'\n", ["line 2: ", "internal.port must be a whole number"]),
    ("[internal]\nkey", ["line 2: expected = after the key key"]),
    ("a = 1.5", ['line 1: "1.5" is not a value']),
    ("\0", ["line 1: ", "0x00"]),
])
def test_bad_configurations(place, text, words):
    write(place, text)
    refused = run("--check", "-c", "dstack.toml", cwd=place)
    assert refused.returncode == 2 and refused.stdout == ""
    for word in words:
        assert word in refused.stderr, refused.stderr


def test_a_configuration_that_is_not_there(place):
    assert_refused(run("-c", "absent.toml", cwd=place), "--config: cannot read absent.toml")
    assert_refused(run("-c", ".", cwd=place), "--config: cannot read .")


def test_a_mistyped_setting(place):
    write(place, "[default.core]\nkey_file = 'appkeys.json'\n[internal]\nadress = 'x'\n")
    done = run("--check", "-c", "dstack.toml", cwd=place)
    assert done.returncode == 0
    assert "line 2: default.core.key_file has no effect here: did you mean keys_file?" in done.stderr
    assert "line 4: internal.adress has no effect here: did you mean address?" in done.stderr


def test_an_address_that_cannot_be_had(place):
    write(place, "[internal]\naddress = 'unix:absent/x.sock'\n")
    refused = run("-c", "dstack.toml", cwd=place)
    assert_refused(refused, "internal.address of --config: cannot listen on absent/x.sock: its directory does not exist")


@pytest.mark.parametrize("option", ["-w", "--watchdog"])
def test_the_watchdog(place, option):
    with Started(place, option, "-l", "127.0.0.1:0") as simulator:
        assert simulator.stderr().count("--watchdog has no effect here") == 1


def test_the_configuration_among_the_settings(place):
    write(place, TOML)
    lines = run("--print-config", "-c", "dstack.toml", cwd=place).stdout.splitlines()
    assert "DSTACK_SIMULATOR_CONFIG=dstack.toml" in lines
    assert "#DSTACK_SIMULATOR_APP_KEYS=appkeys.json" in lines


# --- the files of its directory ---

@pytest.fixture
def its_directory(place):
    (place / "app.json").rename(place / "app-compose.json")
    (place / "sys.json").rename(place / "sys-config.json")
    return place


FIRST_LINE = "Using app-compose.json, appkeys.json and sys-config.json of this directory, as dstack's simulator does."


def key(simulator):
    return simulator.ask("/GetKey?path=a").json()["key"]


def test_its_files_are_used(its_directory, own):
    with Started(its_directory, "-l", "127.0.0.1:0") as simulator:
        info, found = simulator.ask("/Info").json(), key(simulator)
    first, second = simulator.stdout().splitlines()[:2]
    assert first == FIRST_LINE and "attestation.bin" in second
    assert json.loads(info["tcb_info"])["app_compose"].encode() == (its_directory / "app-compose.json").read_bytes()
    assert json.loads(info["vm_config"])["cpu_count"] == 2
    own.start("--app-keys", KEYS)
    assert ask(own.unix, get("/GetKey?path=a")).json()["key"] == found


def test_a_log_for_machines_says_so_too(its_directory):
    with Started(its_directory, "-l", "127.0.0.1:0", "--log-format", "json") as simulator:
        assert json.loads(simulator.stderr().splitlines()[0])["message"] == FIRST_LINE.rstrip(".")


@pytest.mark.parametrize("absent", ["app-compose.json", "appkeys.json", "sys-config.json"])
def test_all_three_have_to_be_there(its_directory, own, absent):
    (its_directory / absent).unlink()
    with Started(its_directory, "-l", "127.0.0.1:0") as simulator:
        found = key(simulator)
    assert "ready in" in simulator.stdout() and "Using" not in simulator.stdout()
    own.start()
    assert ask(own.unix, get("/GetKey?path=a")).json()["key"] == found


@pytest.mark.parametrize("options, environment", [
    (["--seed", "mine"], {}), (["--app-keys", "appkeys.json"], {}), (["-c", "dstack.toml"], {}),
    ([], {"DSTACK_SIMULATOR_INSTANCE": "second"}),
], ids=["seed", "keys", "config", "variable"])
def test_what_says_something_of_the_app_counts_instead(its_directory, options, environment):
    write(its_directory, "")
    with Started(its_directory, "-l", "127.0.0.1:0", *options, **environment) as simulator:
        pass
    assert "ready in" in simulator.stdout() and "Using" not in simulator.stdout()


def test_a_file_that_is_malformed_is_named(its_directory):
    (its_directory / "appkeys.json").write_text("{")
    assert_refused(run("--check", cwd=its_directory), "this directory's file for --app-keys: appkeys.json: not valid JSON")
