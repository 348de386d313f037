"""--run-containers, with an engine on the PATH that records how it is called."""

import hashlib
import json
import re
import shutil
import stat
import subprocess
import time

import pytest
from dstack_sdk import EnvVar, encrypt_env_vars_sync

from messages import Caller
from simulator import PROGRAM, Simulator
from vms import SMALL, by_socket, deploy, http_get, info, sockets_of, status_of, wait_for, wait_until

DOCKER_COMPOSE = """services:
  web:
    image: nginx
    environment: ["API_KEY=${API_KEY}"]
    volumes: ["/var/run/dstack.sock:/var/run/dstack.sock"]
  db: {image: postgres}
"""
COMPOSE = json.dumps({"manifest_version": 2, "name": "two", "runner": "docker-compose", "kms_enabled": True,
                      "allowed_envs": ["API_KEY"], "docker_compose_file": DOCKER_COMPOSE})
APP_ID = "c0" * 20
SECRET = "it's \"$x\" \\ ö"

# Next to it are `calls`, what it was given, and files that say how it behaves.
ENGINE = r"""#!/bin/sh
here=${0%/*}
[ "$*" != "compose version" ] || exit 0
[ "$*" != version ] || exit 0
env > "$here/environment"
echo "$*" >> "$here/calls"
files=$(echo "$*" | sed 's/.*-f \([^ ]*\)\/docker-compose.yaml.*/\1/')
case " $* " in
*" up "*)
    rm -rf "$here/given"; cp -Rp "$files" "$here/given"
    echo "Container web Starting" >&2
    while [ -e "$here/slow" ]; do sleep 0.02; done
    [ ! -e "$here/broken" ] || { echo "no such image: nginx" >&2; exit 17; } ;;
*" logs "*)
    printf 'web-1  | hello\nweb-1  | w\303\266rld'
    trap 'exit 0' TERM
    while [ ! -e "$here/over" ]; do sleep 0.02; done ;;
esac
"""


class Engine:
    def __init__(self, directory, name="docker"):
        self.directory, self.name = directory, name
        directory.mkdir()
        program = directory / name
        program.write_text(ENGINE)
        program.chmod(0o755)
        self.path = f"{directory}:/usr/bin:/bin"

    def calls(self):
        """The commands, each with its options in front taken off."""
        file = self.directory / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [re.sub(r"^(compose )?-p dstack-[0-9a-f-]{36} -f \S+ -f \S+ ", "", line) for line in lines]

    def given(self, name):
        return self.directory / "given" / name

    def says(self, what, yes=True):
        file = self.directory / what
        file.touch() if yes else file.unlink()


UP, LOGS, DOWN = "up --detach --remove-orphans", "logs --follow", "down --timeout 5"


@pytest.fixture
def engine(tmp_path):
    return Engine(tmp_path / "bin")


@pytest.fixture
def simulator(directory, engine, monkeypatch, request):
    monkeypatch.setenv("PATH", engine.path)
    monkeypatch.setenv("DSTACK_SIMULATOR_VMM_TOKEN", "")
    monkeypatch.setenv("PRIVATE_OF_THE_USER", "secret")
    with Simulator(directory / hashlib.sha256(request.node.name.encode()).hexdigest()[:6], "--run-containers") as started:
        yield started


@pytest.fixture
def caller(simulator):
    return Caller(simulator.url)


def create(caller, **changes):
    outcome = caller.by_json("Teepod.CreateVm", {**SMALL, "compose_file": COMPOSE, **changes})
    assert outcome.status == 200, outcome.value
    return outcome.value["id"]


def log_of(simulator, vm, channel="serial"):
    return http_get(*simulator.tcp, f"/logs?id={vm}&ch={channel}")


