"""The program as a user meets it: options, environment, files, exit codes."""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import urllib.request

import pytest
from conftest import PROGRAM, ROOT, Simulator
from wire import Connection, get, post

PUBLIC_URL = "http://simulator.example:8090"


def run(*options, cwd=None, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("DSTACK_")}
    return subprocess.run([PROGRAM, *options], capture_output=True, text=True, timeout=30, check=False, cwd=cwd,
                          env={**clean, **environment})


def assert_refused(result, *words):
    """Exit code 2, nothing on stdout, and one sentence with all of these words."""
    assert result.returncode == 2, result
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("dstack-simulator: ")
    for word in words:
        assert word in line


@pytest.fixture
def second(directory):
    """Another simulator beside the first."""
    place = os.path.join(directory, "second")
    os.mkdir(place)
    simulator = Simulator(place)
    yield simulator
    if simulator.is_running():
        simulator.stop()


def ask(address, request):
    with Connection(address) as client:
        return client.ask(request)


# --- what needs no server ---

def test_help():
    result = run("--help")
    assert result.returncode == 0 and result.stderr == ""
    for option in ("--listen", "--socket-dir", "--app-compose", "--app-keys", "--ready-file", "--healthcheck"):
        assert option in result.stdout
    assert "DSTACK_SIMULATOR_" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert run("-h").stdout == result.stdout


def test_version():
    result = run("--version")
    assert result.returncode == 0
    assert re.fullmatch(r"dstack-simulator \d+\.\d+\.\d+ \(\w+\)\n", result.stdout)


def test_check(directory):
    result = run("--check", cwd=directory)
    assert result.returncode == 0 and "valid" in result.stdout
    assert os.listdir(directory) == []  # it opened no socket


def test_print_root_ca(own):
    """It is the root of a server with the same options; the URL is in the certificate."""
    options = ["--public-url", PUBLIC_URL]
    own.start(*options)
    result = run("--print-root-ca", *options)
    assert result.returncode == 0
    assert ask(own.tcp, get("/simulator/root-ca.pem")).body == result.stdout.encode()
    assert run("--print-root-ca", "--seed", "another", *options).stdout != result.stdout


def test_the_root_ca_points_to_where_the_options_would_serve(own):
    """Without --public-url the listener decides, whether it is open or not."""
    own.start()
    root = ask(own.tcp, get("/simulator/root-ca.pem")).body
    listen = f"127.0.0.1:{own.tcp[1]}"
    assert run("--print-root-ca", "--listen", listen).stdout.encode() == root
    assert run("--print-root-ca", "--public-url", f"http://localhost:{own.tcp[1]}").stdout.encode() == root
    assert run("--print-root-ca").stdout.encode() != root


def names_of_this_machine():
    """Host names that lead to this machine, but are not the usual one."""
    for name in (socket.gethostname(), "ip6-localhost", "localhost.localdomain"):
        with contextlib.suppress(OSError), socket.create_server((socket.getaddrinfo(name, 0)[0][4][0], 0)):
            yield name
    yield from ("127.1", "127.0.0.2", "[::1]", "[0:0::1]", "0.0.0.0")


@pytest.mark.parametrize("name", list(names_of_this_machine()))
def test_the_root_ca_of_a_host_name(own, name):
    """A name means the address that it is found at, whether the listener is open or not."""
    own.listen = f"{name}:0"
    own.start()
    with urllib.request.urlopen(f"{own.url}/simulator/root-ca.pem", timeout=30) as answer:
        root = answer.read()
    port = own.url.rpartition(":")[2]
    assert run("--print-root-ca", "--listen", f"{name}:{port}").stdout.encode() == root


def test_the_root_ca_of_a_name_that_is_not_known():
    assert run("--print-root-ca", "--listen", "absent.invalid:8090").stdout.startswith("-----BEGIN CERTIFICATE")


