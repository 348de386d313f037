"""The steps of CONTRIBUTING.md alone add a service, a method and an option: they are taken in a copy of the tree,
and what they add is found wherever such things are named."""
import json
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROTO = """\
// Says hello.
syntax = "proto3";
package dstack;

import "common.proto";

service Greeter {
  // Greets by name.
  rpc Greet(GreetArgs) returns (GreetResponse);
}

message GreetArgs {
  // Example: "world"
  string name = 1;
}

message GreetResponse {
  // Example: "hello, world"
  string greeting = 1;
}
"""

FILE = """\
#include "sim/services/service.h"

#include "proto/greeter.pb-c.h"

typedef Dstack__Greeter_Service Service;

static void greeter_greet(Service *service, const Dstack__GreetArgs *args,
                          Dstack__GreetResponse_Closure reply, void *data)
{
    Dstack__GreetResponse response = DSTACK__GREET_RESPONSE__INIT;
    struct rpc_call *call = data;

    (void)service;
    response.greeting = arena_printf(call->arena, "hello, %s", args->name);
    reply(&response, call);
}

static const Service methods = DSTACK__GREETER__INIT(greeter_);

const struct service greeter_service = {
    .name = "greeter",
    .summary = "Greets those who call",
    .methods = &methods.base,
};
"""

ROW = "    ROW(greeter)"

RPC = """\
  // Says that it is there.
  rpc Ping(Empty) returns (VersionResponse);
"""

FUNCTION = """\
static void guest_agent_ping(Service *service, const Dstack__Empty *args,
                             Dstack__VersionResponse_Closure reply, void *call)
{
    reply_version(reply, call);
}

"""

FIELD = "    char *greeting;\n"
OPTION = """\
    {"greeting", 0, "TEXT", STRING(greeting), .group = GROUP_LISTENING, .is_joined = true,
     .brief = "what to say first", .more = "What to say first."},
"""


def insert(path, before, text):
    """Before the first line that begins so."""
    whole = path.read_text()
    place = re.search(rf"^{re.escape(before)}", whole, re.M).start()
    path.write_text(whole[:place] + text + whole[place:])


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of this one, built with the new service."""
    copy = tmp_path_factory.mktemp("greeting") / "tree"
    copy.mkdir()
    for name in ("Makefile", "README.md", "CHANGELOG.md", "crypto", "debian", "docs", "fixtures", "scripts", "sim", "test"):
        subprocess.run(["cp", "-a", ROOT / name, copy], check=True)
    objects = shutil.ignore_patterns("asan", "clang", "venv", "unit", "logs", "clang-format-*", "clients", "verifiers",
                                     "tools", "release*", "arm64", "static", "deb*", "dist", "image", "packages",
                                     "fuzz", "libfuzzer")
    shutil.copytree(ROOT / "build", copy / "build", symlinks=True, ignore=objects)
    (copy / "sim/proto/greeter.proto").write_text(PROTO)
    (copy / "sim/services/greeter.c").write_text(FILE)
    registry = copy / "sim/services/registry.c"
    text = registry.read_text()
    row = re.search(r"^    ROW\(kms\).*\n", text, re.M)
    registry.write_text(text[:row.end()] + ROW.ljust(row.end() - row.start() - 2) + "\\\n" + text[row.end():])
    insert(copy / "sim/proto/dstack_guest.proto", "  // Version of the simulator.", RPC)
    insert(copy / "sim/services/guest_agent.c", "static const Service methods", FUNCTION)
    insert(copy / "sim/cli/options_data.h", "    bool vm_ports;", FIELD)
    insert(copy / "sim/cli/options_table.c", '    {"vm-ports"', OPTION)
    make(copy, "all", "docs")
    return copy


def make(tree, *targets):
    done = subprocess.run(["make", "-j2", *targets], cwd=tree, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def run(tree, *arguments):
    return subprocess.run([tree / "dstack-simulator", *arguments], capture_output=True, text=True, timeout=30,
                          check=False)


@pytest.fixture(scope="module")
def url(tree):
    """A listener of the new service and the guest agent, with a fault for one call of the new service's method."""
    ready = tree / "ready"
    command = [tree / "dstack-simulator", "--listen=127.0.0.1:0=greeter,dstack", "--socket-dir=none",
               f"--ready-file={ready}", "--fault=Greeter.Greet=503,times=1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not ready.exists():
            assert process.poll() is None, "it ended before it was ready"
        yield json.loads(ready.read_text())["endpoints"][0]["url"]
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_help_lists_it(tree):
    assert "kms greeter vmm" in " ".join(run(tree, "--help").stdout.split())
    assert "kms, greeter, vmm" in run(tree, "--man").stdout


def test_the_table_in_the_readme_lists_it(tree):
    assert "| `greeter` | Greets those who call |\n" in (tree / "README.md").read_text()


def test_its_methods_can_have_faults(tree):
    assert run(tree, "--check", "--fault=Greeter.Greet=500").returncode == 0
    assert run(tree, "--check", "--fault=Greeter.Great=500").returncode != 0
    assert run(ROOT, "--check", "--fault=Greeter.Greet=500").returncode != 0


def test_it_is_served_and_described(url):
    with urllib.request.urlopen(f"{url}/openapi.json", timeout=30) as response:
        described = json.load(response)
    assert described["paths"]["/prpc/Greeter.Greet"]["post"]["tags"] == ["Greeter"]
    assert "Greeter" in [tag["name"] for tag in described["tags"]]
    with pytest.raises(urllib.error.HTTPError, match="503"):
        urllib.request.urlopen(f"{url}/prpc/Greeter.Greet?name=world", timeout=30)
    with urllib.request.urlopen(f"{url}/prpc/Greeter.Greet?name=world", timeout=30) as response:
        assert json.load(response) == {"greeting": "hello, world"}


def test_a_method_is_a_line_and_a_function(url):
    with urllib.request.urlopen(f"{url}/openapi.json", timeout=30) as response:
        described = json.load(response)["paths"]["/Ping"]["post"]
    assert described["summary"].startswith("Says that it is there")
    with urllib.request.urlopen(f"{url}/Ping", timeout=30) as response:
        assert json.load(response)["version"]


def test_an_option_is_a_field_and_a_row(tree):
    assert "DSTACK_SIMULATOR_GREETING=hello" in run(tree, "--print-config", "--greeting", "hello").stdout
    assert "--greeting TEXT" in run(tree, "--help").stdout
    assert "`--greeting`" in (tree / "docs/options.md").read_text()
    assert "greeting" in (tree / "scripts/share/dstack-simulator.bash").read_text()


def test_contributing_names_each_step():
    """The files that are changed here, and no others."""
    text = (ROOT / "CONTRIBUTING.md").read_text().partition("## What to write")[2].partition("\n## ")[0]
    assert set(re.findall(r"`((?:sim|share)/[\w./]*)`", text)) == {
        "sim/proto/", "sim/services/", "sim/services/registry.c", "sim/cli/options_data.h", "sim/cli/options_table.c"}
    assert "`make docs`" in text
