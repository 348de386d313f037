"""Blocks that cannot be run here: for each, by its document and first line, why, and the nearest
check that can be made."""

import configparser
import json
import re
import runpy
import shutil
import subprocess
import urllib.error
import urllib.request
from collections import namedtuple

import yaml
from documents import ROOT
from story import PROGRAM, Failed, environment

Elsewhere = namedtuple("Elsewhere", "document first_line reason check")
MAKE = ["make", "--no-print-directory"]


def run(*command, **settings):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env={**environment(), **settings},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{command}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


def lines_of(block):
    """Its commands, without comments."""
    return [line.partition("  #")[0].split() for line in block.text.splitlines() if line.strip()]


def check_make(block, story):
    """Each target is there and, as far as make can tell without doing it, works."""
    for command, *words in lines_of(block):
        if command == "make":
            run(*MAKE, "--dry-run", *words)


def check_static(block, story):
    """For another machine, its libraries would have to be unpacked, so only the target is looked for."""
    for _, *words in lines_of(block):
        run(*MAKE, "--dry-run", *(word for word in words if not word.startswith("ARCH=")))
        if any(word not in ("static", "ARCH=arm64") for word in words):
            raise Failed(f"{words} are not checked")


def check_drop_in(block, story):
    """The tests of it use the directory that is named."""
    (place,) = re.findall(r"~/(\S+?)/ ", block.text)
    for test in ("test/http/test_drop_in.py", "test/release/test_phala.py"):
        if place not in (ROOT / test).read_text():
            raise Failed(f"{test} has no {place}")


def check_programs(block, story):
    """Each is there, and its usage says that it knows such an argument."""
    for command, *words in lines_of(block):
        usage = re.search(r"usage: .*", (ROOT / command).read_text()).group()
        if not all(word in usage for word in (command, *words)):
            raise Failed(f"{command} says {usage}")


def check_first_commands(block, story):
    check_make(block, story)
    if "exec ./dstack-simulator" not in run(*MAKE, "--dry-run", "run"):
        raise Failed("make run does not start the program")
    story.start([], story.directory, story.variables)  # what the reader has now


def check_install(block, story):
    """It installs, into a directory of the story's, and uninstalls without a trace."""
    for command, *words in lines_of(block):
        run(command, *words, DESTDIR=story.directory / "root")
    installed = [path for path in (story.directory / "root").rglob("*") if path.is_file()]
    if {path.name for path in installed} != {"dstack-simulator", "dstack-simulator.1", "_dstack-simulator",
                                             "dstack-simulator.fish", "dstack-simulator.service",
                                             "dstack-simulator.socket"}:
        raise Failed(f"it installs {installed}")
    run(*MAKE, "uninstall", DESTDIR=story.directory / "root")
    if any(path.exists() for path in installed):
        raise Failed("make uninstall leaves something")


def dockerfile():
    return (ROOT / "Dockerfile").read_text()


def check_docker(block, story):
    """The Dockerfile serves the port that the command publishes, and its settings are good."""
    published = re.search(r"-p 127\.0\.0\.1:(\d+):(\d+)", block.text).groups()
    exposed = re.findall(r"^EXPOSE (\d+)$", dockerfile(), re.M)
    if list(published) != exposed * 2:
        raise Failed(f"the image exposes {exposed}, the command publishes {published}")
    settings = dict(re.findall(r"(DSTACK_SIMULATOR_\w+)=(\S+)", dockerfile()))
    run(PROGRAM, "--check", **{**settings, "DSTACK_SIMULATOR_SOCKET_DIR": str(story.directory)})
    if shutil.which("docker"):
        known = run("docker", "run", "--help") + run("docker", "build", "--help")
        for option in re.findall(r"(?<= )--?\w[\w-]*", block.text):
            if option not in known:
                raise Failed(f"docker has no option {option}")


def check_compose(block, story):
    """Both containers have the image's volume, as a directory."""
    compose = yaml.safe_load(block.text)
    (place,) = re.findall(r"^VOLUME (.*)$", dockerfile(), re.M)
    for name, service in compose["services"].items():
        (volume,) = compose["volumes"]
        if service["volumes"] != [f"{volume}:{place}"]:
            raise Failed(f"{name} has {service['volumes']}, the sockets are in {place}")


def check_workflow(block, story):
    """The service's port is the image's, which has a health check, and the endpoint leads there."""
    workflow = yaml.safe_load(block.text)
    (service,) = workflow["services"].values()
    (port,) = re.findall(r"^EXPOSE (\d+)$", dockerfile(), re.M)
    if service["ports"] != [f"{port}:{port}"]:
        raise Failed(f"the image serves port {port}, not {service['ports']}")
    if not re.search(r"^HEALTHCHECK .*--healthcheck", dockerfile(), re.M):
        raise Failed("the image has no health check, so the service would never be ready")
    if workflow["env"] != {"DSTACK_SIMULATOR_ENDPOINT": f"http://localhost:{port}"}:
        raise Failed(f"the endpoint leads elsewhere: {workflow['env']}")


def check_systemd(block, story):
    """What is installed is there, and systemd, where there is one, accepts it."""
    for name in ("dstack-simulator.service", "dstack-simulator.socket"):
        text = (ROOT / "scripts/systemd" / name).read_text()
        unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
        unit.optionxform = str
        unit.read_string(text)
        if "Unit" not in unit:
            raise Failed(f"{name} is not a unit")
        (story.directory / name).write_text(text.replace("/usr/local/bin/dstack-simulator", str(PROGRAM)))
    if shutil.which("systemd-analyze"):
        run("systemd-analyze", "verify", "--man=no", story.directory / "dstack-simulator.service",
            story.directory / "dstack-simulator.socket")