@pytest.mark.parametrize("options, words", [
    (["--chek"], ["--chek", "--check"]),
    (["--listne", "1"], ["--listne", "--listen"]),
    (["-x"], ["-x", "--help"]),
    (["stray"], ["stray"]),
    (["--seed"], ["--seed", "TEXT"]),
    (["--listen", "99999"], ["99999", "65535"]),
    (["--listen", ""], ["--listen"]),
    (["--listen", "1=nonsense"], ["nonsense"]),
    (["--log-level", "loud"], ["loud", "info"]),
    (["--log-format", "xml"], ["xml", "json"]),
    (["--public-url", "ftp://x"], ["http://"]),
    (["--socket-dir", "/nonexistent/directory", "--listen", "127.0.0.1:0"], ["/nonexistent/directory"]),
    (["--ready-file", "/nonexistent/ready", "--listen", "127.0.0.1:0", "--socket-dir", "none"], ["/nonexistent/ready"]),
    (["--app-compose", "/nonexistent"], ["--app-compose", "/nonexistent", "No such file"]),
    (["--app-keys", "/nonexistent"], ["--app-keys", "/nonexistent", "No such file"]),
    (["--app-compose", "/"], ["--app-compose", "/", "directory"]),
    (["--docker-compose", "/nonexistent"], ["--docker-compose", "/nonexistent", "No such file"]),
    (["--encrypted-env", "/dev/null"], ["--encrypted-env: /dev/null is empty"]),
    (["decrypt-env", "/nonexistent"], ["decrypt-env: ", "/nonexistent", "No such file"]),
    (["--logs-dir", "/nonexistent"], ["--logs-dir", "/nonexistent", "No such file"]),
    (["--logs-dir", "/dev/null"], ["--logs-dir: /dev/null is not a directory"]),
    (["--advisory", "intel-sa-837"], ['--advisory: "intel-sa-837" is not an id of Intel', "INTEL-SA-00837"]),
    (["--log-level", "inof"], ["did you mean info?"]),
    (["--fault", "GetQoute=500"], ["--fault: ", "GetQoute", "did you mean GetQuote?"]),
])
def test_bad_options(directory, options, words):
    assert_refused(run(*options, cwd=directory), *words)
    assert os.listdir(directory) == []


@pytest.mark.parametrize("option", ["--app-compose", "--app-keys"])
@pytest.mark.parametrize("content, words", [(b"{", ["JSON", "line 1"]), (b"[]", ["object"]), (b" ", ["JSON"]),
                                            (b'{"name":"\xff"}', [])],
                         ids=["cut off", "no object", "blank", "no UTF-8"])
def test_malformed_files(directory, option, content, words):
    path = os.path.join(directory, "file.json")
    with open(path, "wb") as file:
        file.write(content)
    assert_refused(run("--check", option, path), f"{option}: {path}: ", *words)


@pytest.mark.parametrize("content, words", [
    (b"services: {\n", ["not YAML", "line 2"]),
    (b"web:\n  image: nginx\n", ['"services"']),
    (b"# nothing\n", ['"services"']),
    (b"- web\n", ['"services"']),
    (b"\x89PNG\r\n\x1a\n", ["not YAML", "line 1"]),
])
def test_what_is_no_docker_compose_file(directory, content, words):
    path = os.path.join(directory, "docker-compose.yml")
    with open(path, "wb") as file:
        file.write(content)
    assert_refused(run("--check", "--docker-compose", path), f"--docker-compose: {path}: ", *words)


@pytest.mark.parametrize("option", ["--app-compose", "--docker-compose", "--app-keys", "--encrypted-env", "--sys-config",
                                    "--gpu-info"])
def test_empty_files(directory, option):
    path = os.path.join(directory, "file")
    with open(path, "wb"):
        pass
    assert_refused(run("--check", option, path), f"{option}: {path} is empty")
    assert_refused(run("-l", "127.0.0.1:0", option, path, cwd=directory), f"{option}: {path} is empty")
    assert os.listdir(directory) == ["file"]


def test_the_gpu_info_is_text(directory):
    path = os.path.join(directory, "gpus")
    with open(path, "wb") as file:
        file.write(b"\xff")
    assert_refused(run("--check", "--gpu-info", path), f"--gpu-info: {path}: must be UTF-8")


def test_a_file_of_the_environment_is_called_by_its_variable():
    assert_refused(run("--check", DSTACK_SIMULATOR_APP_KEYS="/nonexistent"), "DSTACK_SIMULATOR_APP_KEYS: ", "/nonexistent")


