"""The calls of those who deploy: the dstack CLI's, in each encoding and over TCP and the socket; what vmm-cli.py finds
a VMM by; and the log that goes on."""

import hashlib
import http.client
import json
import os
import signal
import subprocess
import time
import urllib.parse

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.message_factory import GetMessageClass

from messages import METHODS, PROTOBUF, Caller, plain, read_protobuf
from simulator import PROGRAM, Simulator
from vms import SMALL, UnixConnection, deploy, wait_for, wait_until

COMPOSE = json.dumps({"gateway_enabled": False, "kms_enabled": False, "manifest_version": 2, "name": "cli",
                      "runner": "docker-compose"}, indent=2, sort_keys=True)


@pytest.fixture(scope="module")
def simulator(directory):
    (directory / "run").mkdir()
    old = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(directory / "run")
    with Simulator(directory / "c") as started:
        yield started
    assert list((directory / "run" / "dstack-vmm").iterdir()) == []  # it is removed at the end
    os.environ.pop("XDG_RUNTIME_DIR")
    if old:
        os.environ["XDG_RUNTIME_DIR"] = old


@pytest.fixture
def caller(simulator):
    return Caller(simulator.url)


def connect(simulator, way):
    if way == "socket":
        return UnixConnection(simulator.sockets / "vmm.sock")
    return http.client.HTTPConnection(urllib.parse.urlsplit(simulator.url).netloc, timeout=60)


# --- dstack, the CLI in Rust ---

def ask(simulator, way, form, method, arguments):
    """JSON without a Content-Type, as the CLI sends it, or protobuf, as the console does."""
    name = f"Teepod.{method}"
    connection = connect(simulator, way)
    if form == "json":
        connection.request("POST", f"/prpc/{name}?json", json.dumps(arguments))
    else:
        message = ParseDict(arguments, GetMessageClass(METHODS[name].input_type)())
        connection.request("POST", f"/prpc/{name}", message.SerializeToString(), {"Content-Type": PROTOBUF})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 200, body
    return json.loads(body) if form == "json" else plain(read_protobuf(METHODS[name].output_type, body))


@pytest.mark.parametrize("way", ["tcp", "socket"])
@pytest.mark.parametrize("form", ["json", "protobuf"])
def test_deploy_apps_and_logs(simulator, caller, way, form):
    deployment = {**SMALL, "name": "cli", "compose_file": COMPOSE, "ports": [], "kms_urls": [], "gateway_urls": []}
    hashed = ask(simulator, way, form, "GetComposeHash", deployment)["hash"]
    assert hashed == hashlib.sha256(COMPOSE.encode()).hexdigest()
    vm = ask(simulator, way, form, "CreateVm", {**deployment, "app_id": hashed[:40]})["id"]
    assert wait_for(caller, vm, "done")["app_id"] == hashed[:40]
    listed = ask(simulator, way, form, "Status", {"brief": True})["vms"]
    (shown,) = [one for one in listed if one["id"] == vm]
    assert (shown["name"], shown["status"], shown["app_id"]) == ("cli", "running", hashed[:40])
    assert not shown["configuration"]
    connection = connect(simulator, way)
    connection.request("GET", f"/logs?id={vm}&follow=false&ansi=false&lines=200")
    response = connection.getresponse()
    assert response.status == 200 and response.read().endswith(b"dstack-prepare: done\n")
    connection.close()


# --- vmm-cli.py ---

def test_it_is_discovered(simulator, directory):
    (file,) = (directory / "run" / "dstack-vmm").iterdir()
    told = json.loads(file.read_text())
    assert file.name == told["id"] + ".json" and told["pid"] == simulator.process.pid
    assert "http://" + told["address"] == simulator.url
    assert set(told) == {"id", "pid", "address", "working_dir", "config_file", "image_path", "run_path", "node_name",
                         "version", "started_at"}


def test_without_tcp_the_socket_is_discovered(directory):
    runtime = directory / "other"
    runtime.mkdir()
    sockets = directory / "o"
    sockets.mkdir()
    ready = directory / "ready"
    process = subprocess.Popen([PROGRAM, "--listen", f"unix:{sockets}/x=dstack", "--socket-dir", sockets,
                                "--ready-file", ready], env={"XDG_RUNTIME_DIR": str(runtime)},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(ready.exists)
    (file,) = (runtime / "dstack-vmm").iterdir()
    assert json.loads(file.read_text())["address"] == f"unix:{sockets}/vmm.sock"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0 and not file.exists()


# --- logs -f ---

@pytest.mark.parametrize("option", ["-f", "--follow"])
def test_the_log_goes_on_until_the_vm_ends(simulator, caller, option):
    vm = deploy(caller)
    with subprocess.Popen([PROGRAM, "logs", option, vm, "--socket-dir", simulator.sockets], stdout=subprocess.PIPE,
                          text=True) as following:
        for line in following.stdout:
            if line == "dstack-prepare: done\n":
                break
        time.sleep(0.05)
        assert following.poll() is None
        caller.by_json("Teepod.RemoveVm", {"id": vm})
        assert following.stdout.read() == "dstack-vmm: the VM is stopping\ndstack-vmm: the VM has stopped\n"
        assert following.wait(60) == 0
