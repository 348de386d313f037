"""Counts the instructions of a call by callgrind: what a noisy machine does not change.

The libraries choose code by processor, so numbers of two machines differ a little; the table in
instructions.json says on which processor it was made, and with which libraries.
"""
import concurrent.futures
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import tempfile

from .loads import LOADS, bodies_of, numbered, quotes, request_of
from .program import Client, Failure, Program

TABLE = pathlib.Path(__file__).with_name("instructions.json")
CALLS = ("Version", "Info", "GetKey", "GetKey-fresh", "GetQuote", "Attest", "GetTlsKey", "GetTlsKey-ra-tls",
         "Sign-secp256k1", "/verify")
REQUESTS = 20
NOTABLE = 0.02  # differences below this one are of the hash of a random key, or the like


def instructions(path, load, requests):
    """Of the whole run of the program, which answers that many requests."""
    with tempfile.TemporaryDirectory(prefix="counts-") as directory:
        under = ("valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={directory}/out")
        with Program(path, under=under) as program:
            bodies = quotes(program.ask, REQUESTS + 1) if load.body is quotes else bodies_of(load, program.ask)
            with Client(program.tcp) as client:
                for number in range(requests):
                    status, answer = client.ask(request_of(load, numbered(bodies[number % len(bodies)], number)))
                    if status != 200:
                        raise Failure(f"{load.path} answers {status}: {answer[:200].decode(errors='replace')}")
        out = pathlib.Path(directory, "out").read_text(encoding="utf-8", errors="replace")
    return int(re.search(r"^(?:totals|summary): (\d+)", out, re.M)[1])


def count(path, name):
    """Instructions for one request; the first one, which fills caches, is not counted."""
    load = LOADS[name]
    first, all_of_them = (instructions(path, load, requests) for requests in (1, REQUESTS + 1))
    return (all_of_them - first) // REQUESTS


def count_all(path, names=CALLS):
    if not shutil.which("valgrind"):
        raise Failure("valgrind is not installed; Debian has it in the package of that name: apt-get install valgrind")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(lambda name: count(path, name), names)))


def where():
    """What the counts depend on besides the program."""
    with open("/proc/cpuinfo", encoding="utf-8") as text:
        processor = re.search(r"^model name\s*: (.*)$", text.read(), re.M)
    with open("/etc/os-release", encoding="utf-8") as text:
        system = re.search(r'^PRETTY_NAME="(.*)"$', text.read(), re.M)
    version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return {"machine": platform.machine(), "processor": processor[1] if processor else "unknown",
            "system": system[1] if system else platform.system(), "valgrind": version}


def kept():
    """The table of this tree."""
    return json.loads(TABLE.read_text(encoding="ascii"))


def keep(counts):
    TABLE.write_text(json.dumps({"where": where(), "instructions": counts}, indent=1) + "\n", encoding="ascii")


def show(counts):
    table = kept()
    print(f"\n{'instructions':<22}{'now':>12}{'kept':>12}{'now/kept':>10}")
    for name, now in counts.items():
        before = table["instructions"].get(name)
        ratio = f"{now / before:.3f}" if before else ""
        mark = "" if not before or abs(now / before - 1) < NOTABLE else "  more" if now > before else "  fewer"
        print(f"{name:<22}{now:>12}{before or '':>12}{ratio:>10}{mark}", flush=True)
    here = where()
    for what, value in table["where"].items():
        if here[what] != value:
            print(f"the table was made with {what} {value}, this is {here[what]}")