@pytest.mark.parametrize("environment, words", [
    ({"ADVISORY": ",".join(17 * ["A"])}, ["DSTACK_SIMULATOR_ADVISORY: at most 16 "]),
    ({"NAME": "x"}, ["DSTACK_SIMULATOR_NAME ", " --docker-compose"]),
    ({"APP_COMPOSE": "x", "DOCKER_COMPOSE": "y"}, ["DSTACK_SIMULATOR_APP_COMPOSE and DSTACK_SIMULATOR_DOCKER_COMPOSE "]),
    ({"SOCKET_DIR": "d" * 100}, ["DSTACK_SIMULATOR_SOCKET_DIR ddd", "107 bytes"]),
], ids=lambda value: next(iter(value)) if isinstance(value, dict) else None)
def test_an_error_calls_a_setting_what_the_environment_calls_it(directory, environment, words):
    settings = {f"DSTACK_SIMULATOR_{name}": value for name, value in environment.items()}
    assert_refused(run("--listen", "127.0.0.1:0", cwd=directory, **settings), *words)
    assert os.listdir(directory) == []


def test_an_error_calls_a_setting_what_the_command_line_calls_it(directory):
    assert_refused(run("--name", "x", cwd=directory), "--name needs --docker-compose")
    assert_refused(run("--app-compose", "x", "--docker-compose", "y", cwd=directory), "--app-compose and --docker-compose ")
    assert_refused(run("--listen", "127.0.0.1:0", "--socket-dir", "d" * 100, cwd=directory), "--socket-dir ddd", "107 bytes")


def test_app_keys_that_lack_a_key(directory):
    path = os.path.join(directory, "keys.json")
    with open(path, "w", encoding="ascii") as file:
        file.write("{}")
    assert_refused(run("--check", "--app-keys", path), path, "k256_key")


# --- the environment ---

def test_settings_from_the_environment(own, monkeypatch):
    monkeypatch.setenv("DSTACK_SIMULATOR_SEED", "from the environment")
    own.start()
    by_environment = ask(own.unix, get("/GetKey")).json()
    assert own.stop() == 0
    monkeypatch.delenv("DSTACK_SIMULATOR_SEED")
    own.start("--seed", "from the environment")
    assert ask(own.unix, get("/GetKey")).json() == by_environment
    assert own.stop() == 0
    own.start()
    assert ask(own.unix, get("/GetKey")).json() != by_environment


def test_the_listeners_from_the_environment(own, monkeypatch):
    path = f"{own.directory}/mine.sock"
    monkeypatch.setenv("DSTACK_SIMULATOR_LISTEN", f"127.0.0.1:0 unix:{path}=dstack")
    monkeypatch.setenv("DSTACK_SIMULATOR_SOCKET_DIR", str(own.sockets))
    monkeypatch.setenv("DSTACK_SIMULATOR_READY_FILE", str(own.ready))
    own.command = lambda *options: [PROGRAM, *options]
    own.start()
    assert ask(path, get("/Version")).status == 200
    assert ask(path, get("/prpc/Tappd.Version")).status == 404
    assert ask(own.tcp, get("/prpc/Tappd.Version")).status == 200


def test_an_option_wins_over_the_environment():
    assert_refused(run("--check", DSTACK_SIMULATOR_LOG_LEVEL="loud"), "DSTACK_SIMULATOR_LOG_LEVEL", "loud")
    compose = str(ROOT / "fixtures/app-compose.json")
    assert run("--check", "--app-compose", compose, DSTACK_SIMULATOR_APP_COMPOSE="/nonexistent").returncode == 0
    assert run("--check", DSTACK_SIMULATOR_APP_COMPOSE="").returncode == 0  # an empty one counts as absent


def test_a_mistyped_twin_is_pointed_out():
    result = run("--check", DSTACK_SIMULATOR_LISTNE="1")
    assert result.returncode == 0
    assert "DSTACK_SIMULATOR_LISTNE" in result.stderr and "DSTACK_SIMULATOR_LISTEN?" in result.stderr


# --- a server ---

def test_the_ready_file(own):
    own.start("--listen", "127.0.0.1:0")
    ready = json.loads(own.ready.read_text())
    assert ready["pid"] == own.process.pid
    assert len([e for e in ready["endpoints"] if "url" in e]) == 2
    assert {os.path.basename(e["path"]) for e in ready["endpoints"] if "path" in e} == {
        "dstack.sock", "tappd.sock", "external.sock", "guest.sock", "vmm.sock"}
    for endpoint in ready["endpoints"]:
        if "url" in endpoint:
            host, port = endpoint["url"].removeprefix("http://").split(":")
            assert ask((host, int(port)), get("/Version")).status == 200
        else:
            assert ask(endpoint["path"], get("/prpc/DstackGuest.Version")).status in (200, 404)


