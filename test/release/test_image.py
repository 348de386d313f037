"""The container image, made and run without a daemon and without a registry, and its bill of materials."""
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
import urllib.request

import pytest
from simulator import ROOT

SECONDS = 300
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
PROGRAM = "/usr/local/bin/dstack-simulator"
ANY_USER = "54321:0"


def run(*command):
    done = subprocess.run(list(map(str, command)), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def program():
    mine = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "PROGRAM")}
    subprocess.run(["make", "--no-print-directory", "static"], cwd=ROOT, env=mine, check=True, timeout=1200)
    return ROOT / "build/static" / ARCH / "dstack-simulator"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Options of buildah: images are kept here alone, as plain files."""
    if shutil.which("buildah") is None:
        pytest.skip("buildah not found: `scripts/setup release` installs it")
    place = tmp_path_factory.mktemp("store")
    return ["--storage-driver", "vfs", "--root", place / "root", "--runroot", place / "run"]


@pytest.fixture(scope="module")
def image(store):
    return ROOT / run("scripts/image", ARCH, *store).strip()


@pytest.fixture(scope="module")
def config(image):
    with tarfile.open(image) as tar:
        (manifest,) = json.load(tar.extractfile("manifest.json"))
        return json.load(tar.extractfile(manifest["Config"]))


@pytest.fixture
def container(image, store):
    made = run("buildah", *store, "from", "--pull-never", f"docker-archive:{image}").strip()
    yield made
    run("buildah", *store, "rm", made)


def await_ready(port, process):
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None and time.monotonic() < deadline
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/GetQuote?report_data=1234", timeout=10) as answer:
                return json.load(answer)
        except OSError:
            time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_holds_the_program_and_the_volume_alone(container, store, program):
    root = run("buildah", *store, "mount", container).strip()
    files = {path: "/" + os.path.relpath(path, root) for path, _, names in os.walk(root) for path in
             (os.path.join(path, name) for name in names)}
    assert list(files.values()) == [PROGRAM]
    assert open(root + PROGRAM, "rb").read() == program.read_bytes()
    volume = os.stat(root + "/var/run/dstack")
    assert (volume.st_mode & 0o777, volume.st_gid) == (0o775, 0)
    run("buildah", *store, "umount", container)


def test_it_describes_itself(config):
    settings = config["config"]
    version = re.search(r"^VERSION +:= (\S+)$", (ROOT / "Makefile").read_text(), re.M).group(1)
    assert settings["User"] == "8090:0" and settings["Volumes"] == {"/var/run/dstack": {}}
    assert settings["Entrypoint"] == [PROGRAM] and list(settings["ExposedPorts"]) == ["8090/tcp"]
    assert settings["Healthcheck"]["Test"] == ["CMD", PROGRAM, "--healthcheck"]
    assert settings["Labels"]["org.opencontainers.image.version"] == version
    assert {f"org.opencontainers.image.{name}" for name in ("title", "description", "licenses", "revision")} <= set(settings["Labels"])
    assert config["architecture"] == ARCH


@pytest.mark.parametrize("user", ["8090:0", ANY_USER])
def test_it_runs_as_any_user_and_checks_its_health(container, store, user):
    port = free_port()
    words = ["buildah", *store, "run", "--isolation", "chroot", "--user", user, "--env", f"DSTACK_SIMULATOR_LISTEN=127.0.0.1:{port}",
             container, "--", PROGRAM]
    with subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert await_ready(port, process)["quote"]
            run(*words, "--healthcheck")
        finally:
            process.terminate()
            process.wait(SECONDS)


def test_the_same_program_gives_the_same_layer(image, store):
    """buildah puts a random host name beside it, which Docker's format has."""
    def layers():
        with tarfile.open(image) as tar:
            (manifest,) = json.load(tar.extractfile("manifest.json"))
            return [hashlib.sha256(tar.extractfile(name).read()).hexdigest() for name in manifest["Layers"]]
    first = layers()
    run("scripts/image", ARCH, *store)
    assert len(first) == 1 and layers() == first


@pytest.fixture
def short(tmp_path):
    """podman bears no long names."""
    with tempfile.TemporaryDirectory(prefix="pod-", dir="/tmp") as name:
        yield name


def test_podman_runs_it_with_a_root_that_cannot_be_written(image, short, tmp_path):
    if shutil.which("podman") is None:
        pytest.skip("podman not found; buildah has run the image")
    store = ["--storage-driver", "vfs", "--root", f"{short}/root", "--runroot", f"{short}/run", "--cgroup-manager", "cgroupfs"]
    name = run("podman", *store, "load", "--quiet", "--input", image).split()[-1]
    port = free_port()
    words = ["podman", *store, "run", "--rm", "--network", "host", "--read-only", "--user", ANY_USER, "--ulimit", "nofile=1024:1024",
             "--ulimit", "nproc=1024:1024", "--env", f"DSTACK_SIMULATOR_LISTEN=127.0.0.1:{port}", name]
    with open(tmp_path / "log", "wb") as log, subprocess.Popen(list(map(str, words)), stdout=log, stderr=log) as process:
        try:
            try:
                assert await_ready(port, process)["quote"]
            except AssertionError:
                if process.wait(SECONDS) not in (125, 126, 127):  # which are podman's own
                    raise
                pytest.skip(f"podman cannot start containers here, buildah has run the image: {(tmp_path / 'log').read_text()[-200:]}")
        finally:
            process.terminate()
            process.wait(SECONDS)


def test_the_bill_of_materials_names_each_library(program):
    said = json.loads(run("scripts/sbom", ARCH))
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    own, *others = said["packages"]
    assert said["spdxVersion"] == "SPDX-2.3" and own["checksums"] == [{"algorithm": "SHA256", "checksumValue": digest}]
    names = {one["name"] for one in others}
    assert {"GNU C Library", "GMP", "jansson", "libsecp256k1", "libuv", "libyaml", "llhttp", "mbedTLS", "nettle", "protobuf-c"} <= names
    assert all(one["licenseDeclared"] and one["versionInfo"] for one in said["packages"])
    ids = {one["SPDXID"] for one in said["packages"]}
    assert len(ids) == len(said["packages"]) and all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", one) for one in ids)
    assert {one["relatedSpdxElement"] for one in said["relationships"]} == ids