def test_the_compose_file_runs_with_sockets_and_environment(simulator, caller, engine):
    key = caller.by_json("KMS.GetAppEnvEncryptPubKey", {"app_id": APP_ID}).value["public_key"]
    sealed = encrypt_env_vars_sync([EnvVar("API_KEY", SECRET), EnvVar("OTHER", "dropped")], key)
    vm = deploy(caller, compose_file=COMPOSE, app_id=APP_ID, encrypted_env=sealed)
    wait_until(lambda: engine.calls() == [UP, LOGS])
    assert f"-p dstack-{vm} " in (engine.directory / "calls").read_text()
    assert engine.given("docker-compose.yaml").read_text() == DOCKER_COMPOSE
    sockets = sockets_of(simulator, vm).resolve()
    mounts = [{"type": "bind", "source": f"{sockets}/{name}", "target": f"/var/run/{name}"}
              for name in ("dstack.sock", "tappd.sock")]
    assert json.loads(engine.given("override.json").read_text()) == {
        "services": {"web": {"volumes": mounts}, "db": {"volumes": mounts}}}
    assert engine.given(".env").read_text() == "API_KEY='it\\'s \"$x\" \\ ö'\n"
    modes = [stat.S_IMODE(engine.given(name).stat().st_mode) for name in (".", ".env", "override.json")]
    assert modes == [0o700, 0o600, 0o600]


def test_the_engine_gets_no_variables_of_the_user(simulator, caller, engine):
    deploy(caller, compose_file=COMPOSE)
    wait_until(lambda: len(engine.calls()) == 2)
    names = {line.split("=")[0] for line in (engine.directory / "environment").read_text().splitlines()}
    assert "PATH" in names and not names & {"PRIVATE_OF_THE_USER", "DSTACK_SIMULATOR_VMM_TOKEN"}


def test_output_is_in_the_log(simulator, caller, engine):
    vm = deploy(caller, compose_file=COMPOSE)
    wait_until(lambda: "hello" in log_of(simulator, vm))
    assert "Container web Starting\n" in log_of(simulator, vm, "stderr")
    assert log_of(simulator, vm, "stdout") == "web-1  | hello\n"  # the other line has no end yet
    engine.says("over")
    wait_until(lambda: "no container runs any more" in log_of(simulator, vm))
    assert log_of(simulator, vm, "stdout").endswith("web-1  | hello\nweb-1  | wörld\n")
    assert status_of(caller, vm) == "running"


def test_the_boot_waits_for_them_and_nothing_else_does(simulator, caller, engine):
    engine.says("slow")
    vm = create(caller)
    wait_until(lambda: engine.calls() == [UP])
    time.sleep(0.1)
    assert info(caller, vm)["boot_progress"] == "starting containers"
    assert by_socket(sockets_of(simulator, vm) / "dstack.sock", "Info")["app_name"] == "two"
    engine.says("slow", False)
    assert wait_for(caller, vm, "done")["boot_error"] == ""


def test_what_does_not_start_is_told(simulator, caller, engine):
    engine.says("broken")
    vm = create(caller)
    assert wait_for(caller, vm, "done")["boot_error"] == "the containers do not start: no such image: nginx"
    assert status_of(caller, vm) == "running"
    caller.by_json("Teepod.RemoveVm", {"id": vm})
    wait_until(lambda: not caller.by_json("Teepod.GetInfo", {"id": vm}).value["found"])
    assert engine.calls() == [UP, DOWN]


def test_an_engine_that_is_gone_is_told(caller, engine):
    (engine.directory / engine.name).unlink()
    vm = create(caller)
    sentence = f"cannot start {engine.directory}/docker: no such file or directory"
    assert wait_for(caller, vm, "done")["boot_error"] == f"the containers do not start: {sentence}"
    caller.by_json("Teepod.RemoveVm", {"id": vm})
    wait_until(lambda: not caller.by_json("Teepod.GetInfo", {"id": vm}).value["found"])


@pytest.mark.parametrize("place, sentence", [
    ("vms", "cannot create the directory "),
    ("vms/{vm}/compose", "docker-compose.yaml: Not a directory"),
    ("vms/{vm}/compose/docker-compose.yaml/x", "docker-compose.yaml: Is a directory"),
])
def test_files_in_the_way_are_told(simulator, caller, place, sentence):
    vm = create(caller, stopped=True)
    file = simulator.sockets / place.format(vm=vm)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    caller.by_json("Teepod.StartVm", {"id": vm})
    assert sentence in wait_for(caller, vm, "done")["boot_error"]
    file.unlink()
    shutil.rmtree(simulator.sockets / "vms", ignore_errors=True)