def test_from_another_directory(own, directory):
    """Everything it needs is in it; relative names start from the directory it was started in."""
    command = own.command
    own.command = lambda *options: ["sh", "-c", 'cd "$0" && exec "$@"', directory,
                                    os.path.abspath(PROGRAM), *command(*options)[1:]]
    own.sockets = own.sockets.relative_to(directory)
    own.start()
    place = os.path.join(directory, "sockets")
    assert ask(os.path.join(place, "dstack.sock"), get("/Version")).status == 200
    listed = [e["path"] for e in json.loads(own.ready.read_text())["endpoints"] if "path" in e]
    assert {os.path.dirname(path) for path in listed} == {os.path.realpath(place)}
    assert own.stop() == 0
    assert os.listdir(place) == []


def test_the_ready_file_goes_with_the_server(own):
    own.start()
    assert own.stop() == 0
    assert not own.ready.exists()


@pytest.mark.parametrize("change", ["replaced", "removed", "linked"])
def test_a_ready_file_of_another_is_left_alone(own, change):
    own.start()
    text, written = own.ready.read_text(), own.ready.stat().st_mtime_ns
    own.ready.unlink()
    if change == "replaced":
        own.ready.write_text(text.replace(f"{own.process.pid}", "1", 1))
        os.utime(own.ready, ns=(written + 1, written + 1))  # that clock may not go on for some milliseconds
    if change == "linked":
        (own.directory / "elsewhere").write_text(text)
        own.ready.symlink_to("elsewhere")
    assert own.stop() == 0
    assert own.ready.exists() == (change != "removed")
    assert (own.directory / "elsewhere").exists() == (change == "linked")


def test_two_side_by_side(own, second):
    own.start("--seed", "one")
    second.start("--seed", "two")
    keys = [ask(simulator.unix, get("/GetKey?path=a")).json()["key"] for simulator in (own, second)]
    assert keys[0] != keys[1]
    assert ask(own.unix, post("/EmitEvent", '{"event":"mine","payload":""}')).status == 200
    assert "mine" in ask(own.unix, get("/GetQuote")).json()["event_log"]
    assert "mine" not in ask(second.unix, get("/GetQuote")).json()["event_log"]


def test_a_restart_gives_the_same_bytes(own, second):
    requests = [get("/GetQuote?report_data=0102"), get("/GetKey?path=a"), get("/Attest"),
                post("/Sign", '{"algorithm":"secp256k1","data":"00"}'), get("/simulator/root-ca.der")]
    options = ["--public-url", PUBLIC_URL]  # by default it contains the port, which differs each time
    own.start(*options)
    before = [ask(own.tcp, request).body for request in requests]
    assert own.stop() == 0
    own.start(*options)
    assert [ask(own.tcp, request).body for request in requests] == before
    second.start(*options)  # it does not matter where it listens either
    assert [ask(second.tcp, request).body for request in requests] == before


def test_an_app_of_the_users(own):
    compose = own.directory / "app-compose.json"
    compose.write_bytes((ROOT / "fixtures/app-compose.json").read_bytes() + b" \n")
    own.start("--app-compose", str(compose))
    info = ask(own.unix, get("/Info")).json()
    assert info["app_id"] == info["compose_hash"][:40]
    assert json.loads(info["tcb_info"])["app_compose"].encode() == compose.read_bytes()


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log(own, form):
    own.start("--log-format", form)
    assert ask(own.unix, get("/Version?secret=1")).status == 200
    assert ask(own.tcp, get("/absent\x7f")).status in (400, 404)
    assert own.stop() == 0
    lines = [line for line in own.stderr().splitlines() if "GET" in line]
    assert len(lines) >= 1 and "/Version" in lines[0] and "200" in lines[0]
    if form == "json":
        for line in own.stderr().splitlines():
            json.loads(line)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_log_names_the_signal(own, number):
    ours = signal.signal(number, signal.SIG_DFL)  # who runs the tests may ignore it, which is inherited
    own.start()
    signal.signal(number, ours)
    own.process.send_signal(number)
    assert own.wait() == 0
    assert f"{number.name}: finishing requests in flight" in own.stderr()
