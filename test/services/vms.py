"""Deploying small TDs over the VMM."""

import time

COMPOSE = '{"manifest_version":2,"name":"small","runner":"docker-compose"}'
SMALL = {"name": "small", "image": "dstack-0.5.11", "compose_file": COMPOSE, "vcpu": 1, "memory": 2048, "disk_size": 20}


def info(caller, vm):
    return caller.by_json("Teepod.GetInfo", {"id": vm}).value["info"]


def wait_for(caller, vm, progress, seconds=10):
    """Until the boot has come that far, or has failed; returns what the VMM shows of it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        shown = info(caller, vm)
        if shown["boot_progress"] == progress or shown["boot_error"]:
            return shown
        time.sleep(0.005)
    raise AssertionError(f"{vm} is at {shown['boot_progress']}")
