"""Which variant the measurements of a deployment are of, and what can be said of them offline."""

import json

import pytest

from messages import Caller
from simulator import Simulator
from vms import by_socket, deploy, http_get, info, sockets_of

NEWER = {"manifest_version": "3", "name": "needs", "runner": "docker-compose"}


@pytest.fixture(scope="module")
def simulator(directory):
    with Simulator(directory / "v") as started:
        yield started


@pytest.fixture
def caller(simulator):
    return Caller(simulator.url)


def quote(simulator, vm):
    return by_socket(sockets_of(simulator, vm) / "dstack.sock", "GetQuote", {"report_data": "00"})


def verdict(caller, quoted):
    asked = {name: quoted[name] for name in ("quote", "event_log", "vm_config")}
    return caller.by_json("Verifier.verify", asked).value


@pytest.mark.parametrize("memory, variant", [(1024, "legacy"), (2048, "lite"), (2560, "legacy"), (3072, "lite")])
def test_memory_decides_the_variant(simulator, caller, memory, variant):
    quoted = quote(simulator, deploy(caller, memory=memory))
    config = json.loads(quoted["vm_config"])
    assert config.get("tdx_attestation_variant", "legacy") == variant and "legacy" not in config.values()
    assert {"checksum_file", "measurement"} == config["tdx_measurement"].keys()
    assert verdict(caller, quoted)["is_valid"] == (variant == "lite")


def test_the_vm_config_says_what_the_vmm_gave_it(simulator, caller):
    config = json.loads(quote(simulator, deploy(caller, hugepages=True, image="dstack-0.6.0"))["vm_config"])
    told = {name: config[name] for name in ("spec_version", "pci_hole64_size", "hugepages", "num_gpus", "num_nvswitches",
                                            "hotplug_off", "host_share_mode", "image")}
    assert told == {"spec_version": 1, "pci_hole64_size": 0, "hugepages": True, "num_gpus": 0, "num_nvswitches": 0,
                    "hotplug_off": False, "host_share_mode": "9p", "image": "dstack-0.6.0"}
    assert "image" not in json.loads(caller.by_json("DstackGuest.GetQuote", {"report_data": "00"}).value["vm_config"])


def test_a_legacy_deployment_says_what_it_is(simulator, caller):
    vm = deploy(caller, memory=1024)
    events = {event["event"]: event["body"] for event in info(caller, vm)["events"]}
    assert events["simulator.registers"].startswith("the registers of the boot are synthetic")
    log = http_get(*simulator.tcp, f"/logs?id={vm}")
    assert "firmware: the registers of the boot are synthetic: with this much memory" in log
    told = verdict(caller, quote(simulator, vm))
    assert not told["is_valid"] and "the image cannot be checked offline" in told["reason"]
    assert told["details"]["quote_verified"] and not told["details"]["os_image_hash_verified"]
    assert "simulator.registers" not in {event["event"] for event in info(caller, deploy(caller))["events"]}


def test_legacy_registers_follow_from_image_and_machine(simulator, caller):
    def registers(**changes):
        told = json.loads(by_socket(sockets_of(simulator, deploy(caller, memory=1024, **changes)) / "dstack.sock",
                                    "Info")["tcb_info"])
        return told["mrtd"], told["rtmr0"], told["rtmr1"], told["rtmr2"]

    first = registers()
    assert registers() == first
    others = [registers(vcpu=2), registers(image="dstack-0.6.0")]
    assert len({first[1], *(one[1] for one in others)}) == 3
    assert others[0][0] == first[0] and others[0][3] == first[3]


@pytest.mark.parametrize("memory, measures_acpi, boots", [(1024, True, True), (1024, False, False), (4096, True, False),
                                                  (4096, False, True)])
def test_an_app_can_ask_for_one(caller, memory, measures_acpi, boots):
    compose = json.dumps({**NEWER, "requirements": {"tdx_measure_acpi_tables": measures_acpi}})
    changes = {"memory": memory, "image": "dstack-0.6.0", "compose_file": compose}
    if boots:
        deploy(caller, **changes)
        return
    with pytest.raises(AssertionError, match="tdx_measure_acpi_tables"):
        deploy(caller, **changes)


def test_a_deployment_has_its_launch_token(caller):
    """user_config, which only the guest reads."""
    compose = json.dumps({**NEWER, "requirements": {
        "launch_token_hash": "5a3fe916d0d53102d238e41099085c11c2264c6631bb2f1bcdd2da84496ee758"}})
    config = json.dumps({"dstack": {"launch_token": "a launch token of more than thirty-two bytes"}})
    newer = {"image": "dstack-0.6.0", "compose_file": compose}
    deploy(caller, **newer, user_config=config)
    with pytest.raises(AssertionError, match="launch"):
        deploy(caller, **newer)