QUERIES = {"/GetKey": "/GetKey?pat=wallet"}  # the log leaves out what follows the path


def ask(address, target):
    """Whatever the answer is."""
    request = urllib.request.Request(f"http://127.0.0.1:{address}{target}", headers={"User-Agent": "curl/8.5.0"})
    try:
        with urllib.request.urlopen(request) as response:
            response.read()
    except urllib.error.HTTPError as error:
        error.read()


def logged(story, targets, *options):
    """The lines of requests for these."""
    address = story.ports["8099"]
    code, _, errors = story.start(["-l", address, "-d", "none", *options], story.directory, story.variables)
    if code != 0:
        raise Failed(errors)
    for target in targets:
        ask(address, QUERIES.get(target, target))
    story.stop(address)
    return "\n".join(line for line in story.logs[address].read_text().splitlines() if "curl/8.5.0" in line)


def check_log_lines(block, story):
    """But for times and sizes, requests look like this."""
    lines = logged(story, re.findall(r"GET (\S+)", block.text))
    said, real = (re.sub(r"\d+", "0", text.strip()) for text in (block.text, lines))
    if said != real:
        raise Failed(f"the log says {real}")


def check_log_object(block, story):
    """A request has these members, in this order and of these types."""
    said, real = (json.loads(text) for text in (block.text, logged(story, ["/Version"], "--log-format", "json")))
    said_types, real_types = ([(key, type(one)) for key, one in line.items()] for line in (said, real))
    if said_types != real_types:
        raise Failed(f"the log says {real}")


def check_rooms(block, story):
    """Its rooms are there."""
    for room in re.findall(r"(\w+)/", block.text):
        if not any((ROOT / place / room).is_dir() for place in ("", "sim")):
            raise Failed(f"there is no room {room}/")


def check_suites(block, story):
    """Every suite and target that it names exists."""
    check_make(block, story)
    known = runpy.run_path(str(ROOT / "test/run"))["SUITES"]
    for command, *words in lines_of(block):
        if command == "test/run" and set(words) - set(known):
            raise Failed(f"test/run has no suite {set(words) - set(known)}")


def check_languages(block, story):
    """The program that it calls knows each language."""
    for command, language in lines_of(block):
        if f"{language}" not in re.search(r"LANGUAGE is ([^;]*);", (ROOT / command).read_text()).group(1):
            raise Failed(f"{command} does not know {language}")


ELSEWHERE = [Elsewhere(*row) for row in (
    ("README.md", "make run     # set up, build, run",
     "it installs packages, and the tests would run themselves", check_first_commands),
    ("README.md", "docker build -t dstack-simulator .", "it needs a docker daemon and a registry",
     check_docker),
    ("CONTRIBUTING.md", "make                        # build (incremental, about a second)",
     "the tests would run themselves", check_suites),
    ("docs/install.md", "make static                # build/static/amd64/dstack-simulator, or arm64 on such a machine",
     "the suites static and release build and run it", check_static),
    ("docs/install.md", "make deb      # build/deb/dstack-simulator_0.1.0_amd64.deb",
     "the suite release makes and installs them", check_make),
    ("docs/install.md", "scripts/image amd64      # build/image/dstack-simulator-0.1.0-amd64.tar, for docker load",
     "the suite release makes and runs it", check_programs),
    ("docs/release.md", "scripts/release --untagged     # everything for both machines, in build/released/, as a rehearsal",
     "the suite release runs it", check_programs),
    ("docs/drop-in.md",
     "cp dstack-simulator ~/.phala-cloud/simulator/0.5.3/    # below the directory of the version that phala names",
     "it changes the reader's home; test_drop_in.py does the same, and the suite release with phala", check_drop_in),
    ("docs/operate.md", "make", "it writes below /usr/local", check_install),
    ("docs/operate.md", "docker build -t dstack-simulator .", "it needs a docker daemon and a registry",
     check_docker),
    ("docs/operate.md", "# docker compose", "it needs a docker daemon", check_compose),
    ("docs/operate.md", "services:", "GitHub runs it", check_workflow),
    ("docs/operate.md", "systemctl daemon-reload", "it changes the system",
     check_systemd),
    ("docs/operate.md", "06:38:56.108 info  GET /Version 200 69 B 12 us 127.0.0.1:50314 "
     '"curl/8.5.0"', "these are lines of the log, at another time", check_log_lines),
    ("docs/operate.md", '{"time":"2026-01-01T12:00:00.000Z","level":"info","message":"request","verb":"GET",'
     '"path":"/Version",', "it is a line of the log, at another time", check_log_object),
    ("test/clients/README.md", "test/clients/run python       # dstack-sdk 0.5.4 and 0.5.3, sync and async",
     "suites of their own", check_languages),
    ("test/fuzz/README.md", "make fuzz                               # each target for a minute",
     "it takes minutes; the suites fuzz and fuzzing run the targets", check_make),
    ("test/verifiers/README.md",
     "test/verifiers/run python       # dcap-qvl 0.7.0; OpenSSL, voltage-verify 0.2.3, dk-tee-attestation 0.6.5",
     "suites of their own", check_languages),
    ("docs/architecture.md", "socket ─▶ net/ ─▶ http/ ─▶ rpc/router ─▶ rpc/dispatch ─▶ services/ ─▶ td/ ─▶ "
     "tdx/ ─▶ crypto/", "it is a drawing", check_rooms),
)]


def of(block):
    """The row of a block, or None."""
    return next((row for row in ELSEWHERE if row[:2] == (block.document, block.first_line)), None)
