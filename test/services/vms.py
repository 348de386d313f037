"""Deploying small TDs over the VMM."""

import http.client
import json
import socket
import time

from messages import JSON

COMPOSE = '{"manifest_version":2,"name":"small","runner":"docker-compose"}'
SMALL = {"name": "small", "image": "dstack-0.5.11", "compose_file": COMPOSE, "vcpu": 1, "memory": 2048, "disk_size": 20}


def info(caller, vm):
    return caller.by_json("Teepod.GetInfo", {"id": vm}).value["info"]


def wait_for(caller, vm, progress, seconds=60):
    """Until the boot has come that far, or has failed; returns what the VMM shows of it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        shown = info(caller, vm)
        if shown["boot_progress"] == progress or shown["boot_error"]:
            return shown
        time.sleep(0.005)
    raise AssertionError(f"{vm} is at {shown['boot_progress']}")


def deploy(caller, **changes):
    outcome = caller.by_json("Teepod.CreateVm", {**SMALL, **changes})
    assert outcome.status == 200, outcome.value
    vm = outcome.value["id"]
    if not changes.get("stopped"):
        shown = wait_for(caller, vm, "done")
        assert shown["boot_error"] == "", shown["boot_error"]
    return vm


def sockets_of(simulator, vm):
    return simulator.sockets / "vms" / vm


def wait_until(condition):
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.005)


def status_of(caller, vm):
    return info(caller, vm)["status"]


# --- asking a TD ---

class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


def by_socket(path, method, arguments=None):
    connection = UnixConnection(path)
    connection.request("POST", f"/{method}", json.dumps(arguments or {}), {"Content-Type": JSON})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert response.status == 200, answer
    return answer


def http_get(host, port, path, status=200):
    connection = http.client.HTTPConnection(host, port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    assert response.status == status, body
    return body
