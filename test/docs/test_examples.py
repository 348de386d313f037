"""The worked examples in scripts/deploy: what they say of the image and of the program holds, and they are well-formed.
The suite release lints the workflows, and compiles those in other languages with the libraries that they use."""
import json
import re
import shutil
import subprocess
import urllib.request

import pytest
import yaml
from documents import ROOT
from story import PROGRAM, environment

EXAMPLES = sorted((ROOT / "scripts/deploy").rglob("*.*"))
YAML = [path for path in EXAMPLES if path.suffix == ".yml"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
VERSION = re.search(r"^VERSION +:= (\S+)$", (ROOT / "Makefile").read_text(), re.M).group(1)
(PORT,) = map(int, re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.M))
(VOLUME,) = re.findall(r"^VOLUME (.*)$", DOCKERFILE, re.M)


def name_of(path):
    return path.name


def load(name):
    return list(yaml.safe_load_all((ROOT / "scripts/deploy" / name).read_text()))


def everything(node):
    """All mappings in a document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from everything(child)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    """(URL, what it prints) of one that runs as in the image."""
    place = tmp_path_factory.mktemp("examples")
    with open(place / "log", "wb") as log:
        process = subprocess.Popen([PROGRAM, "-l", "0", "-d", "none", "--ready-file", place / "ready"], stdout=log, stderr=log,
                                   env=environment())
    while not (place / "ready").exists():
        assert process.poll() is None
    yield json.loads((place / "ready").read_text())["endpoints"][0]["url"], (place / "log").read_text
    process.terminate()
    assert process.wait(30) == 0


def test_each_example_is_named_in_the_document():
    document = (ROOT / "docs/ci.md").read_text()
    assert [path.name for path in EXAMPLES if path.name not in document] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_images_have_this_version(path):
    assert set(re.findall(r"dstack-simulator:(\d+\.[\w.]+)", path.read_text())) <= {VERSION}


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_variables_exist(path):
    said = subprocess.run([PROGRAM, "--print-config"], env=environment(), capture_output=True, text=True, timeout=30, check=True).stdout
    known = set(re.findall(r"DSTACK_SIMULATOR_\w+", said)) | {"DSTACK_SIMULATOR_ENDPOINT"}
    assert set(re.findall(r"DSTACK_SIMULATOR_[A-Z_]+", path.read_text())) <= known


@pytest.mark.parametrize("path", YAML, ids=name_of)
def test_endpoints_lead_to_the_image(path):
    endpoints = re.findall(r"DSTACK_SIMULATOR_ENDPOINT(?:: |, value: )([^\s}]+)", path.read_text())
    for endpoint in endpoints:
        assert endpoint == f"{VOLUME}/dstack.sock" or re.fullmatch(rf"http://(localhost|dstack):{PORT}", endpoint)


def test_a_service_of_github_is_healthy_and_published():
    (workflow,) = load("github-service.yml")
    assert workflow["jobs"]["test"]["services"]["dstack"]["ports"] == [f"{PORT}:{PORT}"]
    assert re.search(r"^HEALTHCHECK .*--healthcheck", DOCKERFILE, re.M)


def test_scripts_of_workflows_are_shell():
    for path in YAML:
        for node in (node for document in load(path.name) for node in everything(document)):
            for script in [node["run"]] if isinstance(node.get("run"), str) else node.get("script", []):
                subprocess.run(["sh", "-n", "-c", script], check=True, timeout=30)


def test_the_app_of_compose_has_the_volume():
    (compose,) = load("docker-compose.yml")
    mounted = f"sockets:{VOLUME}"
    assert all(service["volumes"] == [mounted] for service in compose["services"].values())


def test_the_override_mounts_the_socket_where_production_has_it():
    (compose,) = load("docker-compose.override.yml")
    (place,) = compose["services"]["simulator"]["volumes"]
    (socket,) = compose["services"]["app"]["volumes"]
    source, _, target = place.partition(":")
    assert target == VOLUME and socket == f"{source}/dstack.sock:/var/run/dstack.sock"


@pytest.mark.parametrize("name", ["kubernetes-sidecar.yml", "kubernetes-service.yml"])
def test_containers_of_kubernetes_are_restricted(name):
    found = [node for document in load(name) for node in everything(document) if "dstack-simulator:" in str(node.get("image"))]
    assert len(found) == 1
    context = found[0]["securityContext"]
    assert context["runAsNonRoot"] and context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"]
    assert context["runAsGroup"] == 0 and context["runAsUser"] > 0 and context["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("name", ["kubernetes-sidecar.yml", "kubernetes-service.yml"])
def test_probes_are_answered(simulator, name):
    probes = [node["httpGet"] for document in load(name) for node in everything(document) if "httpGet" in node]
    assert probes
    for probe in probes:
        assert probe["port"] == PORT
        assert urllib.request.urlopen(simulator[0] + probe["path"], timeout=30).status == 200


def test_replicas_are_the_same(tmp_path):
    """With the settings of the Deployment, two give the same key and the same quote."""
    deployment, service = load("kubernetes-service.yml")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    settings = {entry["name"]: entry["value"] for entry in container["env"]}
    assert settings["DSTACK_SIMULATOR_PUBLIC_URL"] == f"http://{service['metadata']['name']}:{PORT}"
    assert service["spec"]["selector"] == deployment["spec"]["template"]["metadata"]["labels"]
    answers = []
    for number in range(2):
        ready = tmp_path / f"ready{number}"
        with subprocess.Popen([PROGRAM, "-l", "0", "--ready-file", ready], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env={**environment(), **settings}) as process:
            while not ready.exists():
                assert process.poll() is None
            url = json.loads(ready.read_text())["endpoints"][0]["url"]
            answers.append([urllib.request.urlopen(url + path, timeout=30).read() for path in ("/GetKey?path=a", "/GetQuote?report_data=12")])
            process.terminate()
    assert answers[0] == answers[1]


def test_what_testcontainers_wait_for_comes(simulator):
    url, output = simulator
    text = "".join(path.read_text() for path in EXAMPLES if path.parent.name == "testcontainers")
    assert set(re.findall(r"(?i)forhttp\(['\"](/\w+)", text)) == {"/readyz"}
    assert urllib.request.urlopen(f"{url}/readyz", timeout=30).status == 200
    (awaited,) = re.findall(r'wait_for_logs\(container, "(.*)"\)', text)
    assert awaited in output()
    assert set(re.findall(r"\b80\d\d\b", text)) == {str(PORT)}


def test_programs_can_be_read():
    place = ROOT / "scripts/deploy/testcontainers"
    compile((place / "simulator_container.py").read_text(), "simulator_container.py", "exec")
    for tool, *words in (("node", "--check", "simulator.mjs"), ("gofmt", "-l", "-e", "simulator.go")):
        if shutil.which(tool):
            done = subprocess.run([tool, *words], cwd=place, capture_output=True, text=True, timeout=60, check=False)
            assert (done.returncode, done.stdout) == (0, ""), done.stderr
