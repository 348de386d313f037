"""Deploying with images of --image: directories as dstack's VMM has them."""

import base64
import hashlib
import json
import subprocess

import pytest

from images import cbor, make_image, measurement
from messages import Caller
from simulator import PROGRAM, Simulator
from vms import by_socket, deploy, info, sockets_of


@pytest.fixture(scope="module")
def images(directory):
    return [make_image(directory / "dstack-0.5.4", kernel="one", version=None),
            make_image(directory / "dstack-dev-0.6.1", kernel="two", fixture="os-image-0.6.json", version="",
                       is_dev=True),
            make_image(directory / "custom", kernel="three", version="0.5.9"),
            make_image(directory / "dstack-0.6.0", kernel="four", version="0.6.0")]


@pytest.fixture(scope="module")
def simulator(directory, images):
    with Simulator(directory / "i", *(part for image in images for part in ("--image", image))) as started:
        yield started


@pytest.fixture
def caller(simulator):
    return Caller(simulator.url)


def identity(simulator, vm):
    return by_socket(sockets_of(simulator, vm) / "dstack.sock", "Info")


def test_the_measurement_is_that_of_the_program(simulator, caller):
    """What the tests write is what a verifier gets of the image that is part of the program."""
    config = json.loads(identity(simulator, deploy(caller))["vm_config"])
    assert base64.b64decode(config["tdx_measurement"]["measurement"]) == cbor(measurement("os-image.json"))


def test_they_are_listed(caller, images):
    listed = {image["name"]: image for image in caller.by_json("Teepod.ListImages", {}).value["images"]}
    told = {name: (image["version"], image["is_dev"]) for name, image in listed.items()}
    assert told == {"dstack-0.5.11": ("0.5.11", False), "dstack-0.6.0": ("0.6.0", False),
                    "dstack-0.5.4": ("0.5.4", False), "dstack-dev-0.6.1": ("0.6.1", True), "custom": ("0.5.9", False)}
    for image in images:
        assert listed[image.name]["description"] == (image / "metadata.json").read_text()


@pytest.mark.parametrize("memory", [2048, 1024])
def test_each_is_measured(simulator, caller, images, memory):
    seen = set()
    for image in images:
        vm = deploy(caller, image=image.name, memory=memory)
        told = identity(simulator, vm)
        config = json.loads(told["vm_config"])
        assert told["os_image_hash"] == config["os_image_hash"] == (image / "digest.txt").read_text().strip()
        quoted = by_socket(sockets_of(simulator, vm) / "dstack.sock", "GetQuote", {"report_data": "00"})
        verdict = caller.by_json("Verifier.verify", {
            name: quoted[name] for name in ("quote", "event_log", "vm_config")}).value
        assert verdict["is_valid"] == (memory == 2048), verdict
        if memory == 2048:
            given = {name: base64.b64decode(value) for name, value in config["tdx_measurement"].items()}
            assert given == {"checksum_file": (image / "sha256sum.txt").read_bytes(),
                             "measurement": (image / "measurement.tdx.cbor").read_bytes()}
        seen.add(json.loads(told["tcb_info"])["rtmr1"])
    assert len(seen) == len(images)


def test_one_of_the_same_name_takes_the_place_of_the_embedded(simulator, caller, images):
    told = identity(simulator, deploy(caller, image="dstack-0.6.0"))
    assert told["os_image_hash"] == (images[3] / "digest.txt").read_text().strip()


# --- what is refused ---

def write(name, text):
    return lambda image: (image / name).write_bytes(text.encode())


def edit(**members):
    def change(image):
        metadata = json.loads((image / "metadata.json").read_text())
        metadata.update(members)
        metadata = {name: value for name, value in metadata.items() if value != "missing"}
        (image / "metadata.json").write_text(json.dumps(metadata))
    return change


def lose(name):
    return lambda image: (image / name).unlink()