@pytest.mark.parametrize("method, status", [("StopVm", "stopped"), ("SvStop", "exited"), ("ShutdownVm", "stopped")])
def test_they_go_with_the_vm(simulator, caller, engine, method, status):
    vm = deploy(caller, compose_file=COMPOSE)
    wait_until(lambda: len(engine.calls()) == 2)
    caller.by_json(f"Teepod.{method}", {"id": vm})
    wait_until(lambda: status_of(caller, vm) == status)
    assert engine.calls() == [UP, LOGS, DOWN]
    assert not sockets_of(simulator, vm).exists()


def test_they_start_again_with_it(caller, engine):
    vm = deploy(caller, compose_file=COMPOSE)
    caller.by_json("Teepod.StopVm", {"id": vm})
    caller.by_json("Teepod.StartVm", {"id": vm})
    wait_until(lambda: engine.calls()[-1:] == [LOGS] and len(engine.calls()) > 3)
    assert [call for call in engine.calls() if call != LOGS] == [UP, DOWN, UP]


def test_a_start_is_cut_short(simulator, caller, engine):
    engine.says("slow")
    vm = create(caller)
    wait_until(lambda: engine.calls() == [UP])
    caller.by_json("Teepod.RemoveVm", {"id": vm})
    wait_until(lambda: not caller.by_json("Teepod.GetInfo", {"id": vm}).value["found"])
    assert engine.calls() == [UP, DOWN]
    assert not (simulator.sockets / "vms").exists()


@pytest.mark.parametrize("how", ["running", "starting", "being removed"])
def test_they_go_with_the_simulator(simulator, caller, engine, how):
    if how == "running":
        deploy(caller, compose_file=COMPOSE)
        deploy(caller, compose_file=COMPOSE, name="other")
        wait_until(lambda: engine.calls().count(LOGS) == 2)
    else:
        engine.says("slow")
        vm = create(caller)
        wait_until(lambda: engine.calls() == [UP])
    if how == "being removed":
        caller.by_json("Teepod.RemoveVm", {"id": vm})
    assert simulator.stop() == 0  # which sees to it that no socket is left
    simulator.has_ended = True
    assert engine.calls().count(DOWN) == engine.calls().count(UP)


@pytest.mark.parametrize("compose", [
    {"manifest_version": 2, "name": "none", "runner": "docker-compose"},
    {"manifest_version": 1, "name": "bash", "runner": "bash", "bash_script": "true",
     "docker_compose_file": "services: {}"}])
def test_an_app_without_containers_needs_no_engine(caller, engine, compose):
    deploy(caller, compose_file=json.dumps(compose))
    assert engine.calls() == []


@pytest.mark.parametrize("name, calls", [("podman", "compose -p "), ("podman-compose", "-p "),
                                         ("docker-compose", "-p ")])
def test_others_stand_in_for_docker(directory, tmp_path, monkeypatch, name, calls):
    """Of the engines before it, one cannot be run, and one has no command compose."""
    engine = Engine(tmp_path / "bin", name)
    (engine.directory / "docker").write_text("not executable")
    if name != "podman":
        (engine.directory / "podman").write_text("#!/bin/sh\nexit 125\n")
        (engine.directory / "podman").chmod(0o755)
    for tool in "sh", "env", "sed", "cp", "rm", "sleep":
        (engine.directory / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(engine.directory))
    with Simulator(directory / calls.split()[0] / engine.name, "--run-containers") as simulator:
        deploy(Caller(simulator.url), compose_file=COMPOSE)
        wait_until(lambda: engine.calls() == [UP, LOGS])
        assert (engine.directory / "calls").read_text().startswith(calls)


@pytest.mark.parametrize("options, sentence", [
    ([], "--run-containers: containers need docker compose, podman compose, podman-compose or docker-compose on the "
         "PATH, but none of them works"),
    (["-d", "none"], "--run-containers needs sockets; give --socket-dir a directory")])
def test_it_says_what_is_missing(tmp_path, options, sentence):
    done = subprocess.run([PROGRAM, "--run-containers", "--check", *options], capture_output=True, text=True,
                          check=False, env={"PATH": str(tmp_path)})
    assert (done.returncode, done.stderr) == (2, f"dstack-simulator: {sentence}\n")
    assert subprocess.run([PROGRAM, "--check"], env={"PATH": str(tmp_path)}, check=False).returncode == 0
