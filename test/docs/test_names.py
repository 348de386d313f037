"""What documents name exists: options, variables, files, rooms, services and methods. And they are
as long and as wide as their readers can bear."""

import functools
import json
import re
import runpy
import subprocess

import pytest
from documents import ROOT, documents
from story import PROGRAM, environment

README_LINES = 150
COLUMNS = 110

# Options of programs that documents also name.
OTHERS = {"--json", "--url", "--kms-url", "--methods", "--parts", "--keep-counts", "--keep-scale", "--ignored", "--port", "--host", "--publish", "--untagged",
          "--in", "--keep", "--places"}
# Names in documents that belong to others, or to the reader.
FOREIGN_VARIABLES = {"DSTACK_SIMULATOR_ENDPOINT", "TAPPD_SIMULATOR_ENDPOINT"}

NAMES = sorted(documents())


def program(*arguments):
    done = subprocess.run([PROGRAM, *arguments], env=environment(), capture_output=True, text=True,
                          timeout=30, check=False)
    return done.stdout if done.returncode == 0 else done.stderr


@functools.cache
def manual():
    return program("--man").replace("\\-", "-")


@functools.cache
def methods():
    """The methods of each service, whose name has the version of its package in front."""
    found = {}
    for path in sorted((ROOT / "sim/proto").glob("*.proto")):
        proto = path.read_text()
        version = re.search(r"^package [\w.]*?\b(v\d+)?;", proto, re.M).group(1)
        for name, body in re.findall(r"^service (\w+) \{(.*?)^\}", proto, re.M | re.S):
            found[f"{version}.{name}" if version else name] = re.findall(r"rpc (\w+)", body)
    return found


def table_under(document, heading):
    """The rows of the first table after a heading, each a list of cells."""
    after = documents()[document].text.partition(f"\n{heading}\n")[2]
    rows = re.search(r"(^\|.*\|\n)+", after, re.M).group().splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows[2:]]


@pytest.mark.parametrize("name", NAMES)
def test_options_exist(name):
    known = set(re.findall(r"--[a-z][a-z-]+", manual())) | OTHERS
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", " ".join(documents()[name].codes)))
    assert not named - known, f"the program has no options {sorted(named - known)}"


@pytest.mark.parametrize("name", NAMES)
def test_variables_exist(name):
    known = set(re.findall(r"DSTACK_SIMULATOR_\w+", program("--print-config"))) | FOREIGN_VARIABLES
    named = set(re.findall(r"\b(?:DSTACK|TAPPD)_SIMULATOR_[A-Z_]+\b", documents()[name].text))
    assert not named - known, f"there are no variables {sorted(named - known)}"


@pytest.mark.parametrize("name", NAMES)
def test_files_exist(name):
    """What looks like a path from the root of the tree is one; what `make` builds is left out."""
    tops = {path.name for path in ROOT.glob("[!.]*/")} - {"build"}
    for code in documents()[name].codes:
        for path in re.findall(r"(?<![\w/.<-])((?:\w+)/[\w./<>*-]*)", code):
            if path.split("/")[0] in tops and "<" not in path:
                found = list(ROOT.glob(path.rstrip("/")))
                assert found, f"{name} names {path}, which does not exist"


@pytest.mark.parametrize("name", NAMES)
def test_methods_exist(name):
    """Each Service.Method, wherever it is written."""
    services = "|".join(sorted(map(re.escape, methods()), key=len, reverse=True))
    for service, method in re.findall(rf"\b({services})\.([A-Z]\w+)\b", documents()[name].text):
        assert method in methods()[service], f"{name} names {service}.{method}, which does not exist"


def test_the_api_lists_every_method():
    listed = {row[0]: row[2] for row in table_under("docs/api.md", "## Methods")}
    assert set(listed) == set(methods())
    for service, names in methods().items():
        if service not in ("Verifier", "Dashboard"):  # described, not listed
            assert sorted(listed[service].split(", ")) == sorted(names), service


def test_the_architecture_lists_every_room():
    rooms = table_under("docs/architecture.md", "## The rooms")
    listed = [re.fullmatch(r"`([\w.]+)/?`", row[0]).group(1) for row in rooms]
    assert sorted(listed) == sorted(path.name for path in (ROOT / "sim").iterdir())


def test_every_socket_is_listed():
    """Those that the program makes without options, in the table of listeners."""
    made = re.findall(r'\{"(\w+\.sock)"', (ROOT / "sim/process/socket_files.c").read_text())
    listed = re.findall(r"`(\w+\.sock)`", " ".join(row[0] for row in table_under("docs/api.md", "## Connect")))
    assert len(made) == 5 and sorted(listed) == sorted(made)


def test_the_readme_is_short():
    assert len(documents()["README.md"].text.splitlines()) <= README_LINES


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_not_too_wide(name):
    """Rows of tables and links cannot be broken."""
    wide = [number for number, line in enumerate(documents()[name].text.splitlines(), 1)
            if len(line) > COLUMNS and not line.startswith("|")]
    assert not wide, f"lines {wide} of {name} are wider than {COLUMNS} columns"


# Of the table of limits: the macros that they are.
LIMITS = {
    "request body": ("LIMIT_BODY_BYTES", "VALUE_COUNT_MAX"),
    "request line and headers": ("LIMIT_HEAD_BYTES",),
    "event name": ("EVENT_NAME_BYTES_MAX",),
    "event payload": ("EVENT_PAYLOAD_BYTES_MAX",),
    "event log": ("EVENT_LOG_EVENTS_MAX", "EVENT_LOG_BYTES_MAX"),
}
UNITS = {"KiB": 1024, "MiB": 1024 * 1024}


def macro(name):
    headers = "\n".join(path.read_text() for path in sorted((ROOT / "sim").rglob("*.h")))
    (value,) = re.findall(rf"^#define {name} (.*?)(?: */\*.*)?$", headers, re.M)
    return eval(re.sub(r"(?<=\d)u\b", "", value))  # pylint: disable=eval-used


def test_limits_are_those_of_the_program():
    rows = dict(table_under("docs/api.md", "## Limits"))
    assert set(rows) == set(LIMITS)
    for what, names in LIMITS.items():
        said = [int(number) * UNITS.get(unit, 1) for number, unit in re.findall(r"(\d+) (\w+)", rows[what])]
        assert said == [macro(name) for name in names], what


def test_wrong_addresses_are_those_of_the_sdks():
    """endpoints.json is what test/clients holds the SDKs to."""
    said = table_under("docs/api.md", "### If an SDK does not connect")
    rows = json.loads((ROOT / "test/clients/endpoints.json").read_text())
    assert said == [[f"`{row['form']}`" if row["form"] else "", row["wrong"],
                     *(f"`{row[language]}`" for language in ("python", "javascript", "rust"))] for row in rows]


def test_verdicts_are_those_of_the_verifiers():
    """scenarios.json is what test/verifiers holds the verifiers to."""
    text = documents()["docs/verify.md"].text
    assert text == runpy.run_path(str(ROOT / "test/verifiers/verdicts.py"))["renewed"](text), "run make docs"