def other_measurement(image):
    (image / "measurement.tdx.cbor").write_bytes(b"\xa0")
    checksums = hashlib.sha256(b"\xa0").hexdigest() + "  measurement.tdx.cbor\n"
    (image / "sha256sum.txt").write_text(checksums)
    (image / "digest.txt").write_text(hashlib.sha256(checksums.encode()).hexdigest())


def unlisted(image):
    (image / "sha256sum.txt").write_text("x\n")
    (image / "digest.txt").write_text(hashlib.sha256(b"x\n").hexdigest())


WRONG = {
    "no metadata": (lose("metadata.json"), "metadata.json"),
    "no JSON": (write("metadata.json", "{"), "metadata.json: "),
    "no kernel": (edit(kernel="missing"), "metadata.json: the member kernel is missing"),
    "kernel outside": (edit(kernel="../bzImage"), "metadata.json: kernel must be a file in the directory"),
    "initrd outside": (edit(initrd="/boot/initrd"), "metadata.json: initrd must be a file in the directory"),
    "rootfs outside": (edit(rootfs="a/../../b"), "metadata.json: rootfs must be a file in the directory"),
    "old": (edit(version="0.4.2"), "version 0.4.2 is too old: images from 0.5.0 on are supported"),
    "no version": (edit(version="missing"), "version must be three numbers such as 0.5.4"),
    "version a number": (edit(version=5), "metadata.json: version must be a string"),
    "no digest": (lose("digest.txt"), "digest.txt"),
    "another digest": (write("digest.txt", "00" * 32), "digest.txt must be the SHA-256 of sha256sum.txt, in hex"),
    "no checksums": (lose("sha256sum.txt"), "sha256sum.txt"),
    "empty checksums": (write("sha256sum.txt", ""), "sha256sum.txt must be text"),
    "checksums with NUL": (write("sha256sum.txt", "x\0"), "sha256sum.txt must be text"),
    "long checksums": (write("sha256sum.txt", "x" * 5000), "4095 bytes"),
    "measurement not listed": (unlisted, "sha256sum.txt: checksum_file has no line for measurement.tdx.cbor"),
    "no measurement": (lose("measurement.tdx.cbor"), "an image without it cannot be measured here"),
    "another measurement": (write("measurement.tdx.cbor", "x"),
                            "sha256sum.txt has another SHA-256 of measurement.tdx.cbor"),
    "no CBOR of ours": (other_measurement, "measurement.tdx.cbor: the measurement is not a CBOR map of version 3"),
}


@pytest.mark.parametrize("change, sentence", WRONG.values(), ids=WRONG)
def test_a_broken_image_is_refused_at_the_start(directory, request, change, sentence):
    name = "wrong-" + request.node.callspec.id.replace(" ", "-")
    image = make_image(directory / name)
    change(image)
    done = subprocess.run([PROGRAM, "--check", "--image", image], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"dstack-simulator: --image: the image {image}: ") and sentence in done.stderr


def check(*images, **environment):
    command = [PROGRAM, "--check", *(part for image in images for part in ("--image", image))]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stderr


def test_names(directory, images):
    spaced = make_image(directory / "a b")
    assert "the directory's name \"a b\" is not one of an image" in check(spaced)
    twin = make_image(directory / "other" / images[0].name)
    assert f"there are two images named {images[0].name}" in check(images[0], twin)
    assert "does not exist" in check(directory / "none")
    assert check(f"{images[0]}/") == ""


def test_the_environment_lists_them(directory, images):
    escaped = str(make_image(directory / "with blanks" / "inside")).replace(" ", "\\ ")
    assert check(DSTACK_SIMULATOR_IMAGE=f"{images[0]} {escaped}") == ""
    assert "--image" not in check(DSTACK_SIMULATOR_IMAGE="/none")
    assert "DSTACK_SIMULATOR_IMAGE: the image /none does not exist" in check(DSTACK_SIMULATOR_IMAGE="/none")
