"""Ten deployments that differ in size, image, compose file and key provider: each is accepted, and no two of them
share what is a TD's own."""

import itertools
import json
import time

import pytest

from support import Simulated, registers, replay

IMAGES = ["dstack-0.5.11", "dstack-0.6.0", "dstack-0.5.4"]
PROVIDERS = ["none", "kms", "local", "tpm"]
SIZES = [(1, 2048), (2, 3072), (4, 4096), (8, 16384), (3, 1024)]  # the last one is of the legacy variant


def deployment(number):
    compose = {"manifest_version": 2, "name": f"app {number}", "runner": "docker-compose",
               "key_provider": PROVIDERS[number % 4]}
    vcpu, memory = SIZES[number % 5]
    return {"name": f"vm {number}", "image": IMAGES[number % 3], "vcpu": vcpu, "memory": memory, "disk_size": 1,
            "compose_file": json.dumps(compose)}


def boot(host, vm):
    """The TD, once it has booted."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        told = host.call("Teepod.GetInfo", id=vm)["info"]
        assert not told["boot_error"], told["boot_error"]
        if told["boot_progress"] == "done":
            (url,) = [event["body"] for event in told["events"] if event["event"] == "simulator.url"]
            return Simulated(url)
        time.sleep(0.01)
    raise AssertionError(f"{vm} does not boot")


@pytest.fixture(scope="module")
def deployed(host):
    """The settings and the TD of each."""
    settings = [deployment(number) for number in range(10)]
    vms = [host.call("Teepod.CreateVm", **each)["id"] for each in settings]
    yield list(zip(settings, (boot(host, vm) for vm in vms)))
    for vm in vms:
        host.call("Teepod.RemoveVm", id=vm)


def test_each_quote_is_accepted(host, deployed):
    for settings, td in deployed:
        got = td.quote()
        collateral = host.collateral(got["quote"])
        assert collateral and host.verify(got["quote"]).status == "UpToDate", settings
        assert replay(got["event_log"]) == registers(got["quote"]), settings


def test_each_that_is_lite_is_valid_as_a_whole(host, deployed):
    variants = []
    for settings, td in deployed:
        told = td.call("DstackGuest.GetQuote", report_data="1234")
        verdict = host.post("/verify", {name: told[name] for name in ("quote", "event_log", "vm_config")})
        variants.append(json.loads(told["vm_config"]).get("tdx_attestation_variant", "legacy"))
        assert verdict["is_valid"] == (variants[-1] == "lite"), (settings, verdict)
    assert sorted(variants) == ["legacy"] * 2 + ["lite"] * 8


def test_no_two_share_what_is_their_own(deployed):
    seen = {"instance id": [], "RTMR3": [], "key": [], "secp256k1 key": [], "certificate": []}
    for _, td in deployed:
        seen["instance id"].append(td.call("DstackGuest.Info")["instance_id"])
        seen["RTMR3"].append(registers(td.quote()["quote"])[3])
        seen["key"].append(td.call("Tappd.DeriveKey", path="p")["key"])
        seen["secp256k1 key"].append(td.call("DstackGuest.GetKey", path="p")["key"])
        seen["certificate"].append(td.call("DstackGuest.Info")["app_cert"])
    for what, values in seen.items():
        for one, other in itertools.combinations(values, 2):
            assert one != other, what
